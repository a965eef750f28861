import type { Problems } from "@/lib/draft";
import type { Translate } from "@/lib/i18n";
import type { Monitor, MonitorWrite, SchedulePreviewRequest } from "@/lib/wire";

export type MonitorDraft = {
  name: string;
  scheduleKind: Monitor["scheduleKind"];
  intervalSec: number | null;
  scheduleExpression: string;
  timezone: string;
  graceSec: number | null;
  alertSource: string | null;
  runbookUrl: string;
  tags: string[];
  alertSummary: string;
  maxRunTimeSec: number | null;
  startGraceSec: number | null;
  postOnly: boolean;
  flapDetection: boolean;
  stormGrouping: boolean;
};

export function draftOf(monitor: Monitor | null, zone: string): MonitorDraft {
  return {
    name: monitor?.name ?? "",
    scheduleKind: monitor?.scheduleKind ?? "INTERVAL",
    intervalSec: monitor?.intervalSec ?? 300,
    scheduleExpression: monitor?.scheduleExpression ?? "",
    timezone: monitor?.timezone ?? zone,
    graceSec: monitor?.graceSec ?? 60,
    alertSource: monitor?.alertSource ? String(monitor.alertSource.id) : null,
    runbookUrl: monitor?.runbookUrl ?? "",
    tags: monitor?.tags ?? [],
    alertSummary: monitor?.alertSummary ?? "",
    maxRunTimeSec: monitor?.maxRunTimeSec ?? null,
    startGraceSec: monitor?.startGraceSec ?? null,
    postOnly: monitor?.postOnly ?? false,
    flapDetection: monitor?.flapDetection ?? true,
    stormGrouping: monitor?.stormGrouping ?? true,
  };
}

const LONGEST = 2_678_400;

export function monitorProblems(t: Translate) {
  return (draft: MonitorDraft): Problems<MonitorDraft> => {
    const problems: Problems<MonitorDraft> = {};
    if (!draft.name.trim()) problems.name = t("form.required");
    const isInterval = draft.scheduleKind === "INTERVAL";
    const interval = draft.intervalSec ?? 0;
    if (isInterval && (interval < 25 || interval > LONGEST))
      problems.intervalSec = t("monitor.form.intervalRange");
    if (!isInterval && !draft.scheduleExpression.trim()) problems.scheduleExpression = t("form.required");
    if (draft.runbookUrl && !/^https?:\/\//.test(draft.runbookUrl))
      problems.runbookUrl = t("monitor.form.url");
    return problems;
  };
}

export function writeOf(draft: MonitorDraft): MonitorWrite {
  const isInterval = draft.scheduleKind === "INTERVAL";
  return {
    name: draft.name.trim(),
    intervalSec: draft.intervalSec ?? 300,
    scheduleKind: draft.scheduleKind,
    scheduleExpression: isInterval ? null : draft.scheduleExpression.trim(),
    timezone: draft.timezone,
    graceSec: draft.graceSec ?? 0,
    alertSource: draft.alertSource ? { id: Number(draft.alertSource) } : null,
    runbookUrl: draft.runbookUrl.trim() || null,
    tags: draft.tags,
    alertSummary: draft.alertSummary.trim() || null,
    maxRunTimeSec: draft.maxRunTimeSec,
    startGraceSec: draft.startGraceSec,
    postOnly: draft.postOnly,
    flapDetection: draft.flapDetection,
    stormGrouping: draft.stormGrouping,
  };
}

/** What the preview is asked; null while the draft says no schedule yet. */
export function previewOf(draft: MonitorDraft): SchedulePreviewRequest | null {
  const isInterval = draft.scheduleKind === "INTERVAL";
  if (isInterval ? !draft.intervalSec || draft.intervalSec < 25 : !draft.scheduleExpression.trim())
    return null;
  return {
    scheduleKind: draft.scheduleKind,
    scheduleExpression: isInterval ? undefined : draft.scheduleExpression.trim(),
    intervalSec: draft.intervalSec ?? 300,
    timezone: draft.timezone,
    graceSec: draft.graceSec ?? 0,
  };
}
