// A monitor's history as a band: what it was when.
import type { Transition } from "@/lib/wire";

export type BandState = "healthy" | "late" | "overdue" | "paused" | "unknown" | "gap";
export type Segment = { state: BandState; from: number; until: number };

const AFTER: Record<string, BandState> = {
  ARMED: "healthy",
  RECOVERED: "healthy",
  RESUMED: "healthy",
  OVERDUE: "overdue",
  FAILED: "overdue",
  RUN_TOO_LONG: "overdue",
  PAUSED: "paused",
  REKEYED: "unknown",
};
const BEFORE: Record<string, BandState> = {
  ARMED: "unknown",
  RECOVERED: "overdue",
  RESUMED: "paused",
  OVERDUE: "healthy",
  FAILED: "healthy",
  RUN_TOO_LONG: "healthy",
  PAUSED: "healthy",
  REKEYED: "healthy",
};

export type BandNow = { state: BandState; lateSince: number | null; bornAt: number | null };

function instant(value: unknown): number | null {
  const time = typeof value === "string" ? new Date(value).getTime() : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** Spans in which Tocsin itself could not receive pings. */
function gaps(transitions: readonly Transition[], from: number, until: number): Segment[] {
  return transitions
    .filter((each) => each.kind === "GAP")
    .map((each) => ({
      state: "gap" as const,
      from: Math.max(from, instant(each.details.startedAt ?? each.details.from) ?? instant(each.at) ?? from),
      until: Math.min(until, instant(each.details.endedAt ?? each.details.until) ?? instant(each.at) ?? from),
    }))
    .filter((each) => each.until > each.from);
}

/** The segments of [from, until), oldest first, without holes; our own gaps lie on top, at the end of the list. */
export function bandSegments(
  transitions: readonly Transition[],
  now: BandNow,
  from: number,
  until: number,
): Segment[] {
  const changes = transitions
    .filter((each) => AFTER[each.kind])
    .map((each) => ({ at: new Date(each.at).getTime(), kind: each.kind }))
    .filter((each) => each.at < until)
    .sort((a, b) => a.at - b.at);
  const before = changes.filter((each) => each.at <= from).at(-1);
  const inside = changes.filter((each) => each.at > from);
  let state: BandState = before
    ? (AFTER[before.kind] ?? "unknown")
    : inside[0]
      ? (BEFORE[inside[0].kind] ?? "unknown")
      : now.state;
  const segments: Segment[] = [];
  let start = from;
  const push = (end: number): void => {
    const last = segments.at(-1);
    if (end <= start) return;
    if (last?.state === state) last.until = end;
    else segments.push({ state, from: start, until: end });
    start = end;
  };
  if (
    now.bornAt !== null &&
    now.bornAt > from &&
    state !== "unknown" &&
    !inside.some((each) => each.kind === "ARMED")
  ) {
    const known = state;
    state = "unknown";
    push(Math.min(now.bornAt, until));
    state = known;
  }
  for (const change of inside) {
    push(change.at);
    state = AFTER[change.kind] ?? state;
  }
  if (now.lateSince !== null && now.lateSince > start && state === "healthy") {
    push(now.lateSince);
    state = "late";
  }
  push(until);
  return [...segments, ...gaps(transitions, from, until)];
}

export type Outages = { count: number; seconds: number };

export function outages(segments: readonly Segment[]): Outages {
  const overdue = segments.filter((each) => each.state === "overdue");
  const milliseconds = overdue.reduce((sum, each) => sum + each.until - each.from, 0);
  return { count: overdue.length, seconds: milliseconds / 1000 };
}

/** Round steps of time for an axis: at most six marks. */
export function axisMarks(from: number, until: number): number[] {
  const steps = [300, 900, 3600, 10_800, 21_600, 86_400, 172_800, 604_800].map((seconds) => seconds * 1000);
  const step = steps.find((each) => (until - from) / each <= 6) ?? 604_800_000;
  const offset = new Date(until).getTimezoneOffset() * 60_000;
  const first = Math.ceil((from - offset) / step) * step + offset;
  const marks: number[] = [];
  for (let at = first; at < until; at += step) marks.push(at);
  return marks;
}
