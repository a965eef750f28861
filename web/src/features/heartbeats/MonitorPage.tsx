import { Tabs } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";
import type { Monitor } from "@/lib/wire";
import { AlertRows } from "@/ui/AlertRows";
import { pendingView, RowSkeletons } from "@/ui/Empty";
import { Columns, Page, Stack } from "@/ui/Page";
import { monitorAlertsQuery, monitorQuery, pingsQuery } from "./api";
import { MonitorActions } from "./MonitorActions";
import { MonitorFacts } from "./MonitorFacts";
import { NextPings } from "./NextPings";
import { Pings } from "./Pings";
import { Recipes } from "./Recipes";
import { RunTimes } from "./RunTimes";
import { StateHeadline } from "./StateHeadline";
import type { MonitorTab } from "./search";
import { TimelineBand } from "./TimelineBand";

function Overview({ monitor }: { monitor: Monitor }): ReactNode {
  const pings = useQuery(pingsQuery(monitor.id));
  return (
    <Columns
      left={
        <>
          <TimelineBand monitor={monitor} />
          <RunTimes pings={pings.data ?? []} limitSec={monitor.maxRunTimeSec ?? null} />
          <Pings id={monitor.id} most={8} />
        </>
      }
      right={
        <>
          <MonitorFacts monitor={monitor} />
          <NextPings monitor={monitor} />
        </>
      }
    />
  );
}

function MonitorAlerts({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const query = useQuery(monitorAlertsQuery(id));
  return pendingView(query) ?? <AlertRows alerts={query.data ?? []} empty={t("monitor.noAlerts")} />;
}

export function MonitorPage(props: {
  id: number;
  tab: MonitorTab;
  onTab: (tab: MonitorTab) => void;
}): ReactNode {
  const { t } = useText();
  const query = useQuery(monitorQuery(props.id));
  const alerts = useQuery(monitorAlertsQuery(props.id));
  const [hadPing] = useState(query.data?.pingCount ?? null);
  const monitor = query.data;
  const waiting = pendingView(query, <RowSkeletons />);
  if (!monitor) return <Page title={t("nav.heartbeats")}>{waiting}</Page>;
  const open = alerts.data?.filter((alert) => alert.status !== "RESOLVED").length ?? 0;
  const tab = props.tab === "overview" && hadPing === 0 ? "recipes" : props.tab;
  return (
    <Page
      title={monitor.name}
      line={<StateHeadline monitor={monitor} />}
      actions={<MonitorActions monitor={monitor} openAlerts={open} />}
    >
      <Tabs
        value={tab}
        onChange={(value) => props.onTab((value ?? "overview") as MonitorTab)}
        keepMounted={false}
      >
        <Tabs.List mb={16}>
          <Tabs.Tab value="overview">{t("monitor.tab.overview")}</Tabs.Tab>
          <Tabs.Tab value="pings">{t("monitor.tab.pings")}</Tabs.Tab>
          <Tabs.Tab value="recipes">{t("monitor.tab.recipes")}</Tabs.Tab>
          <Tabs.Tab value="alerts">
            {t("monitor.tab.alerts")}
            {open > 0 ? ` (${open})` : ""}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Overview monitor={monitor} />
        </Tabs.Panel>
        <Tabs.Panel value="pings">
          <Pings id={monitor.id} />
        </Tabs.Panel>
        <Tabs.Panel value="recipes">
          <Stack>
            <Recipes monitor={monitor} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="alerts">
          <MonitorAlerts id={monitor.id} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
