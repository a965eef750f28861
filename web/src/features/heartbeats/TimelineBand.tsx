import { SegmentedControl, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { type MessageKey, useText } from "@/lib/i18n";
import { useNow } from "@/lib/now";
import { durationText, exactTime, localeOf } from "@/lib/time";
import type { Monitor } from "@/lib/wire";
import { Duration } from "@/ui/Duration";
import { pendingView, RowSkeletons } from "@/ui/Empty";
import { Section } from "@/ui/Page";
import { Time } from "@/ui/Time";
import { transitionsQuery } from "./api";
import { axisMarks, type BandState, bandSegments, outages, type Segment } from "./band";
import classes from "./Graphs.module.css";

const FILL: Record<BandState, string> = {
  healthy: "var(--tone-good-fill)",
  late: "var(--tone-warn-fill)",
  overdue: "var(--tone-bad-fill)",
  paused: "var(--tone-idle-fill)",
  unknown: "var(--raised)",
  gap: "url(#own-gap)",
};
const LABEL: Record<BandState, MessageKey> = {
  healthy: "band.healthy",
  late: "band.late",
  overdue: "band.overdue",
  paused: "band.paused",
  unknown: "band.unknown",
  gap: "band.gap",
};
const SPANS = { day: 24, week: 168, month: 720 } as const;
const HOUR = 3_600_000;

function stateNow(monitor: Monitor): BandState {
  if (monitor.pausedAt) return "paused";
  if (monitor.state === "OVERDUE") return "overdue";
  return monitor.state === "HEALTHY" ? "healthy" : "unknown";
}

function Band({
  segments,
  from,
  until,
  label,
}: {
  segments: Segment[];
  from: number;
  until: number;
  label: string;
}) {
  const { t, language } = useText();
  const x = (at: number): number => ((at - from) / (until - from)) * 1000;
  const isDay = until - from <= 25 * HOUR;
  const format = new Intl.DateTimeFormat(
    localeOf(language),
    isDay ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" },
  );
  return (
    <div className={classes.band}>
      <svg className={classes.svg} viewBox="0 0 1000 36" preserveAspectRatio="none" height={36} role="img">
        <title>{label}</title>
        <defs>
          <pattern
            id="own-gap"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="6" height="6" fill="var(--surface)" />
            <rect width="2" height="6" fill="var(--tone-info-fill)" />
          </pattern>
        </defs>
        {segments.map((segment) => (
          <rect
            key={`${segment.state}-${segment.from}`}
            x={x(segment.from)}
            width={Math.max(1.5, x(segment.until) - x(segment.from))}
            y={segment.state === "overdue" ? 0 : 6}
            height={segment.state === "overdue" ? 36 : 24}
            fill={FILL[segment.state]}
          >
            <title>{`${t(LABEL[segment.state])}: ${exactTime(new Date(segment.from), language)} – ${exactTime(new Date(segment.until), language)}`}</title>
          </rect>
        ))}
      </svg>
      <div className={classes.axis} aria-hidden>
        {axisMarks(from, until)
          .filter((at) => x(at) > 30 && x(at) < 970)
          .map((at) => (
            <span key={at} className={classes.mark} style={{ left: `${x(at) / 10}%` }}>
              {format.format(at)}
            </span>
          ))}
      </div>
    </div>
  );
}

function BandTable({ segments }: { segments: Segment[] }): ReactNode {
  const { t } = useText();
  return (
    <table className={classes.list}>
      <thead>
        <tr>
          <th>{t("band.state")}</th>
          <th>{t("band.from")}</th>
          <th>{t("band.length")}</th>
        </tr>
      </thead>
      <tbody>
        {segments.toReversed().map((segment) => (
          <tr key={`${segment.state}-${segment.from}`}>
            <td>{t(LABEL[segment.state])}</td>
            <td>
              <Time at={new Date(segment.from).toISOString()} />
            </td>
            <td>
              <Duration seconds={(segment.until - segment.from) / 1000} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What this monitor was when, as a picture and as a table. */
export function TimelineBand({ monitor }: { monitor: Monitor }): ReactNode {
  const { t, language } = useText();
  const [span, setSpan] = useState<keyof typeof SPANS>("day");
  const [asTable, setAsTable] = useState(false);
  const until = useNow(60);
  const from = until - SPANS[span] * HOUR;
  // Asked once an hour, so that the address of the query stays the same in between.
  const asked = new Date(Math.floor(from / HOUR) * HOUR).toISOString();
  const query = useQuery(transitionsQuery(monitor.id, asked));
  const late = monitor.nextExpectedAt ? new Date(monitor.nextExpectedAt).getTime() : null;
  const born = monitor.armedAt ?? monitor.createdAt;
  const now = {
    state: stateNow(monitor),
    lateSince: monitor.state === "HEALTHY" && late !== null && late < until ? late : null,
    bornAt: born ? new Date(born).getTime() : null,
  };
  const segments = bandSegments(query.data ?? [], now, from, until);
  const { count, seconds } = outages(segments);
  const summary =
    count === 0 ? t("band.noOutage") : t("band.outages", { count, length: durationText(seconds, language) });
  const spans = Object.keys(SPANS).map((value) => ({
    value,
    label: t(`band.${value}` as MessageKey),
  }));
  const used = [...new Set(segments.map((each) => each.state))];
  return (
    <Section
      title={t("band.title")}
      right={
        <SegmentedControl
          size="xs"
          value={span}
          onChange={(value) => setSpan(value as keyof typeof SPANS)}
          data={spans}
          aria-label={t("band.span")}
        />
      }
    >
      {pendingView(query, <RowSkeletons count={1} height={60} />) ?? (
        <>
          {asTable ? (
            <BandTable segments={segments} />
          ) : (
            <Band segments={segments} from={from} until={until} label={summary} />
          )}
          <div className={classes.legend}>
            <span>{summary}</span>
            {used.map((state) => (
              <span key={state}>
                <i
                  className={classes.swatch}
                  style={{ background: state === "gap" ? "var(--tone-info-fill)" : FILL[state] }}
                />
                {t(LABEL[state])}
              </span>
            ))}
            <Switch
              size="xs"
              ml="auto"
              label={t("band.asTable")}
              checked={asTable}
              onChange={(event) => setAsTable(event.currentTarget.checked)}
            />
          </div>
        </>
      )}
    </Section>
  );
}
