import type { ReactNode } from "react";
import { DashboardPage } from "@/features/dashboard/DashboardPage";

export default function DashboardRoute(): ReactNode {
  return <DashboardPage />;
}
