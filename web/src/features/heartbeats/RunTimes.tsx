import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { durationText } from "@/lib/time";
import type { Ping } from "@/lib/wire";
import { Section } from "@/ui/Page";
import classes from "./Graphs.module.css";
import { type RunDot, runDots } from "./runs";

/** Run times as dots, from zero, with the limit drawn. Shown once a run was measured. */
export function RunTimes({
  pings,
  limitSec,
}: {
  pings: readonly Ping[];
  limitSec: number | null;
}): ReactNode {
  const { t, language } = useText();
  const { dots, top } = runDots(pings, limitSec);
  if (dots.length === 0) return null;
  const seconds = dots.map((dot) => dot.seconds).sort((a, b) => a - b);
  const median = seconds[Math.floor(seconds.length / 2)] ?? 0;
  const label = t("runs.summary", {
    count: dots.length,
    median: durationText(median, language),
    longest: durationText(seconds.at(-1) ?? 0, language),
  });
  const y = (value: number): number => 96 - (value / top) * 92;
  const x = (index: number): number => (dots.length === 1 ? 500 : 12 + (index / (dots.length - 1)) * 976);
  const fill = (dot: RunDot): string =>
    dot.isFailed ? "var(--tone-bad-fill)" : dot.isOver ? "var(--tone-warn-fill)" : "var(--tone-good-fill)";
  return (
    <Section title={t("runs.title")}>
      <div className={classes.plot}>
        <div className={classes.scale} aria-hidden>
          <span>{durationText(top, language)}</span>
          <span>{durationText(0, language)}</span>
        </div>
        <svg className={classes.svg} height={120} width="100%" role="img" style={{ overflow: "visible" }}>
          <title>{label}</title>
          <line x1="0" x2="100%" y1="96%" y2="96%" stroke="var(--line)" />
          {limitSec !== null && (
            <line
              x1="0"
              x2="100%"
              y1={`${y(limitSec)}%`}
              y2={`${y(limitSec)}%`}
              stroke="var(--tone-bad-fill)"
              strokeDasharray="5 4"
            />
          )}
          {dots.map((dot, index) => (
            <circle
              key={dot.number}
              cx={`${x(index) / 10}%`}
              cy={`${y(dot.seconds)}%`}
              r="3.5"
              fill={fill(dot)}
            >
              <title>{`#${dot.number}: ${durationText(dot.seconds, language)}`}</title>
            </circle>
          ))}
        </svg>
      </div>
      <div className={classes.legend}>
        <span>{label}</span>
        {limitSec !== null && <span>{t("runs.limit", { limit: durationText(limitSec, language) })}</span>}
      </div>
    </Section>
  );
}
