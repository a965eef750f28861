import { queryOptions, useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { ApiError, body, client, rememberCsrfToken } from "./http";
import type { Session } from "./wire";

async function currentSession(): Promise<Session | null> {
  try {
    const session = await body(client.GET("/api/session"));
    rememberCsrfToken(session.csrfToken);
    return session;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return null;
    throw error;
  }
}

export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: currentSession,
  staleTime: 300_000,
});

/** Who is signed in. Only for pages behind the sign-in. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  if (!data) throw new ApiError(401, "UNAUTHENTICATED", "Not signed in", null);
  return data;
}

const RANKS = ["GUEST", "STAKEHOLDER", "VIEWER", "RESPONDER", "USER", "ADMIN", "ACCOUNT_OWNER"];

export function isAtLeast(role: string, needed: string): boolean {
  return RANKS.indexOf(role) >= RANKS.indexOf(needed);
}

export function useMay(needed: string): boolean {
  return isAtLeast(useSession().user.role, needed);
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { email: string; password: string }) =>
      body(client.POST("/api/session", { body: credentials })),
    onSuccess: (session) => {
      rememberCsrfToken(session.csrfToken);
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, session);
    },
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await client.DELETE("/api/session");
    },
    onSettled: () => {
      rememberCsrfToken(null);
      queries.clear();
      queries.setQueryData(sessionQuery.queryKey, null);
    },
  });
}
