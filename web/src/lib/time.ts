// Instants and spans as people say them. All pure: the caller gives `now` and the language.

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** The viewer's own variant of the language in force: 24 hours in en-GB, a.m. and p.m. in en-US. */
export function localeOf(language: string): string {
  const wanted = typeof navigator === "undefined" ? [] : (navigator.languages ?? []);
  return wanted.find((each) => each.toLowerCase().startsWith(language)) ?? language;
}

/** Seconds stop mattering after the first minute. */
export function coarse(seconds: number): number {
  return seconds < 60 ? seconds : Math.floor(seconds / 60) * 60;
}

export const viewerZone: string = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** "4 min. ago", "in 2 hr.": whole units, towards zero; under ten seconds it is "now". */
export function relativeTime(at: Date, now: Date, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "always", style: "short" });
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const size = Math.abs(seconds);
  if (size < 10) return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(0, "second");
  for (const [unit, length] of UNITS) {
    if (size >= length) return format.format(Math.trunc(seconds / length), unit);
  }
  return format.format(Math.trunc(seconds), "second");
}

/** Date, time with seconds and the zone it is told in. */
export function exactTime(at: Date, language: string, zone: string = viewerZone): string {
  return new Intl.DateTimeFormat(localeOf(language), {
    dateStyle: "medium",
    timeStyle: "long",
    timeZone: zone,
  }).format(at);
}

/** The time of day; with the date when it is another day than `now`. */
export function clockTime(at: Date, now: Date, language: string, zone: string = viewerZone): string {
  const day = new Intl.DateTimeFormat("en-CA", { dateStyle: "short", timeZone: zone });
  const isToday = day.format(at) === day.format(now);
  return new Intl.DateTimeFormat(localeOf(language), {
    timeStyle: "short",
    ...(isToday ? {} : { dateStyle: "medium" as const }),
    timeZone: zone,
  }).format(at);
}

export type DurationPart = { unit: "day" | "hour" | "minute" | "second" | "millisecond"; count: number };

/** The largest unit and, when it is not zero, the next one: 3720 s → 1 hour, 2 minutes. */
export function durationParts(seconds: number): DurationPart[] {
  if (seconds > 0 && seconds < 1) return [{ unit: "millisecond", count: Math.round(seconds * 1000) }];
  const whole = Math.round(seconds);
  const all: DurationPart[] = [
    { unit: "day", count: Math.floor(whole / 86_400) },
    { unit: "hour", count: Math.floor((whole % 86_400) / 3_600) },
    { unit: "minute", count: Math.floor((whole % 3_600) / 60) },
    { unit: "second", count: whole % 60 },
  ];
  const first = all.findIndex((part) => part.count > 0);
  if (first === -1) return [{ unit: "second", count: 0 }];
  return all.slice(first, first + 2).filter((part) => part.count > 0);
}

export function durationText(seconds: number, language: string): string {
  return durationParts(seconds)
    .map(({ unit, count }) =>
      new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(count),
    )
    .join(" ");
}
