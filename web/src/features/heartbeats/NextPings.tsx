import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { exactTime } from "@/lib/time";
import type { Monitor } from "@/lib/wire";
import { Section } from "@/ui/Page";
import { FocusableTime } from "@/ui/Time";
import { previewQuery } from "./api";
import { nextOfInterval } from "./model";

/** When the next pings are expected: by the clock for schedules, counted from the last ping for intervals. */
export function NextPings({ monitor }: { monitor: Monitor }): ReactNode {
  const { t, language } = useText();
  const isInterval = !monitor.scheduleKind || monitor.scheduleKind === "INTERVAL";
  const preview = useQuery({
    ...previewQuery({
      scheduleKind: monitor.scheduleKind ?? "INTERVAL",
      scheduleExpression: monitor.scheduleExpression,
      intervalSec: monitor.intervalSec,
      timezone: monitor.timezone ?? "UTC",
      graceSec: monitor.graceSec ?? 0,
    }),
    enabled: !isInterval,
  });
  const times = isInterval
    ? nextOfInterval(monitor.nextExpectedAt ?? monitor.deadline, monitor.intervalSec, 5)
    : (preview.data?.next.map((each) => each.utc) ?? []);
  if (monitor.pausedAt || times.length === 0) return null;
  return (
    <Section title={t("monitor.nextPings")}>
      <ol style={{ margin: 0, paddingLeft: 18 }}>
        {times.map((at) => (
          <li key={at} style={{ padding: "2px 0" }}>
            <FocusableTime at={at} />{" "}
            <span className="tabular" style={{ color: "var(--mantine-color-dimmed)" }}>
              {exactTime(new Date(at), language)}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
