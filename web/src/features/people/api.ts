import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/lib/http";
import type { UserWrite } from "@/lib/wire";

export const userQuery = (id: number) =>
  queryOptions({
    queryKey: ["users", id],
    queryFn: () => body(client.GET("/api/users/{user_id}", { params: { path: { user_id: String(id) } } })),
  });

export function useSaveUser(id: number | "current" | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (write: UserWrite) => {
      if (id === "current") return body(client.PUT("/api/users/current", { body: write }));
      return id === null
        ? body(client.POST("/api/users", { body: write }))
        : body(
            client.PUT("/api/users/{user_id}", { body: write, params: { path: { user_id: String(id) } } }),
          );
    },
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["users"] });
      void queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
}

export function useDeleteUser(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await client.DELETE("/api/users/{user_id}", { params: { path: { user_id: String(id) } } });
    },
    onSuccess: () => {
      queries.removeQueries({ queryKey: ["users", id] });
      void queries.invalidateQueries({ queryKey: ["users"] });
    },
  });
}
