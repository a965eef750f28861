import { Select, Switch, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { textField, useDraft } from "@/lib/draft";
import { useText } from "@/lib/i18n";
import { policiesQuery } from "@/lib/lookups";
import type { AlertSource, EscalationPolicy } from "@/lib/wire";
import { DurationField } from "@/ui/DurationField";
import { pendingView } from "@/ui/Empty";
import { Advanced, FormFrame } from "@/ui/FormFrame";
import { Page } from "@/ui/Page";
import { say } from "@/ui/toast";
import { sourceQuery, useSaveSource } from "./api";
import { CREATION_RULES, sourceDraft, sourceProblems, sourceWrite } from "./model";

function Form({ source, policies }: { source: AlertSource | null; policies: EscalationPolicy[] }): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const rules = useMemo(() => sourceProblems(t), [t]);
  const only = policies.length === 1 ? String(policies[0]?.id) : null;
  const draft = useDraft(sourceDraft(source, only), rules);
  const save = useSaveSource(source?.id ?? null);
  const { values, set } = draft;
  const submit = (): void => {
    if (!draft.check()) return;
    save.mutate(sourceWrite(values, source), {
      onSuccess: (saved) => {
        draft.settle();
        say(t("form.saved"));
        void navigate({ to: "/alert-sources/$id", params: { id: saved.id }, ignoreBlocker: true });
      },
      onError: draft.refuse,
    });
  };
  return (
    <Page title={source ? t("monitor.form.edit", { name: source.name }) : t("source.new")}>
      <FormFrame
        verb={t(source ? "action.save" : "source.create")}
        isDirty={draft.isDirty}
        isBusy={save.isPending}
        general={draft.general}
        onSubmit={submit}
        onCancel={() => void navigate({ to: source ? `/alert-sources/${source.id}` : "/alert-sources" })}
      >
        <TextInput label={t("monitor.form.name")} required data-autofocus {...textField(draft, "name")} />
        <Select
          label={t("source.type")}
          description={t("source.typeText")}
          data={[
            { value: "HEARTBEAT2", label: t("source.type.HEARTBEAT2") },
            { value: "API", label: t("source.type.API") },
            ...(["HEARTBEAT2", "API"].includes(values.integrationType)
              ? []
              : [{ value: values.integrationType, label: values.integrationType }]),
          ]}
          value={values.integrationType}
          onChange={(type) => type && set("integrationType", type as AlertSource["integrationType"])}
          disabled={source !== null}
          allowDeselect={false}
        />
        <Select
          label={t("source.policy")}
          description={t("source.policyText")}
          data={policies.map((policy) => ({ value: String(policy.id), label: policy.name }))}
          value={values.escalationPolicy}
          onChange={(id) => set("escalationPolicy", id)}
          error={draft.problemOf("escalationPolicy")}
          nothingFoundMessage={t("policy.empty.title")}
          searchable
          required
        />
        <Select
          label={t("source.priority")}
          data={["HIGH", "LOW"].map((value) => ({
            value,
            label: t(value === "HIGH" ? "priority.HIGH" : "priority.LOW"),
          }))}
          value={values.alertPriorityRule}
          onChange={(rule) => rule && set("alertPriorityRule", rule as AlertSource["alertPriorityRule"])}
          allowDeselect={false}
        />
        <Advanced>
          <Select
            label={t("source.creation")}
            data={CREATION_RULES.map((rule) => ({ value: rule, label: t(`source.creation.${rule}`) }))}
            value={values.alertCreation}
            onChange={(rule) => rule && set("alertCreation", rule as AlertSource["alertCreation"])}
            error={draft.problemOf("alertCreation")}
            allowDeselect={false}
          />
          {values.alertCreation === "ONE_ALERT_GROUPED_PER_WINDOW" && (
            <DurationField
              label={t("source.window")}
              value={values.alertGroupingWindow}
              error={draft.problemOf("alertGroupingWindow")}
              onChange={(seconds) => set("alertGroupingWindow", seconds)}
            />
          )}
          <DurationField
            label={t("source.autoResolve")}
            description={t("source.autoResolveText")}
            value={values.autoResolutionTimeout}
            error={draft.problemOf("autoResolutionTimeout")}
            onChange={(seconds) => set("autoResolutionTimeout", seconds)}
          />
          <TextInput label={t("monitor.runbook")} type="url" {...textField(draft, "runbookUrl")} />
          <Switch
            label={t("source.active")}
            description={t("source.activeText")}
            checked={values.active}
            onChange={(event) => set("active", event.currentTarget.checked)}
          />
        </Advanced>
      </FormFrame>
    </Page>
  );
}

export function NewSource(): ReactNode {
  const { t } = useText();
  const policies = useQuery(policiesQuery);
  if (!policies.data) return <Page title={t("source.new")}>{pendingView(policies)}</Page>;
  return <Form source={null} policies={policies.data} />;
}

export function EditSource({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const policies = useQuery(policiesQuery);
  const source = useQuery(sourceQuery(id));
  if (!policies.data || !source.data)
    return <Page title={t("action.edit")}>{pendingView(source.data ? policies : source)}</Page>;
  return <Form key={id} source={source.data} policies={policies.data} />;
}
