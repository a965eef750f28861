import { describe, expect, it } from "vitest";
import type { Monitor, Ping, Transition } from "@/lib/wire";
import { axisMarks, type BandNow, bandSegments, outages } from "./band";
import { nextOfInterval, patchPages, secondsLeft, shownState } from "./model";
import { draftOf, previewOf, writeOf } from "./monitor-draft";
import { cronFor, recipes } from "./recipes";
import { runDots } from "./runs";
import { monitorFilter, parseMonitorSearch } from "./search";

const HOUR = 3_600_000;
const at = (hour: number) => new Date(hour * HOUR).toISOString();
const change = (hour: number, kind: string, details = {}): Transition => ({
  id: String(hour),
  at: at(hour),
  kind,
  details,
});
const healthy: BandNow = { state: "healthy", lateSince: null, bornAt: null };
const shape = (segments: ReturnType<typeof bandSegments>) =>
  segments.map((each) => [each.state, each.from / HOUR, each.until / HOUR]);

describe("the band", () => {
  it("is one piece when nothing happened", () =>
    expect(shape(bandSegments([], healthy, 0, 24 * HOUR))).toEqual([["healthy", 0, 24]]));
  it("shows an outage between silence and recovery", () => {
    const segments = bandSegments([change(3, "OVERDUE"), change(5, "RECOVERED")], healthy, 0, 24 * HOUR);
    expect(shape(segments)).toEqual([
      ["healthy", 0, 3],
      ["overdue", 3, 5],
      ["healthy", 5, 24],
    ]);
    expect(outages(segments)).toEqual({ count: 1, seconds: 7200 });
  });
  it("knows from the first change what was before", () =>
    expect(shape(bandSegments([change(5, "RECOVERED")], healthy, 2 * HOUR, 6 * HOUR))[0]).toEqual([
      "overdue",
      2,
      5,
    ]));
  it("starts with what a change before the window left behind", () =>
    expect(shape(bandSegments([change(1, "PAUSED")], healthy, 2 * HOUR, 4 * HOUR))).toEqual([
      ["paused", 2, 4],
    ]));
  it("is unknown before the monitor lived", () =>
    expect(shape(bandSegments([], { ...healthy, bornAt: 6 * HOUR }, 0, 8 * HOUR))).toEqual([
      ["unknown", 0, 6],
      ["healthy", 6, 8],
    ]));
  it("ends late when a ping is awaited", () =>
    expect(shape(bandSegments([], { ...healthy, lateSince: 7 * HOUR }, 0, 8 * HOUR)).at(-1)).toEqual([
      "late",
      7,
      8,
    ]));
  it("lays our own gaps on top, cut to the window", () =>
    expect(shape(bandSegments([change(-1, "GAP", { until: at(2) })], healthy, 0, 4 * HOUR))).toEqual([
      ["healthy", 0, 4],
      ["gap", 0, 2],
    ]));
  it("has at most seven marks", () => expect(axisMarks(0, 24 * HOUR).length).toBeLessThanOrEqual(7));
});

describe("a monitor", () => {
  const base = { state: "OVERDUE", pausedAt: null, failed: false } as const;
  it("that is paused is told as paused", () =>
    expect(shownState({ ...base, pausedAt: at(1) })).toBe("PAUSED"));
  it("that reported a failure is not silent", () =>
    expect(shownState({ ...base, failed: true })).toBe("FAILED"));
  it("has no deadline while paused", () =>
    expect(secondsLeft({ deadline: at(2), pausedAt: at(1), state: "HEALTHY" }, 0)).toBeNull());
  it("is replaced where it stands", () => {
    const old = { id: 1, state: "HEALTHY", name: "a" } as Monitor;
    const pages = [{ monitors: [old, { ...old, id: 2 }] }];
    const result = patchPages(pages, { ...old, id: 2, state: "OVERDUE" });
    expect(result.isChanged).toBe(true);
    expect(result.pages[0]?.monitors.map((each) => each.state)).toEqual(["HEALTHY", "OVERDUE"]);
    expect(patchPages(pages, { ...old }).isChanged).toBe(false);
    expect(patchPages(pages, { ...old, id: 9 }).pages).toBe(pages);
  });
  it("expects its pings at equal steps", () =>
    expect(nextOfInterval(at(1), 3600, 2)).toEqual([at(1), at(2)]));
});

describe("the form", () => {
  it("asks for no preview before there is a schedule", () => {
    const draft = { ...draftOf(null, "UTC"), scheduleKind: "CRON" as const };
    expect(previewOf(draft)).toBeNull();
    expect(previewOf({ ...draft, scheduleExpression: "0 3 * * *" })?.scheduleExpression).toBe("0 3 * * *");
  });
  it("sends no expression with an interval", () => {
    const write = writeOf({ ...draftOf(null, "UTC"), name: " a ", scheduleExpression: "x" });
    expect(write.scheduleExpression).toBeNull();
    expect(write.name).toBe("a");
  });
});

describe("recipes", () => {
  const url = "https://tocsin.example/api/pings/ih2:60:t:a:b";
  it("carry the monitor's own address", () => {
    for (const recipe of recipes({ url, name: "Backup", intervalSec: 300, cron: null }))
      expect(recipe.code).toContain(url);
  });
  it("use the monitor's own cron line", () =>
    expect(
      recipes({ url, name: "B", intervalSec: 300, cron: "7 3 * * *" }).find((r) => r.id === "cron")?.code,
    ).toMatch(/^7 3 \* \* \* /));
  it("say an interval as cron can", () => {
    expect([60, 300, 3600, 7200, 86_400].map(cronFor)).toEqual([
      "* * * * *",
      "*/5 * * * *",
      "0 * * * *",
      "0 */2 * * *",
      "0 3 * * *",
    ]);
  });
});

describe("run times", () => {
  const ping = (number: number, runTimeMs: number | null, kind = "SUCCESS") =>
    ({ number, runTimeMs, kind }) as Ping;
  it("are plotted oldest first, with the limit inside the scale", () => {
    const { dots, top } = runDots([ping(3, 9000), ping(2, null, "START"), ping(1, 2000, "FAIL")], 5);
    expect(dots.map((dot) => [dot.number, dot.isFailed, dot.isOver])).toEqual([
      [1, true, false],
      [3, false, true],
    ]);
    expect(top).toBeGreaterThan(9);
  });
});

describe("the search", () => {
  it("joins the box and the chosen filters", () =>
    expect(monitorFilter({ q: "state:overdue db", state: ["PAUSED"], tag: ["eu"] })).toEqual({
      query: "db",
      states: ["PAUSED", "OVERDUE"],
      tags: ["eu"],
      sources: undefined,
    }));
  it("drops what the address should not hold", () =>
    expect(parseMonitorSearch({ state: ["NOPE"], source: "7" })).toMatchObject({
      state: undefined,
      source: [7],
    }));
});
