import { NumberInput, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { type Draft, type Problems, textField, useDraft } from "@/lib/draft";
import { body, client } from "@/lib/http";
import { type Translate, useText } from "@/lib/i18n";
import { useMay } from "@/lib/session";
import type { Account, AccountWrite } from "@/lib/wire";
import { DurationField } from "@/ui/DurationField";
import { pendingView } from "@/ui/Empty";
import { FieldRow, FormFrame } from "@/ui/FormFrame";
import { Page, Section } from "@/ui/Page";
import { say } from "@/ui/toast";

const accountQuery = { queryKey: ["account"], queryFn: () => body(client.GET("/api/account")) };

function problems(t: Translate) {
  return (draft: AccountWrite): Problems<AccountWrite> =>
    draft.name.trim() ? {} : { name: t("form.required") };
}

function Count(props: {
  draft: Draft<AccountWrite>;
  field: "stormThreshold" | "stormSharePercent" | "flapThreshold";
  label: string;
  max: number;
  suffix?: string;
}): ReactNode {
  const { draft, field } = props;
  return (
    <NumberInput
      label={props.label}
      min={1}
      max={props.max}
      suffix={props.suffix}
      value={draft.values[field]}
      onChange={(value) => draft.set(field, Number(value) || 0)}
      error={draft.problemOf(field)}
    />
  );
}

function Form({ account }: { account: Account }): ReactNode {
  const { t } = useText();
  const queries = useQueryClient();
  const { id: _id, tenant: _tenant, createdAt: _createdAt, ...start } = account;
  const rules = useMemo(() => problems(t), [t]);
  const draft = useDraft<AccountWrite>(start, rules);
  const save = useMutation({
    mutationFn: (write: AccountWrite) => body(client.PUT("/api/account", { body: write })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["account"] });
      void queries.invalidateQueries({ queryKey: ["session"] });
    },
  });
  const submit = (): void => {
    if (!draft.check()) return;
    save.mutate(draft.values, {
      onSuccess: () => {
        draft.settle();
        say(t("form.saved"));
      },
      onError: draft.refuse,
    });
  };
  const span = (field: "stormWindowSec" | "flapWindowSec" | "flapHoldSec", label: string): ReactNode => (
    <DurationField
      label={label}
      value={draft.values[field]}
      error={draft.problemOf(field)}
      onChange={(seconds) => draft.set(field, seconds ?? 0)}
    />
  );
  return (
    <FormFrame
      verb={t("action.save")}
      isDirty={draft.isDirty}
      isBusy={save.isPending}
      general={draft.general}
      onSubmit={submit}
    >
      <Section title={t("settings.account")}>
        <TextInput label={t("monitor.form.name")} {...textField(draft, "name")} />
      </Section>
      <Section title={t("settings.storm")}>
        <p style={{ margin: "0 0 12px", color: "var(--mantine-color-dimmed)" }}>{t("settings.stormText")}</p>
        <FieldRow>
          <Count draft={draft} field="stormThreshold" label={t("settings.stormThreshold")} max={100_000} />
          {span("stormWindowSec", t("settings.stormWindow"))}
          <Count
            draft={draft}
            field="stormSharePercent"
            label={t("settings.stormShare")}
            max={100}
            suffix=" %"
          />
        </FieldRow>
      </Section>
      <Section title={t("settings.flap")}>
        <p style={{ margin: "0 0 12px", color: "var(--mantine-color-dimmed)" }}>{t("settings.flapText")}</p>
        <FieldRow>
          <Count draft={draft} field="flapThreshold" label={t("settings.flapThreshold")} max={1000} />
          {span("flapWindowSec", t("settings.flapWindow"))}
          {span("flapHoldSec", t("settings.flapHold"))}
        </FieldRow>
      </Section>
    </FormFrame>
  );
}

export function SettingsPage(): ReactNode {
  const { t } = useText();
  const query = useQuery(accountQuery);
  const isAdmin = useMay("ADMIN");
  return (
    <Page title={t("nav.settings")} line={isAdmin ? undefined : t("settings.readOnly")}>
      {pendingView(query) ?? (query.data && isAdmin && <Form account={query.data} />)}
    </Page>
  );
}
