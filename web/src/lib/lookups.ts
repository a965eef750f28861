// Short lists that several pages choose from.
import { queryOptions } from "@tanstack/react-query";
import { body, client } from "./http";

async function everyPage<T>(size: number, get: (start: number) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (let start = 0; start < 2000; start += size) {
    const page = await get(start);
    all.push(...page);
    if (page.length < size) break;
  }
  return all;
}

const paging = (start: number, size: number) => ({ query: { "start-index": start, "max-results": size } });

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: () => everyPage(100, (start) => body(client.GET("/api/users", { params: paging(start, 100) }))),
});

export const sourcesQuery = queryOptions({
  queryKey: ["sources"],
  queryFn: () =>
    everyPage(50, (start) => body(client.GET("/api/alert-sources", { params: paging(start, 50) }))),
});

export const policiesQuery = queryOptions({
  queryKey: ["policies"],
  queryFn: () =>
    everyPage(50, (start) => body(client.GET("/api/escalation-policies", { params: paging(start, 50) }))),
});

export const dashboardQuery = queryOptions({
  queryKey: ["dashboard"],
  queryFn: () => body(client.GET("/api/dashboard")),
  refetchInterval: 30_000,
});

export function fullName(user: { firstName?: string; lastName?: string } | null | undefined): string {
  return `${user?.firstName ?? ""} ${user?.lastName ?? ""}`.trim();
}
