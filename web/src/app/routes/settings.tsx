import type { ReactNode } from "react";
import { SettingsPage } from "@/features/settings/SettingsPage";

export default function SettingsRoute(): ReactNode {
  return <SettingsPage />;
}
