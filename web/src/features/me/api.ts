import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import type { components } from "@/generated/api";
import { body, client } from "@/lib/http";

export const keysQuery = queryOptions({
  queryKey: ["api-keys"],
  queryFn: () => body(client.GET("/api/api-keys")),
});

export function useCreateKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (write: { name: string; expiresAt?: string }) =>
      body(client.POST("/api/api-keys", { body: write })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["api-keys"] }),
  });
}

export function useRevokeKey() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: number) => {
      await client.DELETE("/api/api-keys/{key_id}", { params: { path: { key_id: id } } });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["api-keys"] }),
  });
}

export const preferencesQuery = (userId: number) =>
  queryOptions({
    queryKey: ["preferences", userId],
    queryFn: () =>
      body(
        client.GET("/api/users/{user_id}/notification-preferences/alerts", {
          params: { path: { user_id: String(userId) } },
        }),
      ),
  });

export const contactsQuery = (userId: number) =>
  queryOptions({
    queryKey: ["contacts", userId],
    queryFn: () =>
      body(
        client.GET("/api/users/{user_id}/contacts/emails", { params: { path: { user_id: String(userId) } } }),
      ),
  });

export type PreferenceWrite = components["schemas"]["PreferenceBody"];
export type ContactDeed =
  | { kind: "addPreference"; write: PreferenceWrite }
  | { kind: "removePreference" | "removeContact"; id: number }
  | { kind: "addContact"; target: string };

async function perform(userId: number, deed: ContactDeed): Promise<void> {
  const path = { user_id: String(userId) };
  switch (deed.kind) {
    case "addPreference":
      await client.POST("/api/users/{user_id}/notification-preferences/alerts", {
        params: { path },
        body: deed.write,
      });
      return;
    case "removePreference":
      await client.DELETE("/api/users/{user_id}/notification-preferences/alerts/{preference_id}", {
        params: { path: { ...path, preference_id: deed.id } },
      });
      return;
    case "addContact":
      await client.POST("/api/users/{user_id}/contacts/emails", {
        params: { path },
        body: { target: deed.target },
      });
      return;
    case "removeContact":
      await client.DELETE("/api/users/{user_id}/contacts/emails/{contact_id}", {
        params: { path: { ...path, contact_id: deed.id } },
      });
  }
}

export function useContactDeed(userId: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (deed: ContactDeed) => perform(userId, deed),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["preferences"] });
      void queries.invalidateQueries({ queryKey: ["contacts"] });
    },
  });
}

export const sessionsQuery = queryOptions({
  queryKey: ["web-sessions"],
  queryFn: () => body(client.GET("/api/sessions")),
});

export function useEndSession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (id: number) => {
      await client.DELETE("/api/sessions/{session_id}", { params: { path: { session_id: id } } });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ["web-sessions"] }),
  });
}
