import { Checkbox, SegmentedControl, Select, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { textField, useDraft } from "@/lib/draft";
import { useText } from "@/lib/i18n";
import { sourcesQuery } from "@/lib/lookups";
import { viewerZone } from "@/lib/time";
import type { Monitor } from "@/lib/wire";
import { DurationField } from "@/ui/DurationField";
import { Advanced, FieldRow, FormFrame } from "@/ui/FormFrame";
import { Page } from "@/ui/Page";
import { say } from "@/ui/toast";
import { ZoneSelect } from "@/ui/ZoneSelect";
import { tagsQuery, useSaveMonitor } from "./api";
import { draftOf, monitorProblems, previewOf, writeOf } from "./monitor-draft";
import { SchedulePreview } from "./SchedulePreview";

export function MonitorForm({ monitor }: { monitor: Monitor | null }): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const sources = useQuery(sourcesQuery);
  const tags = useQuery(tagsQuery);
  const rules = useMemo(() => monitorProblems(t), [t]);
  const draft = useDraft(draftOf(monitor, viewerZone), rules);
  const save = useSaveMonitor(monitor?.id ?? null);
  const { values, set } = draft;
  const isInterval = values.scheduleKind === "INTERVAL";
  const rekeys = monitor !== null && isInterval && values.intervalSec !== monitor.intervalSec;

  const submit = (): void => {
    if (!draft.check()) return;
    save.mutate(writeOf(values), {
      onSuccess: (saved) => {
        draft.settle();
        say(t("form.saved"));
        void navigate({
          to: "/heartbeats/$id",
          params: { id: saved.id },
          search: monitor ? {} : { tab: "recipes" },
          ignoreBlocker: true,
        });
      },
      onError: draft.refuse,
    });
  };
  return (
    <Page title={monitor ? t("monitor.form.edit", { name: monitor.name }) : t("monitor.new")}>
      <FormFrame
        verb={t(monitor ? "action.save" : "monitor.form.create")}
        isDirty={draft.isDirty}
        isBusy={save.isPending}
        general={draft.general}
        onSubmit={submit}
        onCancel={() => void navigate({ to: monitor ? `/heartbeats/${monitor.id}` : "/heartbeats" })}
        aside={<SchedulePreview request={previewOf(values)} rekeys={rekeys} />}
      >
        <TextInput
          label={t("monitor.form.name")}
          placeholder={t("monitor.form.namePlaceholder")}
          data-autofocus
          required
          {...textField(draft, "name")}
        />
        <div>
          <SegmentedControl
            aria-label={t("monitor.form.kind")}
            value={values.scheduleKind}
            onChange={(kind) => set("scheduleKind", kind as Monitor["scheduleKind"])}
            data={[
              { value: "INTERVAL", label: t("monitor.form.interval") },
              { value: "CRON", label: "Cron" },
              { value: "ON_CALENDAR", label: "systemd OnCalendar" },
            ]}
          />
        </div>
        {isInterval ? (
          <DurationField
            label={t("monitor.form.every")}
            description={t("monitor.form.everyText")}
            value={values.intervalSec}
            error={draft.problemOf("intervalSec")}
            onChange={(seconds) => set("intervalSec", seconds)}
            onBlur={() => draft.leave("intervalSec")}
          />
        ) : (
          <FieldRow>
            <TextInput
              label={t("monitor.form.expression")}
              placeholder={values.scheduleKind === "CRON" ? "0 3 * * 1-5" : "Mon..Fri 03:00"}
              styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
              {...textField(draft, "scheduleExpression")}
            />
            <ZoneSelect
              label={t("monitor.form.zone")}
              value={values.timezone}
              error={draft.problemOf("timezone")}
              onChange={(zone) => set("timezone", zone)}
            />
          </FieldRow>
        )}
        <DurationField
          label={t("monitor.form.grace")}
          description={t("monitor.form.graceText")}
          value={values.graceSec}
          error={draft.problemOf("graceSec")}
          onChange={(seconds) => set("graceSec", seconds)}
        />
        <Select
          label={t("monitor.source")}
          description={t("monitor.form.sourceText")}
          placeholder={t("monitor.form.noSource")}
          data={sources.data?.map((source) => ({ value: String(source.id), label: source.name }))}
          value={values.alertSource}
          onChange={(id) => set("alertSource", id)}
          error={draft.problemOf("alertSource")}
          clearable
          searchable
        />
        <TextInput
          label={t("monitor.runbook")}
          description={t("monitor.form.runbookText")}
          type="url"
          {...textField(draft, "runbookUrl")}
        />
        <TagsInput
          label={t("monitor.tags")}
          data={tags.data?.map((each) => each.tag)}
          value={values.tags}
          onChange={(next) => set("tags", next)}
          error={draft.problemOf("tags")}
        />
        <Advanced>
          <TextInput
            label={t("monitor.form.summary")}
            description={t("monitor.form.summaryText")}
            {...textField(draft, "alertSummary")}
          />
          <DurationField
            label={t("monitor.maxRunTime")}
            description={t("monitor.form.maxRunText")}
            value={values.maxRunTimeSec}
            error={draft.problemOf("maxRunTimeSec")}
            onChange={(seconds) => set("maxRunTimeSec", seconds)}
          />
          <DurationField
            label={t("monitor.form.startGrace")}
            description={t("monitor.form.startGraceText")}
            value={values.startGraceSec}
            error={draft.problemOf("startGraceSec")}
            onChange={(seconds) => set("startGraceSec", seconds)}
          />
          {(["postOnly", "flapDetection", "stormGrouping"] as const).map((field) => (
            <Checkbox
              key={field}
              label={t(`monitor.form.${field}`)}
              description={t(`monitor.form.${field}Text`)}
              checked={values[field]}
              onChange={(event) => set(field, event.currentTarget.checked)}
            />
          ))}
        </Advanced>
      </FormFrame>
    </Page>
  );
}
