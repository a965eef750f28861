import { Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import type { Monitor } from "@/lib/wire";
import { CodeBlock, CopyLine } from "@/ui/Copy";
import { Section, Tight } from "@/ui/Page";
import { pingAddress } from "./model";
import { recipes } from "./recipes";
import { Verify } from "./Verify";

export function Recipes({ monitor }: { monitor: Monitor }): ReactNode {
  const { t } = useText();
  const url = pingAddress(monitor, window.location.origin);
  if (!url) return <Section>{t("recipes.noKey")}</Section>;
  const all = recipes({
    url,
    name: monitor.name,
    intervalSec: monitor.intervalSec,
    cron: monitor.scheduleKind === "CRON" ? (monitor.scheduleExpression ?? null) : null,
  });
  const signals = ["start", "success", "fail", "log", "0"];
  return (
    <>
      <Section title={t("recipes.address")}>
        <CopyLine value={url} label={t("recipes.copyAddress")} />
        <p style={{ margin: "8px 0 0", color: "var(--mantine-color-dimmed)" }}>{t("recipes.methods")}</p>
        <Verify monitor={monitor} />
      </Section>
      <Section title={t("recipes.title")}>
        <Tabs defaultValue="curl" keepMounted={false}>
          <Tabs.List mb={12}>
            {all.map((recipe) => (
              <Tabs.Tab key={recipe.id} value={recipe.id}>
                {recipe.label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {all.map((recipe) => (
            <Tabs.Panel key={recipe.id} value={recipe.id}>
              <CodeBlock code={recipe.code} label={recipe.label} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </Section>
      <Section title={t("recipes.signals")}>
        <p style={{ margin: "0 0 8px" }}>{t("recipes.signalsText")}</p>
        <Tight>
          {signals.map((signal) => (
            <CopyLine key={signal} value={`${url}/${signal}`} />
          ))}
        </Tight>
      </Section>
    </>
  );
}
