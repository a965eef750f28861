import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "@/lib/http";

/** A refusal stays a refusal; only a server in trouble is asked again. */
function mayRetry(failures: number, error: Error): boolean {
  if (error instanceof ApiError && error.status < 500 && error.status !== 429) return false;
  return failures < 2;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: mayRetry, staleTime: 10_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
