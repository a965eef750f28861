import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { durationText } from "@/lib/time";
import type { Monitor } from "@/lib/wire";
import { CopyLine } from "@/ui/Copy";
import { Facts, Section } from "@/ui/Page";
import { FocusableTime } from "@/ui/Time";
import { pingAddress, scheduleText } from "./model";

export function MonitorFacts({ monitor }: { monitor: Monitor }): ReactNode {
  const { t, language } = useText();
  const url = pingAddress(monitor, window.location.origin);
  const isBadged = Boolean(monitor.badgeKey);
  return (
    <Section title={t("monitor.facts")}>
      <Facts
        facts={[
          { term: t("monitor.column.schedule"), value: scheduleText(monitor, t, language) },
          monitor.maxRunTimeSec
            ? { term: t("monitor.maxRunTime"), value: durationText(monitor.maxRunTimeSec, language) }
            : null,
          {
            term: t("monitor.source"),
            value: monitor.alertSource ? (
              <Link to="/alert-sources/$id" params={{ id: monitor.alertSource.id }}>
                {monitor.alertSource.name ?? `#${monitor.alertSource.id}`}
              </Link>
            ) : (
              <span style={{ color: "var(--tone-warn)" }}>{t("monitor.noSource")}</span>
            ),
          },
          monitor.runbookUrl
            ? {
                term: t("monitor.runbook"),
                value: (
                  <a href={monitor.runbookUrl} target="_blank" rel="noreferrer">
                    {monitor.runbookUrl}
                  </a>
                ),
              }
            : null,
          monitor.tags?.length
            ? {
                term: t("monitor.tags"),
                value: monitor.tags.map((tag) => (
                  <Link key={tag} to="/heartbeats" search={{ tag: [tag] }} style={{ marginRight: 8 }}>
                    {tag}
                  </Link>
                )),
              }
            : null,
          {
            term: t("monitor.pingCount"),
            value: new Intl.NumberFormat(language).format(monitor.pingCount ?? 0),
          },
          monitor.createdAt
            ? { term: t("monitor.created"), value: <FocusableTime at={monitor.createdAt} /> }
            : null,
        ]}
      />
      {url && (
        <div style={{ marginTop: 12 }}>
          <CopyLine value={url} label={t("recipes.copyAddress")} />
        </div>
      )}
      {isBadged && (
        <div style={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 8, marginTop: 12 }}>
          <img
            src={`/badges/${monitor.badgeKey}.svg`}
            alt={t("monitor.badge")}
            height={20}
            style={{ maxWidth: "100%", objectFit: "contain", objectPosition: "left" }}
          />
          <div style={{ flex: "1 1 120px", minWidth: 0 }}>
            <CopyLine value={`${window.location.origin}/badges/${monitor.badgeKey}.svg`} />
          </div>
        </div>
      )}
    </Section>
  );
}
