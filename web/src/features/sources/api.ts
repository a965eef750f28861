import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/lib/http";
import type { AlertSourceWrite, SourceEvent } from "@/lib/wire";

export const sourceQuery = (id: number) =>
  queryOptions({
    queryKey: ["sources", id],
    queryFn: () => body(client.GET("/api/alert-sources/{id}", { params: { path: { id } } })),
  });

const PAGE = 50;

export const sourceEventsQuery = (id: number, query: string) =>
  infiniteQueryOptions({
    queryKey: ["source-events", id, query],
    queryFn: ({ pageParam }) =>
      body(
        client.GET("/api/alert-sources/{id}/events", {
          params: {
            path: { id },
            query: { query: query || undefined, "start-index": pageParam, "max-results": PAGE },
          },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last: SourceEvent[], pages) => (last.length < PAGE ? undefined : pages.length * PAGE),
  });

export function useSaveSource(id: number | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (write: AlertSourceWrite) =>
      id === null
        ? body(client.POST("/api/alert-sources", { body: write }))
        : body(client.PUT("/api/alert-sources/{id}", { body: write, params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sources"] }),
  });
}

export function useDeleteSource(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await client.DELETE("/api/alert-sources/{id}", { params: { path: { id } } });
    },
    onSuccess: () => {
      queries.removeQueries({ queryKey: ["sources", id] });
      void queries.invalidateQueries({ queryKey: ["sources"] });
    },
  });
}

/** How many monitors and open alerts hang on a source; asked before it is deleted. */
export const dependentsQuery = (id: number) =>
  queryOptions({
    queryKey: ["sources", id, "dependents"],
    queryFn: async () => {
      const sources = [id];
      const [monitors, alerts] = await Promise.all([
        body(client.GET("/api/heartbeat-monitors/count", { params: { query: { sources } } })),
        body(
          client.GET("/api/alerts/count", {
            params: { query: { sources, states: ["PENDING", "ACCEPTED"] } },
          }),
        ),
      ]);
      return { monitors: monitors.total, alerts: alerts.count };
    },
  });
