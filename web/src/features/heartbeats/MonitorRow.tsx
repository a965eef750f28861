import { Checkbox } from "@mantine/core";
import { IconVolumeOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo, type ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { useNow } from "@/lib/now";
import type { Monitor } from "@/lib/wire";
import { Duration, Elapsed } from "@/ui/Duration";
import { MonitorState } from "@/ui/StatusPill";
import { Time } from "@/ui/Time";
import classes from "./MonitorList.module.css";
import { isMuted, scheduleText, secondsLeft, shownState } from "./model";

function Next({ monitor }: { monitor: Monitor }): ReactNode {
  const { t } = useText();
  const now = useNow(1);
  if (monitor.state === "OVERDUE" && monitor.overdueSince && !monitor.pausedAt)
    return (
      <span className={classes.bad}>
        {t("monitor.since")} <Elapsed since={monitor.overdueSince} />
      </span>
    );
  const left = secondsLeft(monitor, now);
  if (left === null) return <span className={classes.dim}>–</span>;
  return left >= 0 ? (
    <span className={classes.dim}>
      {t("monitor.left")} <Duration seconds={left} />
    </span>
  ) : (
    <span style={{ color: "var(--tone-warn)" }}>{t("monitor.late")}</span>
  );
}

export const MonitorRow = memo(function MonitorRow(props: {
  monitor: Monitor;
  offset: number;
  index: number;
  isSelected: boolean;
  isCursor: boolean;
  onSelect: (id: number) => void;
}): ReactNode {
  const { monitor } = props;
  const { t, language } = useText();
  const now = useNow(30);
  return (
    <div
      role="row"
      aria-rowindex={props.index + 2}
      className={classes.row}
      style={{ transform: `translateY(${props.offset}px)` }}
      data-cursor={props.isCursor || undefined}
      data-selected={props.isSelected || undefined}
    >
      <div role="cell" className={classes.check}>
        <Checkbox
          size="xs"
          checked={props.isSelected}
          onChange={() => props.onSelect(monitor.id)}
          aria-label={t("list.selectRow", { name: monitor.name })}
        />
      </div>
      <div role="cell" className={classes.state}>
        <MonitorState state={shownState(monitor)} />
      </div>
      <div role="cell" className={classes.name}>
        <Link to="/heartbeats/$id" params={{ id: monitor.id }} className={classes.link} title={monitor.name}>
          {monitor.name}
        </Link>
        {isMuted(monitor, now) && <IconVolumeOff size={14} aria-label={t("monitor.state.MUTED")} />}
        {monitor.tags?.slice(0, 2).map((tag) => (
          <span key={tag} className={classes.tag}>
            {tag}
          </span>
        ))}
      </div>
      <div role="cell" className={`${classes.dim} ${classes.schedule}`}>
        {scheduleText(monitor, t, language)}
      </div>
      <div role="cell" className={`${classes.dim} ${classes.last}`}>
        <Time at={monitor.lastPing} empty={t("monitor.neverPinged")} />
      </div>
      <div role="cell" className={classes.next}>
        <Next monitor={monitor} />
      </div>
    </div>
  );
});
