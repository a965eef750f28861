import type { Problems } from "@/lib/draft";
import type { Translate } from "@/lib/i18n";
import type { EscalationPolicy, EscalationPolicyWrite, SimulateRequest } from "@/lib/wire";

type Target = { id: number };
/** `teams` and `schedules` cannot be chosen here yet; they are kept as they are. */
export type Level = {
  key: string;
  users: string[];
  teams: Target[];
  schedules: Target[];
  timeoutMin: number;
};
export type PolicyDraft = {
  name: string;
  escalationRules: Level[];
  repeating: boolean;
  frequency: number;
  delayMin: number;
  routingKey: string;
};

let keys = 0;
export function newLevel(): Level {
  keys += 1;
  return { key: `level-${keys}`, users: [], teams: [], schedules: [], timeoutMin: 15 };
}

function isEmpty(level: Level): boolean {
  return level.users.length + level.teams.length + level.schedules.length === 0;
}

export function policyDraft(policy: EscalationPolicy | null): PolicyDraft {
  const levels = policy?.escalationRules.map((rule) => ({
    ...newLevel(),
    users: (rule.users ?? []).map((user) => String(user.id)),
    teams: (rule.teams ?? []).map(({ id }) => ({ id })),
    schedules: (rule.schedules ?? []).map(({ id }) => ({ id })),
    timeoutMin: rule.escalationTimeout,
  }));
  return {
    name: policy?.name ?? "",
    escalationRules: levels && levels.length > 0 ? levels : [newLevel()],
    repeating: policy?.repeating ?? false,
    frequency: policy?.frequency ?? 1,
    delayMin: policy?.delayMin ?? 0,
    routingKey: policy?.routingKey ?? "",
  };
}

export function policyProblems(t: Translate) {
  return (draft: PolicyDraft): Problems<PolicyDraft> => {
    const problems: Problems<PolicyDraft> = {};
    if (!draft.name.trim()) problems.name = t("form.required");
    if (draft.escalationRules.every(isEmpty)) problems.escalationRules = t("policy.needsSomebody");
    return problems;
  };
}

function rulesOf(draft: PolicyDraft): EscalationPolicyWrite["escalationRules"] {
  return draft.escalationRules.map((level) => ({
    escalationTimeout: level.timeoutMin,
    users: level.users.map((id) => ({ id: Number(id) })),
    teams: level.teams,
    schedules: level.schedules,
  }));
}

export function policyWrite(draft: PolicyDraft): EscalationPolicyWrite {
  return {
    name: draft.name.trim(),
    escalationRules: rulesOf(draft),
    repeating: draft.repeating,
    frequency: draft.frequency,
    delayMin: draft.delayMin,
    routingKey: draft.routingKey.trim() || null,
  };
}

export function simulationOf(draft: PolicyDraft, priority: string): SimulateRequest | null {
  if (draft.escalationRules.every(isEmpty)) return null;
  const { repeating, frequency, delayMin } = draft;
  return { escalationRules: rulesOf(draft), repeating, frequency, delayMin, priority };
}

/** Minutes after the alert at which each level is reached in the first pass. */
export function levelStarts(draft: Pick<PolicyDraft, "escalationRules" | "delayMin">): number[] {
  let at = draft.delayMin;
  return draft.escalationRules.map((level) => {
    const start = at;
    at += level.timeoutMin;
    return start;
  });
}

export function moved<T>(list: readonly T[], from: number, step: number): T[] {
  const to = from + step;
  const item = list[from];
  if (to < 0 || to >= list.length || item === undefined) return [...list];
  const rest = list.toSpliced(from, 1);
  return rest.toSpliced(to, 0, item);
}
