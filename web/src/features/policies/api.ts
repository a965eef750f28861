import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { body, client } from "@/lib/http";
import type { EscalationPolicyWrite, SimulateRequest } from "@/lib/wire";

export const policyQuery = (id: number) =>
  queryOptions({
    queryKey: ["policies", id],
    queryFn: () =>
      body(client.GET("/api/escalation-policies/{policy_id}", { params: { path: { policy_id: id } } })),
  });

export const simulationQuery = (request: SimulateRequest) =>
  queryOptions({
    queryKey: ["simulation", request],
    queryFn: () => body(client.POST("/api/escalation-policies/simulate", { body: request })),
    retry: false,
  });

export function useSavePolicy(id: number | null) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (write: EscalationPolicyWrite) =>
      id === null
        ? body(client.POST("/api/escalation-policies", { body: write }))
        : body(
            client.PUT("/api/escalation-policies/{policy_id}", {
              body: write,
              params: { path: { policy_id: id } },
            }),
          ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["policies"] }),
  });
}

export function useDeletePolicy(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await client.DELETE("/api/escalation-policies/{policy_id}", { params: { path: { policy_id: id } } });
    },
    onSuccess: () => {
      queries.removeQueries({ queryKey: ["policies", id] });
      void queries.invalidateQueries({ queryKey: ["policies"] });
    },
  });
}
