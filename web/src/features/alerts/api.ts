import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/lib/http";
import type { Language } from "@/lib/i18n";
import type { Alert } from "@/lib/wire";
import type { AlertFilter } from "./search";

const PAGE = 50;

export const alertListQuery = (filter: AlertFilter) =>
  infiniteQueryOptions({
    queryKey: ["alert-list", filter],
    queryFn: ({ pageParam }) =>
      body(
        client.GET("/api/alerts", {
          params: { query: { ...filter, "start-index": pageParam, "max-results": PAGE } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last: Alert[], pages) => (last.length < PAGE ? undefined : pages.length * PAGE),
    refetchOnWindowFocus: false,
  });

export const alertCountQuery = (filter: AlertFilter) =>
  queryOptions({
    queryKey: ["alerts", "count", filter],
    queryFn: () => body(client.GET("/api/alerts/count", { params: { query: filter } })),
  });

const INCLUDE = ["escalationRules", "nextEscalationUser", "customDetails"];

export const alertQuery = (id: number) =>
  queryOptions({
    queryKey: ["alert", id],
    queryFn: () =>
      body(
        client.GET("/api/alerts/{alert_id}", {
          params: { path: { alert_id: id }, query: { include: INCLUDE } },
        }),
      ),
  });

export const logQuery = (id: number, lang: Language) =>
  queryOptions({
    queryKey: ["alert", id, "log", lang],
    queryFn: () =>
      body(
        client.GET("/api/alerts/{alert_id}/log-entries", {
          params: { path: { alert_id: id }, query: { lang, include: ["vars"], "max-results": 100 } },
        }),
      ),
  });

export const deliveriesQuery = (id: number) =>
  queryOptions({
    queryKey: ["alert", id, "deliveries"],
    queryFn: () =>
      body(client.GET("/api/alerts/{alert_id}/deliveries", { params: { path: { alert_id: id } } })),
  });

export const whyQuery = (id: number) =>
  queryOptions({
    queryKey: ["alert", id, "why"],
    queryFn: () => body(client.GET("/api/alerts/{alert_id}/why", { params: { path: { alert_id: id } } })),
  });

export const suggestedQuery = (id: number, lang: Language) =>
  queryOptions({
    queryKey: ["alert", id, "suggested", lang],
    queryFn: () =>
      body(
        client.GET("/api/alerts/{alert_id}/suggested-responders", {
          params: { path: { alert_id: id }, query: { lang } },
        }),
      ),
  });

export type AlertDeed =
  | { kind: "accept" | "resolve" | "raise" }
  | { kind: "escalate"; level?: number }
  | { kind: "assign"; user?: string; policy?: string }
  | { kind: "comment"; content: string }
  | { kind: "addResponder"; userId: number }
  | { kind: "removeResponder"; userId: number };

async function perform(id: number, deed: AlertDeed): Promise<Alert | undefined> {
  const path = { alert_id: id };
  switch (deed.kind) {
    case "accept":
      return body(client.PUT("/api/alerts/{alert_id}/accept", { params: { path } }));
    case "resolve":
      return body(client.PUT("/api/alerts/{alert_id}/resolve", { params: { path } }));
    case "raise":
      return body(client.PUT("/api/alerts/{alert_id}/raise", { params: { path } }));
    case "escalate":
      return body(
        client.PUT("/api/alerts/{alert_id}/escalate", { params: { path, query: { level: deed.level } } }),
      );
    case "assign": {
      const query = { user: deed.user, policy: deed.policy };
      return body(client.PUT("/api/alerts/{alert_id}/assign", { params: { path, query } }));
    }
    case "comment":
      await client.POST("/api/alerts/{alert_id}/comments", {
        params: { path },
        body: { content: deed.content },
      });
      return undefined;
    case "addResponder": {
      const responder = { user: { id: deed.userId } };
      await client.POST("/api/alerts/{alert_id}/responders", { params: { path }, body: responder });
      return undefined;
    }
    case "removeResponder": {
      const params = { path: { alert_id: id, user_id: deed.userId } };
      await client.DELETE("/api/alerts/{alert_id}/responders/{user_id}", { params });
      return undefined;
    }
  }
}

const KEYS = ["alert", "alerts", "alert-list", "dashboard"];

export function useAlertDeed() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, deed }: { id: number; deed: AlertDeed }) => perform(id, deed),
    onSettled: () => {
      for (const key of KEYS) void queries.invalidateQueries({ queryKey: [key] });
    },
  });
}
