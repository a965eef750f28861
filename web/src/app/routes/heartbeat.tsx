import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { MonitorPage } from "@/features/heartbeats/MonitorPage";

const route = getRouteApi("/app/heartbeats/$id");

export default function HeartbeatRoute(): ReactNode {
  const { id } = route.useParams();
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <MonitorPage
      key={id}
      id={id}
      tab={tab ?? "overview"}
      onTab={(next) => void navigate({ search: { tab: next }, replace: true })}
    />
  );
}
