import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { fullName } from "@/lib/lookups";
import type { Alert } from "@/lib/wire";
import { CodeBlock } from "@/ui/Copy";
import { type Fact, Facts, Section } from "@/ui/Page";
import { FocusableTime } from "@/ui/Time";

function useFacts(alert: Alert): (Fact | null | false | undefined)[] {
  const { t } = useText();
  const labels = Object.entries(alert.labels ?? {});
  return [
    alert.alertSource && {
      term: t("monitor.source"),
      value: (
        <Link to="/alert-sources/$id" params={{ id: alert.alertSource.id }}>
          {alert.alertSource.name ?? `#${alert.alertSource.id}`}
        </Link>
      ),
    },
    alert.escalationPolicy && {
      term: t("source.policy"),
      value: (
        <Link to="/escalation-policies/$id" params={{ id: alert.escalationPolicy.id }}>
          {alert.escalationPolicy.name ?? `#${alert.escalationPolicy.id}`}
        </Link>
      ),
    },
    { term: t("alert.reported"), value: <FocusableTime at={alert.reportTime} /> },
    (alert.eventCount ?? 1) > 1 && {
      term: t("alert.eventCount"),
      value: (
        <>
          {alert.eventCount}
          {alert.lastEventAt && (
            <>
              , {t("alert.lastEvent")} <FocusableTime at={alert.lastEventAt} />
            </>
          )}
        </>
      ),
    },
    alert.acceptedAt && { term: t("alert.accepted"), value: <FocusableTime at={alert.acceptedAt} /> },
    alert.resolvedOn && {
      term: t("alert.resolved"),
      value: (
        <>
          <FocusableTime at={alert.resolvedOn} />
          {alert.resolvedBy ? `, ${fullName(alert.resolvedBy)}` : ""}
          {!alert.resolvedBy && alert.resolvedByType === "SOURCE" ? `, ${t("alert.bySource")}` : ""}
        </>
      ),
    },
    alert.severity && { term: t("alert.severity"), value: `SEV${alert.severity}` },
    alert.alertKey && { term: t("alert.key"), value: <code>{alert.alertKey}</code> },
    ...labels.map(([term, value]) => ({ term, value })),
  ].map((fact) => fact || null);
}

export function AlertFacts({ alert }: { alert: Alert }): ReactNode {
  const { t } = useText();
  const facts = useFacts(alert);
  return (
    <Section title={t("monitor.facts")}>
      <Facts facts={facts} />
      {(alert.links?.length ?? 0) > 0 && (
        <ul style={{ margin: "12px 0 0", paddingLeft: 18 }}>
          {alert.links?.map((link) => (
            <li key={link.href}>
              <a href={link.href} target="_blank" rel="noreferrer">
                {link.text || link.href}
              </a>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** What the tool sent, as it was sent. */
export function Payload({ alert }: { alert: Alert }): ReactNode {
  const { t } = useText();
  if (!alert.customDetails || Object.keys(alert.customDetails).length === 0) return null;
  return (
    <Section>
      <details>
        <summary style={{ cursor: "pointer", fontWeight: 600 }}>{t("alert.payload")}</summary>
        <div style={{ marginTop: 12 }}>
          <CodeBlock code={JSON.stringify(alert.customDetails, null, 2)} label={t("alert.payload")} />
        </div>
      </details>
    </Section>
  );
}
