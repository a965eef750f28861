import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { fullName } from "@/lib/lookups";
import { useNow } from "@/lib/now";
import { type Alert, rulesOf } from "@/lib/wire";
import { Duration } from "@/ui/Duration";
import { Section } from "@/ui/Page";
import { ClockTime } from "@/ui/Time";
import { UserName } from "@/ui/UserMark";

function Sentence({ alert }: { alert: Alert }): ReactNode {
  const { t } = useText();
  const now = useNow(1);
  if (alert.status === "ACCEPTED")
    return (
      <>
        {alert.acknowledgedBy && <UserName user={alert.acknowledgedBy} />}
        <p style={{ margin: "6px 0 0", color: "var(--mantine-color-dimmed)" }}>{t("next.accepted")}</p>
      </>
    );
  if (!alert.nextEscalation) return <span style={{ color: "var(--tone-warn)" }}>{t("next.none")}</span>;
  const left = (new Date(alert.nextEscalation).getTime() - now) / 1000;
  const who = alert.nextEscalationUser
    ? fullName(alert.nextEscalationUser)
    : (rulesOf(alert)[alert.nextEscalationRuleIndex ?? 0]?.users ?? []).map(fullName).join(", ");
  return (
    <>
      <div style={{ fontWeight: 600 }}>
        {who || t("next.level", { level: (alert.nextEscalationRuleIndex ?? 0) + 1 })}
      </div>
      <div style={{ marginTop: 2 }}>
        {left > 0 ? (
          <>
            {t("next.in")} <Duration seconds={left} />, {t("next.at")} <ClockTime at={alert.nextEscalation} />
          </>
        ) : (
          t("next.now")
        )}
      </div>
    </>
  );
}

/** Who is next and when; why nobody, when it is nobody. */
export function NextStep({ alert }: { alert: Alert }): ReactNode {
  const { t } = useText();
  if (alert.status === "RESOLVED") return null;
  return (
    <Section title={t(alert.status === "ACCEPTED" ? "next.titleAccepted" : "next.title")}>
      <Sentence alert={alert} />
    </Section>
  );
}
