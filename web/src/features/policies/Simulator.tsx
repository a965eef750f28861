import { SegmentedControl } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";
import { fullName } from "@/lib/lookups";
import { durationText } from "@/lib/time";
import type { SimulationStep } from "@/lib/wire";
import { methodText } from "@/ui/method";
import { Section } from "@/ui/Page";
import { simulationQuery } from "./api";
import classes from "./Ladder.module.css";
import { type PolicyDraft, simulationOf } from "./model";

function Step({ step, start }: { step: SimulationStep; start: number }): ReactNode {
  const { t, language } = useText();
  const nameOf = (id: number): string => fullName(step.users.find((user) => user.id === id));
  const after = (at: string): string => {
    const seconds = (new Date(at).getTime() - start) / 1000;
    return seconds < 1 ? t("policy.atOnce") : durationText(seconds, language);
  };
  return (
    <li className={classes.rung}>
      <div className={classes.at}>
        {step.afterSec === 0 ? t("policy.atOnce") : durationText(step.afterSec, language)}
      </div>
      <div className={classes.body}>
        {step.level !== null && (
          <b>
            {t("policy.level", { level: step.level + 1 })}
            {step.pass > 1 ? `, ${t("policy.pass", { pass: step.pass })}` : ""}
          </b>
        )}
        {step.pages.map((page) => (
          <div key={`${page.userId}-${page.method}-${page.at}`} className={classes.page}>
            {after(page.at)}: {nameOf(page.userId)}, {methodText(page.method, t)} {page.target}
          </div>
        ))}
        {step.pages.length === 0 && step.level !== null && (
          <div className={classes.page}>{step.users.map(fullName).join(", ") || t("policy.nobody")}</div>
        )}
        {step.note && <div style={{ color: "var(--tone-warn)", fontSize: 13 }}>{step.note}</div>}
      </div>
    </li>
  );
}

/** Who is paged when, by the rules the engine itself uses, while nobody accepts. */
export function Simulator({ draft }: { draft: PolicyDraft }): ReactNode {
  const { t } = useText();
  const [priority, setPriority] = useState("HIGH");
  const [request] = useDebouncedValue(simulationOf(draft, priority), 350);
  const query = useQuery({
    ...simulationQuery(
      request ?? { escalationRules: [], repeating: false, frequency: 1, delayMin: 0, priority: "HIGH" },
    ),
    enabled: request !== null,
    placeholderData: keepPreviousData,
  });
  const steps = query.data ?? [];
  const first = steps[0];
  const start = first ? new Date(first.at).getTime() - first.afterSec * 1000 : 0;
  return (
    <Section
      title={t("policy.simulator")}
      right={
        <SegmentedControl
          size="xs"
          aria-label={t("source.priority")}
          value={priority}
          onChange={setPriority}
          data={[
            { value: "HIGH", label: t("priority.HIGH") },
            { value: "LOW", label: t("priority.LOW") },
          ]}
        />
      }
    >
      <div aria-live="polite">
        {request === null && (
          <span style={{ color: "var(--mantine-color-dimmed)" }}>{t("policy.simulatorNone")}</span>
        )}
        {request !== null && query.error && (
          <span style={{ color: "var(--tone-warn)" }}>{query.error.message}</span>
        )}
        {request !== null && !query.error && (
          <>
            <p style={{ margin: "0 0 4px", color: "var(--mantine-color-dimmed)", fontSize: 13 }}>
              {t("policy.simulatorText")}
            </p>
            <ol className={classes.ladder}>
              {steps.map((step) => (
                <Step key={`${step.pass}-${step.level}`} step={step} start={start} />
              ))}
            </ol>
          </>
        )}
      </div>
    </Section>
  );
}
