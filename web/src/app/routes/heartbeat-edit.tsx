import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { EditMonitor } from "@/features/heartbeats/EditMonitor";

const route = getRouteApi("/app/heartbeats/$id/edit");

export default function EditHeartbeatRoute(): ReactNode {
  return <EditMonitor id={route.useParams().id} />;
}
