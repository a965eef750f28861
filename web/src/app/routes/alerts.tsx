import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { AlertList } from "@/features/alerts/AlertList";

const route = getRouteApi("/app/alerts");

export default function AlertsRoute(): ReactNode {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <AlertList
      search={search}
      onSearch={(patch) => void navigate({ search: (old) => ({ ...old, ...patch }), replace: true })}
    />
  );
}
