import { IconCheck, IconCircleDashed, IconPlayerPause, IconX } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import type { MonitorCount } from "@/lib/wire";
import { Section } from "@/ui/Page";
import { toneFill, toneText } from "@/ui/theme";
import classes from "./Dashboard.module.css";

/** How many monitors are in which state; each number leads to its list. */
export function MonitorTiles({ count }: { count: MonitorCount }): ReactNode {
  const { t, language } = useText();
  const tiles = [
    { state: "OVERDUE", tone: "bad", icon: IconX, label: t("monitor.state.OVERDUE"), value: count.overdue },
    {
      state: "HEALTHY",
      tone: "good",
      icon: IconCheck,
      label: t("monitor.state.HEALTHY"),
      value: count.healthy,
    },
    {
      state: "UNKNOWN",
      tone: "idle",
      icon: IconCircleDashed,
      label: t("monitor.state.UNKNOWN"),
      value: count.unknown,
    },
    {
      state: "PAUSED",
      tone: "idle",
      icon: IconPlayerPause,
      label: t("monitor.state.PAUSED"),
      value: count.paused,
    },
  ] as const;
  const sum = Math.max(
    1,
    tiles.reduce((total, tile) => total + tile.value, 0),
  );
  return (
    <Section title={t("dash.monitors")} right={<Link to="/heartbeats">{t("dash.monitorsAll")}</Link>}>
      <div className={classes.bar} aria-hidden>
        {tiles.map((tile) =>
          tile.value > 0 ? (
            <span
              key={tile.state}
              style={{ width: `${(tile.value / sum) * 100}%`, background: toneFill(tile.tone) }}
            />
          ) : null,
        )}
      </div>
      <div className={classes.tiles}>
        {tiles.map((tile) => {
          const active = tile.state !== "OVERDUE" || tile.value > 0;
          return (
            <Link key={tile.state} to="/heartbeats" search={{ state: [tile.state] }} className={classes.tile}>
              <b className={classes.value} style={{ color: active ? toneText(tile.tone) : undefined }}>
                {new Intl.NumberFormat(language).format(tile.value)}
              </b>
              <span className={classes.label}>
                <tile.icon size={14} stroke={2.2} aria-hidden /> {tile.label}
              </span>
            </Link>
          );
        })}
      </div>
    </Section>
  );
}
