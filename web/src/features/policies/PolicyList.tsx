import { Button } from "@mantine/core";
import { IconPlus, IconStairsUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { fullName, policiesQuery } from "@/lib/lookups";
import { useShortcuts } from "@/lib/shortcuts";
import { durationText } from "@/lib/time";
import type { EscalationPolicy } from "@/lib/wire";
import { Empty, pendingView } from "@/ui/Empty";
import { Page, Section } from "@/ui/Page";
import { Row, Rows } from "@/ui/Rows";

function ladderText(policy: EscalationPolicy, language: string): string {
  return policy.escalationRules
    .map((rule) => {
      const who = [
        ...(rule.users ?? []).map(fullName),
        ...[...(rule.schedules ?? []), ...(rule.teams ?? [])].map((each) => each.name ?? `#${each.id}`),
      ];
      return `${who.join(", ") || "–"} (${durationText(rule.escalationTimeout * 60, language)})`;
    })
    .join(" → ");
}

export function PolicyList(): ReactNode {
  const { t, language } = useText();
  const navigate = useNavigate();
  const query = useQuery(policiesQuery);
  useShortcuts({ n: () => void navigate({ to: "/escalation-policies/new" }) });
  const create = (
    <Button component={Link} to="/escalation-policies/new" leftSection={<IconPlus size={15} />}>
      {t("policy.new")}
    </Button>
  );
  return (
    <Page title={t("nav.policies")} line={t("policy.line")} actions={create}>
      <Section flush>
        {pendingView(query) ??
          (query.data?.length === 0 ? (
            <Empty title={t("policy.empty.title")} text={t("policy.empty.text")} action={create} />
          ) : (
            <Rows>
              {query.data?.map((policy) => (
                <Row
                  key={policy.id}
                  lead={<IconStairsUp size={20} stroke={1.6} aria-hidden />}
                  name={
                    <Link
                      to="/escalation-policies/$id"
                      params={{ id: policy.id }}
                      style={{ color: "var(--mantine-color-text)" }}
                    >
                      {policy.name}
                    </Link>
                  }
                  sub={ladderText(policy, language)}
                  side={
                    policy.repeating && (
                      <span style={{ color: "var(--mantine-color-dimmed)", fontSize: 13 }}>
                        {t("policy.repeats", { count: policy.frequency ?? 1 })}
                      </span>
                    )
                  }
                />
              ))}
            </Rows>
          ))}
      </Section>
    </Page>
  );
}
