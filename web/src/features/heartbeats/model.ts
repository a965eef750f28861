import type { Translate } from "@/lib/i18n";
import { durationText } from "@/lib/time";
import type { Monitor } from "@/lib/wire";

/** What a person is told: a pause hides the state, a fail signal is not silence. */
export function shownState(monitor: Pick<Monitor, "state" | "pausedAt" | "failed">): string {
  if (monitor.pausedAt) return "PAUSED";
  if (monitor.state === "OVERDUE" && monitor.failed) return "FAILED";
  return monitor.state;
}

export function isMuted(monitor: Pick<Monitor, "mutedUntil">, now: number): boolean {
  return Boolean(monitor.mutedUntil && new Date(monitor.mutedUntil).getTime() > now);
}

type Scheduled = Pick<
  Monitor,
  "scheduleKind" | "scheduleExpression" | "timezone" | "intervalSec" | "graceSec"
>;

/** "every 5 min, 2 min grace" */
export function scheduleText(monitor: Scheduled, t: Translate, language: string): string {
  const grace = monitor.graceSec
    ? `, ${t("monitor.graceShort", { grace: durationText(monitor.graceSec, language) })}`
    : "";
  if (monitor.scheduleKind && monitor.scheduleKind !== "INTERVAL")
    return `${monitor.scheduleExpression ?? ""} (${monitor.timezone ?? "UTC"})${grace}`;
  return t("monitor.every", { interval: durationText(monitor.intervalSec, language) }) + grace;
}

/** The seconds left until the deadline; null when nothing is expected. */
export function secondsLeft(
  monitor: Pick<Monitor, "deadline" | "pausedAt" | "state">,
  now: number,
): number | null {
  if (!monitor.deadline || monitor.pausedAt || monitor.state !== "HEALTHY") return null;
  return (new Date(monitor.deadline).getTime() - now) / 1000;
}

/** Replace one monitor in every loaded page; says whether it was there and whether its state changed. */
export function patchPages<P extends { monitors: Monitor[] }>(
  pages: P[],
  fresh: Monitor,
): { pages: P[]; isChanged: boolean } {
  let isChanged = false;
  let isFound = false;
  const next = pages.map((page) => {
    const index = page.monitors.findIndex((each) => each.id === fresh.id);
    const old = page.monitors[index];
    if (!old) return page;
    isFound = true;
    isChanged ||= shownState(old) !== shownState(fresh);
    return { ...page, monitors: page.monitors.with(index, { ...old, ...fresh }) };
  });
  return { pages: isFound ? next : pages, isChanged: isChanged || !isFound };
}

/** Where this monitor's pings go; null when the caller may not see the key. */
export function pingAddress(
  monitor: Pick<Monitor, "integrationUrl" | "integrationKey">,
  origin: string,
): string | null {
  if (monitor.integrationUrl) return monitor.integrationUrl;
  return monitor.integrationKey ? `${origin}/api/pings/${monitor.integrationKey}` : null;
}

/** The next `count` expected pings of an interval monitor, as ISO instants. */
export function nextOfInterval(
  first: string | null | undefined,
  intervalSec: number,
  count: number,
): string[] {
  if (!first || intervalSec <= 0) return [];
  const start = new Date(first).getTime();
  return Array.from({ length: count }, (_, index) =>
    new Date(start + index * intervalSec * 1000).toISOString(),
  );
}
