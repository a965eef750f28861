import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/lib/http";
import type { BulkRequest, Monitor, MonitorWrite, SchedulePreviewRequest } from "@/lib/wire";
import type { MonitorFilter } from "./search";

const PAGE = 200;
export type MonitorPage = { monitors: Monitor[]; next: string | null };

export const monitorListQuery = (filter: MonitorFilter) =>
  infiniteQueryOptions({
    queryKey: ["monitor-list", filter],
    queryFn: async ({ pageParam }): Promise<MonitorPage> => {
      const query = { ...filter, order: "failing", "max-results": PAGE, cursor: pageParam ?? undefined };
      const { data, response } = await client.GET("/api/heartbeat-monitors", { params: { query } });
      return { monitors: data ?? [], next: response.headers.get("next-cursor") || null };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: 30_000,
    // Many pages may be loaded; changes come in place through the live stream instead.
    refetchOnWindowFocus: false,
  });

export const monitorCountQuery = queryOptions({
  queryKey: ["monitor-count"],
  queryFn: () => body(client.GET("/api/heartbeat-monitors/count")),
});

export const tagsQuery = queryOptions({
  queryKey: ["monitor-tags"],
  queryFn: () => body(client.GET("/api/heartbeat-monitors/tags")),
});

const INCLUDE = ["integrationKey", "integrationUrl", "alertSource"];

export function fetchMonitor(id: number): Promise<Monitor> {
  return body(
    client.GET("/api/heartbeat-monitors/{monitor_id}", {
      params: { path: { monitor_id: id }, query: { include: INCLUDE } },
    }),
  );
}

export const monitorQuery = (id: number) =>
  queryOptions({ queryKey: ["monitor", id], queryFn: () => fetchMonitor(id) });

export const pingsQuery = (id: number) =>
  queryOptions({
    queryKey: ["monitor", id, "pings"],
    queryFn: () =>
      body(
        client.GET("/api/heartbeat-monitors/{monitor_id}/pings", { params: { path: { monitor_id: id } } }),
      ),
  });

export const transitionsQuery = (id: number, from: string) =>
  queryOptions({
    queryKey: ["monitor", id, "transitions", from],
    queryFn: () =>
      body(
        client.GET("/api/heartbeat-monitors/{monitor_id}/transitions", {
          params: { path: { monitor_id: id }, query: { from } },
        }),
      ),
  });

export const monitorAlertsQuery = (id: number) =>
  queryOptions({
    queryKey: ["monitor", id, "alerts"],
    queryFn: () =>
      body(
        client.GET("/api/heartbeat-monitors/{monitor_id}/alerts", { params: { path: { monitor_id: id } } }),
      ),
  });

export const previewQuery = (request: SchedulePreviewRequest) =>
  queryOptions({
    queryKey: ["schedule-preview", request],
    queryFn: () => body(client.POST("/api/heartbeat-monitors/schedule-preview", { body: request })),
    retry: false,
    staleTime: 30_000,
  });

export type MonitorDeed =
  | { kind: "pause" | "resume" | "unmute" | "simulate" | "delete" }
  | { kind: "mute"; until: string; reason: string };

async function perform(id: number, deed: MonitorDeed): Promise<{ alertId: number | null } | undefined> {
  const params = { params: { path: { monitor_id: id } } };
  switch (deed.kind) {
    case "pause":
      await client.PUT("/api/heartbeat-monitors/{monitor_id}/pause", params);
      return undefined;
    case "resume":
      await client.PUT("/api/heartbeat-monitors/{monitor_id}/resume", params);
      return undefined;
    case "unmute":
      await client.PUT("/api/heartbeat-monitors/{monitor_id}/unmute", params);
      return undefined;
    case "mute": {
      const reason = deed.reason || undefined;
      await client.PUT("/api/heartbeat-monitors/{monitor_id}/mute", {
        ...params,
        body: { until: deed.until, reason },
      });
      return undefined;
    }
    case "simulate":
      return body(client.POST("/api/heartbeat-monitors/{monitor_id}/simulate-miss", params));
    case "delete":
      await client.DELETE("/api/heartbeat-monitors/{monitor_id}", params);
      return undefined;
  }
}

export function useMonitorDeed(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (deed: MonitorDeed) => perform(id, deed),
    onSuccess: (_, deed) => {
      void queries.invalidateQueries({ queryKey: ["monitor-list"] });
      void queries.invalidateQueries({ queryKey: ["monitor-count"] });
      if (deed.kind === "delete") queries.removeQueries({ queryKey: ["monitor", id] });
      else void queries.invalidateQueries({ queryKey: ["monitor", id] });
    },
  });
}

export function useBulk() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (request: BulkRequest) =>
      body(client.POST("/api/heartbeat-monitors/bulk", { body: request })),
    onSuccess: () => {
      for (const key of ["monitor-list", "monitor-count", "monitor-tags", "monitor"])
        void queries.invalidateQueries({ queryKey: [key] });
    },
  });
}

export function useSaveMonitor(id: number | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (write: MonitorWrite) => {
      const query = { include: INCLUDE };
      return id === null
        ? body(client.POST("/api/heartbeat-monitors", { body: write, params: { query } }))
        : body(
            client.PUT("/api/heartbeat-monitors/{monitor_id}", {
              body: write,
              params: { path: { monitor_id: id }, query },
            }),
          );
    },
    onSuccess: (monitor) => {
      queries.setQueryData(["monitor", monitor.id], monitor);
      for (const key of ["monitor-list", "monitor-count", "monitor-tags"])
        void queries.invalidateQueries({ queryKey: [key] });
    },
  });
}
