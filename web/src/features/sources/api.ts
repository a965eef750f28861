import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/lib/http";
import type { AlertSourceWrite, SourceEvent } from "@/lib/wire";

// A write replaces the whole source, so the form must know all of it.
const EVERYTHING = [
  "summaryTemplate",
  "detailsTemplate",
  "routingTemplate",
  "alertKeyTemplate",
  "servicesTemplate",
  "linkTemplates",
  "priorityTemplate",
  "severityTemplate",
  "textTemplate",
  "eventFilter",
  "eventTypeFilterCreate",
  "eventTypeFilterAccept",
  "eventTypeFilterResolve",
];

export const sourceQuery = (id: number) =>
  queryOptions({
    queryKey: ["sources", id],
    queryFn: () =>
      body(
        client.GET("/api/alert-sources/{source}", {
          params: { path: { source: String(id) }, query: { include: EVERYTHING } },
        }),
      ),
  });

const PAGE = 50;

export const sourceEventsQuery = (id: number, query: string) =>
  infiniteQueryOptions({
    queryKey: ["source-events", id, query],
    queryFn: ({ pageParam }) =>
      body(
        client.GET("/api/alert-sources/{source_id}/events", {
          params: {
            path: { source_id: id },
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
        : body(
            client.PUT("/api/alert-sources/{source}", {
              body: write,
              params: { path: { source: String(id) } },
            }),
          ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["sources"] }),
  });
}

export function useDeleteSource(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await client.DELETE("/api/alert-sources/{source}", { params: { path: { source: String(id) } } });
    },
    onSuccess: () => {
      queries.removeQueries({ queryKey: ["sources", id] });
      void queries.invalidateQueries({ queryKey: ["sources"] });
    },
  });
}

const MOST_DEPENDENTS = 200;

/** How many monitors (up to 200) and open alerts hang on a source; asked before it is deleted. */
export const dependentsQuery = (id: number) =>
  queryOptions({
    queryKey: ["sources", id, "dependents"],
    queryFn: async () => {
      const query = { sources: [id], "max-results": MOST_DEPENDENTS };
      const [monitors, alerts] = await Promise.all([
        body(client.GET("/api/heartbeat-monitors", { params: { query } })),
        body(
          client.GET("/api/alerts/count", {
            params: { query: { sources: [String(id)], states: ["PENDING", "ACCEPTED"] } },
          }),
        ),
      ]);
      return { monitors: monitors.length, alerts: alerts.count };
    },
  });
