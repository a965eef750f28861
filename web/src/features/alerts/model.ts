import type { Alert, LogEntry, UserRef } from "@/lib/wire";

export type Answer = "accept" | "resolve";

/** The alert as it will be once the server has taken the answer. */
export function afterAnswer(alert: Alert, answer: Answer, user: UserRef, at: string): Alert {
  if (answer === "resolve")
    return {
      ...alert,
      status: "RESOLVED",
      resolvedOn: at,
      resolvedBy: user,
      resolvedByType: "USER",
      nextEscalation: null,
    };
  const others = (alert.responders ?? []).filter((each) => each.user.id !== user.id);
  return {
    ...alert,
    status: "ACCEPTED",
    acceptedAt: at,
    acknowledgedBy: user,
    acknowledgedByType: "USER",
    nextEscalation: null,
    responders: [...others, { user, status: "ACCEPTED", acceptedAt: at }],
  };
}

export function mayAccept(alert: Pick<Alert, "status">): boolean {
  return alert.status === "PENDING";
}

export function isOpen(alert: Pick<Alert, "status">): boolean {
  return alert.status !== "RESOLVED";
}

const BY_PEOPLE = new Set([
  "UserResponseLogEntry",
  "AlertAssignedByUserLogEntry",
  "AlertCommentAddedLogEntry",
  "AlertCommentPublishedLogEntry",
  "AlertCreatedByUserLogEntry",
  "AlertRaisedByUserLogEntry",
  "AlertEscalatedToLevelLogEntry",
  "AlertSummaryChangedLogEntry",
]);

export type Actor = "person" | "machine";
export type StoryItem = {
  first: LogEntry;
  last: LogEntry;
  entries: LogEntry[];
  actor: Actor;
  kind: StoryKind;
};
export type StoryKind = "comment" | "person" | "trouble" | "good" | "page" | "event" | "machine";

export function actorOf(type: string): Actor {
  return BY_PEOPLE.has(type) ? "person" : "machine";
}

function kindOf(type: string): StoryKind {
  if (/Comment/.test(type)) return "comment";
  if (BY_PEOPLE.has(type)) return "person";
  if (/Resolved/.test(type)) return "good";
  if (/Overdue|NobodyOnCall|NotRouted|Error|Fail/.test(type)) return "trouble";
  if (/Notification/.test(type)) return "page";
  return /Received|Response/.test(type) ? "event" : "machine";
}

const PAGE_TYPE = "NotificationLogEntry";

/** Newest first; what the machine repeats with the same words, and pages that follow one another, become one item. */
export function story(entries: readonly LogEntry[]): StoryItem[] {
  const sorted = [...entries].sort((a, b) => b.timestamp.localeCompare(a.timestamp) || b.id - a.id);
  const items: StoryItem[] = [];
  for (const entry of sorted) {
    const previous = items.at(-1);
    const actor = actorOf(entry.logEntryType);
    const isRepeat =
      actor === "machine" &&
      previous?.first.logEntryType === entry.logEntryType &&
      (entry.logEntryType === PAGE_TYPE || previous.first.text === entry.text);
    if (previous && isRepeat) {
      previous.entries.push(entry);
      previous.first = entry;
    } else {
      items.push({ first: entry, last: entry, entries: [entry], actor, kind: kindOf(entry.logEntryType) });
    }
  }
  return items;
}

/** The ids that are in the fresh first page and newer than anything shown. */
export function newIds(shown: readonly Alert[], fresh: readonly Alert[]): number[] {
  const known = new Set(shown.map((each) => each.id));
  const newest = shown[0]?.reportTime ?? "";
  return fresh.filter((each) => !known.has(each.id) && each.reportTime >= newest).map((each) => each.id);
}

export type Block = { kind: "code" | "text"; text: string };

/** The details of an alert as blocks of plain text and of code fenced by ```. */
export function blocks(details: string): Block[] {
  return details
    .split(/^```[^\n]*\n?/m)
    .map((text, index) => ({
      kind: index % 2 === 1 ? ("code" as const) : ("text" as const),
      text: text.trim(),
    }))
    .filter((block) => block.text !== "");
}

/** Text cut into pieces at its web addresses; every second piece is one. */
export function splitLinks(text: string): string[] {
  return text.split(/(https?:\/\/[^\s<>"')\]]+)/);
}
