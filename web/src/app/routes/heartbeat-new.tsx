import type { ReactNode } from "react";
import { MonitorForm } from "@/features/heartbeats/MonitorForm";

export default function NewHeartbeatRoute(): ReactNode {
  return <MonitorForm monitor={null} />;
}
