import {
  IconAlertTriangle,
  IconArrowDown,
  IconCheck,
  IconCircleDashed,
  IconClock,
  IconFlame,
  IconPlayerPause,
  IconVolumeOff,
  IconX,
} from "@tabler/icons-react";
import type { ComponentType, CSSProperties, ReactNode } from "react";
import { keyFor, useText } from "@/lib/i18n";
import classes from "./StatusPill.module.css";
import { type Tone, toneSoft, toneText } from "./theme";

type Icon = ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;

/** A state: colour, icon and word together. */
export function StatusPill({
  tone,
  icon: Mark,
  label,
}: {
  tone: Tone;
  icon: Icon;
  label: string;
}): ReactNode {
  const style: CSSProperties = { color: toneText(tone), backgroundColor: toneSoft(tone) };
  return (
    <span className={classes.pill} style={style}>
      <Mark size={13} stroke={2.4} aria-hidden />
      {label}
    </span>
  );
}

const MONITOR: Record<string, { tone: Tone; icon: Icon }> = {
  HEALTHY: { tone: "good", icon: IconCheck },
  OVERDUE: { tone: "bad", icon: IconX },
  FAILED: { tone: "bad", icon: IconX },
  UNKNOWN: { tone: "idle", icon: IconCircleDashed },
  PAUSED: { tone: "idle", icon: IconPlayerPause },
  MUTED: { tone: "idle", icon: IconVolumeOff },
};

export function MonitorState({ state }: { state: string }): ReactNode {
  const { t } = useText();
  const look = MONITOR[state] ?? { tone: "idle" as const, icon: IconCircleDashed };
  const key = keyFor("monitor.state", state);
  return <StatusPill {...look} label={key ? t(key) : state} />;
}

const ALERT: Record<string, { tone: Tone; icon: Icon }> = {
  PENDING: { tone: "bad", icon: IconAlertTriangle },
  ACCEPTED: { tone: "warn", icon: IconClock },
  RESOLVED: { tone: "good", icon: IconCheck },
};

export function AlertState({ status }: { status: string }): ReactNode {
  const { t } = useText();
  const look = ALERT[status] ?? { tone: "idle" as const, icon: IconCircleDashed };
  const key = keyFor("alert.status", status);
  return <StatusPill {...look} label={key ? t(key) : status} />;
}

/** Priority is not a pill, so that it is never taken for a state. */
export function Priority({ priority }: { priority: string }): ReactNode {
  const { t } = useText();
  const isHigh = priority === "HIGH";
  const Mark = isHigh ? IconFlame : IconArrowDown;
  return (
    <span className={classes.mark} style={{ color: isHigh ? undefined : "var(--mantine-color-dimmed)" }}>
      <Mark size={14} stroke={2} aria-hidden />
      {t(isHigh ? "priority.HIGH" : "priority.LOW")}
    </span>
  );
}

const DELIVERY: Record<string, { tone: Tone; icon: Icon }> = {
  SENT: { tone: "good", icon: IconCheck },
  SENDING: { tone: "info", icon: IconClock },
  SCHEDULED: { tone: "info", icon: IconClock },
  FAILED: { tone: "bad", icon: IconX },
  CANCELLED: { tone: "idle", icon: IconX },
  SUPPRESSED: { tone: "idle", icon: IconVolumeOff },
};

export function DeliveryState({ state }: { state: string }): ReactNode {
  const { t } = useText();
  const look = DELIVERY[state] ?? { tone: "idle" as const, icon: IconCircleDashed };
  const key = keyFor("delivery.state", state);
  return <StatusPill {...look} label={key ? t(key) : state} />;
}
