import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { pendingView } from "@/ui/Empty";
import { Page } from "@/ui/Page";
import { monitorQuery } from "./api";
import { MonitorForm } from "./MonitorForm";

export function EditMonitor({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const query = useQuery(monitorQuery(id));
  if (!query.data) return <Page title={t("action.edit")}>{pendingView(query)}</Page>;
  return <MonitorForm key={id} monitor={query.data} />;
}
