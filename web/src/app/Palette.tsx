import { closeSpotlight, Spotlight, type SpotlightActionData } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { IconBell, IconHeartbeat, IconPlus, IconSearch, IconUser } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, type MouseEvent, type ReactNode, useState } from "react";
import { body, client } from "@/lib/http";
import { useText } from "@/lib/i18n";
import { NAV_ITEMS } from "./navigation";

type Item = SpotlightActionData & { id: string; label: string };

function useFound(query: string): Item[] {
  const navigate = useNavigate();
  const { t } = useText();
  const enabled = query.trim().length >= 2;
  const monitors = useQuery({
    queryKey: ["monitors", "palette", query],
    queryFn: () =>
      body(client.GET("/api/heartbeat-monitors", { params: { query: { query, "max-results": 6 } } })),
    enabled,
    placeholderData: keepPreviousData,
  });
  const alerts = useQuery({
    queryKey: ["alerts", "palette", query],
    queryFn: () => body(client.GET("/api/alerts", { params: { query: { query, "max-results": 6 } } })),
    enabled,
    placeholderData: keepPreviousData,
  });
  if (!enabled) return [];
  return [
    ...(monitors.data ?? []).map((monitor) => ({
      id: `monitor-${monitor.id}`,
      label: monitor.name,
      description: t("nav.heartbeats"),
      leftSection: <IconHeartbeat size={18} />,
      onClick: () => void navigate({ to: "/heartbeats/$id", params: { id: monitor.id } }),
    })),
    ...(alerts.data ?? []).map((alert) => ({
      id: `alert-${alert.id}`,
      label: alert.summary,
      description: `${t("nav.alerts")} #${alert.id}`,
      leftSection: <IconBell size={18} />,
      onClick: () => void navigate({ to: "/alerts/$id", params: { id: alert.id } }),
    })),
  ];
}

/** Enter takes the first item when the arrow keys have chosen none. */
function enterFirst(event: KeyboardEvent<HTMLInputElement>, first: Item | undefined): void {
  const isChosen = document.querySelector(".mantine-Spotlight-action[data-selected]") !== null;
  if (event.key !== "Enter" || isChosen || !first) return;
  event.preventDefault();
  closeSpotlight();
  first.onClick?.(event as unknown as MouseEvent<HTMLButtonElement>);
}

/** Jump anywhere, do anything. */
export default function Palette(): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const places: Item[] = NAV_ITEMS.map((item) => ({
    id: item.to,
    label: t(item.label),
    leftSection: <item.icon size={18} />,
    onClick: () => void navigate({ to: item.to }),
  }));
  const deeds: Item[] = [
    { id: "new-monitor", label: t("monitor.new"), to: "/heartbeats/new" as const },
    { id: "new-source", label: t("source.new"), to: "/alert-sources/new" as const },
    { id: "new-policy", label: t("policy.new"), to: "/escalation-policies/new" as const },
  ].map(({ to, ...rest }) => ({
    ...rest,
    leftSection: <IconPlus size={18} />,
    onClick: () => void navigate({ to }),
  }));
  const mine: Item = {
    id: "me",
    label: t("me.profile"),
    leftSection: <IconUser size={18} />,
    onClick: () => void navigate({ to: "/me" }),
  };
  const wanted = query.trim().toLowerCase();
  const shown = [...places, ...deeds, mine].filter((item) => item.label.toLowerCase().includes(wanted));
  const items = [...shown, ...useFound(query)];
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      clearQueryOnClose
      centered={false}
      yOffset="12dvh"
      scrollable
      maxHeight={420}
    >
      <Spotlight.Search
        placeholder={t("palette.placeholder")}
        leftSection={<IconSearch size={18} />}
        onKeyDown={(event) => enterFirst(event, items[0])}
      />
      <Spotlight.ActionsList>
        {items.length === 0 && <Spotlight.Empty>{t("palette.nothing", { query })}</Spotlight.Empty>}
        {items.map(({ id, label, description, leftSection, onClick }) => (
          <Spotlight.Action
            key={id}
            label={label}
            description={description}
            leftSection={leftSection}
            onClick={onClick}
          />
        ))}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}
