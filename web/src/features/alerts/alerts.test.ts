import { describe, expect, it } from "vitest";
import type { Alert, LogEntry } from "@/lib/wire";
import { afterAnswer, blocks, newIds, splitLinks, story } from "./model";
import { alertFilter } from "./search";

const me = { id: 1, firstName: "Ada", lastName: "Owner" };
const pending = {
  id: 5,
  status: "PENDING",
  responders: [],
  nextEscalation: "2026-01-01T00:00:00Z",
} as unknown as Alert;

describe("an answer", () => {
  it("to accept makes me a responder and ends the escalation", () => {
    const after = afterAnswer(pending, "accept", me, "2026-01-01T00:01:00Z");
    expect(after).toMatchObject({ status: "ACCEPTED", nextEscalation: null, acknowledgedBy: me });
    expect(after.responders).toHaveLength(1);
    expect(afterAnswer(after, "accept", me, "2026-01-01T00:02:00Z").responders).toHaveLength(1);
  });
  it("to resolve closes the alert", () =>
    expect(afterAnswer(pending, "resolve", me, "2026-01-01T00:01:00Z")).toMatchObject({
      status: "RESOLVED",
      resolvedBy: me,
    }));
});

describe("the story", () => {
  const entry = (id: number, type: string, text: string): LogEntry =>
    ({ id, logEntryType: type, text, timestamp: `2026-01-01T00:00:0${id}Z` }) as LogEntry;
  it("is newest first and folds what the machine repeats", () => {
    const items = story([
      entry(1, "AlertReceivedLogEntry", "Event received"),
      entry(2, "AlertReceivedLogEntry", "Event received"),
      entry(3, "UserResponseLogEntry", "Ada accepted"),
      entry(4, "AlertReceivedLogEntry", "Event received"),
    ]);
    expect(items.map((item) => [item.actor, item.entries.length])).toEqual([
      ["machine", 1],
      ["person", 1],
      ["machine", 2],
    ]);
  });
  it("folds pages that follow one another", () =>
    expect(
      story([entry(1, "NotificationLogEntry", "to Ada"), entry(2, "NotificationLogEntry", "to Bo")]),
    ).toHaveLength(1));
  it("never folds what people do", () =>
    expect(
      story([entry(1, "AlertCommentAddedLogEntry", "x"), entry(2, "AlertCommentAddedLogEntry", "x")]),
    ).toHaveLength(2));
});

describe("the list", () => {
  const row = (id: number, reportTime: string) => ({ id, reportTime }) as Alert;
  it("counts only rows that are newer than what is shown", () =>
    expect(
      newIds([row(1, "2026-01-02")], [row(3, "2026-01-03"), row(1, "2026-01-02"), row(2, "2026-01-01")]),
    ).toEqual([3]));
  it("shows what is open unless told otherwise", () => {
    expect(alertFilter({}, 1).states).toEqual(["PENDING", "ACCEPTED"]);
    expect(alertFilter({ q: "state:unattended disk" }, 1)).toMatchObject({
      states: ["PENDING"],
      query: "disk",
    });
    expect(alertFilter({ mine: true }, 7).responders).toEqual(["7"]);
  });
});

describe("details", () => {
  it("set fenced code apart", () =>
    expect(blocks("a\n```sh\nls\n```\nb").map((block) => [block.kind, block.text])).toEqual([
      ["text", "a"],
      ["code", "ls"],
      ["text", "b"],
    ]));
  it("find addresses", () =>
    expect(splitLinks("see https://a.example/x, ok")[1]).toMatch(/^https:\/\/a\.example\/x/));
});
