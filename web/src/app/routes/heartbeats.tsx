import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { MonitorList } from "@/features/heartbeats/MonitorList";

const route = getRouteApi("/app/heartbeats");

export default function HeartbeatsRoute(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <MonitorList
      search={search}
      onSearch={(patch) => void navigate({ search: (old) => ({ ...old, ...patch }), replace: true })}
    />
  );
}
