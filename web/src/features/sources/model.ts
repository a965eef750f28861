import type { Problems } from "@/lib/draft";
import type { Translate } from "@/lib/i18n";
import { type AlertSource, type AlertSourceWrite, policyOf } from "@/lib/wire";

export const CREATION_RULES = [
  "ONE_ALERT_PER_EMAIL",
  "ONE_PENDING_ALERT_ALLOWED",
  "ONE_OPEN_ALERT_ALLOWED",
  "ONE_ALERT_GROUPED_PER_WINDOW",
] as const;

export type SourceDraft = {
  name: string;
  integrationType: AlertSource["integrationType"];
  escalationPolicy: string | null;
  alertPriorityRule: AlertSource["alertPriorityRule"];
  alertCreation: AlertSource["alertCreation"];
  alertGroupingWindow: number | null;
  autoResolutionTimeout: number | null;
  runbookUrl: string;
  active: boolean;
};

const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** `PT90M` → 5400; null for nothing or for what is no ISO duration. */
export function isoSeconds(text: string | null | undefined): number | null {
  const match = text ? ISO.exec(text) : null;
  if (!match) return null;
  const [days, hours, minutes, seconds] = match.slice(1).map((each) => Number(each ?? 0));
  return (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

/** Whole minutes as the contract's clients write them; seconds only where needed. */
export function isoDuration(seconds: number | null): string | null {
  if (!seconds) return null;
  return seconds % 60 === 0 ? `PT${seconds / 60}M` : `PT${seconds}S`;
}

export function sourceDraft(source: AlertSource | null, firstPolicy: string | null): SourceDraft {
  return {
    name: source?.name ?? "",
    integrationType: source?.integrationType ?? "HEARTBEAT2",
    escalationPolicy: source ? String(policyOf(source).id) : firstPolicy,
    alertPriorityRule: source?.alertPriorityRule ?? "HIGH",
    alertCreation: source?.alertCreation ?? "ONE_ALERT_PER_EMAIL",
    alertGroupingWindow: isoSeconds(source?.alertGroupingWindow),
    autoResolutionTimeout: isoSeconds(source?.autoResolutionTimeout),
    runbookUrl: source?.runbookUrl ?? "",
    active: source?.active ?? true,
  };
}

export function sourceProblems(t: Translate) {
  return (draft: SourceDraft): Problems<SourceDraft> => {
    const problems: Problems<SourceDraft> = {};
    if (!draft.name.trim()) problems.name = t("form.required");
    if (!draft.escalationPolicy) problems.escalationPolicy = t("form.required");
    if (draft.alertCreation === "ONE_ALERT_GROUPED_PER_WINDOW" && !draft.alertGroupingWindow)
      problems.alertGroupingWindow = t("form.required");
    return problems;
  };
}

/** What the form does not know of is sent back as it came. */
export function sourceWrite(draft: SourceDraft, source: AlertSource | null): AlertSourceWrite {
  return {
    ...(source as unknown as Partial<AlertSourceWrite> | null),
    name: draft.name.trim(),
    integrationType: draft.integrationType,
    escalationPolicy: { id: Number(draft.escalationPolicy) },
    alertPriorityRule: draft.alertPriorityRule,
    alertCreation: draft.alertCreation,
    alertGroupingWindow: isoDuration(draft.alertGroupingWindow),
    autoResolutionTimeout: isoDuration(draft.autoResolutionTimeout),
    runbookUrl: draft.runbookUrl.trim() || null,
    active: draft.active,
  };
}
