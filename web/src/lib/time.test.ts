import { describe, expect, it } from "vitest";
import { clockTime, coarse, durationParts, durationText, exactTime, relativeTime } from "./time";

const now = new Date("2026-03-10T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000);

describe("relative time", () => {
  it("is now under ten seconds", () => expect(relativeTime(ago(4), now, "en")).toBe("now"));
  it("rounds towards zero", () => expect(relativeTime(ago(119), now, "en")).toBe("1 min. ago"));
  it("looks ahead as well", () => expect(relativeTime(ago(-7300), now, "en")).toBe("in 2 hr."));
  it("speaks German", () => expect(relativeTime(ago(86_400 * 3), now, "de")).toBe("vor 3 Tagen"));
});

describe("durations", () => {
  it("name the two largest units", () =>
    expect(durationParts(3725)).toEqual([
      { unit: "hour", count: 1 },
      { unit: "minute", count: 2 },
    ]));
  it("leave out a second unit that is zero", () => expect(durationText(300, "en")).toBe("5 min"));
  it("do not skip a unit to find another one", () => expect(durationText(3605, "en")).toBe("1 hr"));
  it("go below a second", () => expect(durationText(0.25, "en")).toBe("250 ms"));
  it("drop seconds after a minute when they count on", () => {
    expect(coarse(59)).toBe(59);
    expect(coarse(119)).toBe(60);
  });
});

describe("exact times", () => {
  it("name the zone, across a change of the clock", () => {
    expect(exactTime(new Date("2026-03-29T00:30:00Z"), "en", "Europe/Berlin")).toContain("GMT+1");
    expect(exactTime(new Date("2026-03-29T01:30:00Z"), "en", "Europe/Berlin")).toContain("GMT+2");
  });
  it("add the date only on another day of the viewer's zone", () => {
    const late = new Date("2026-03-10T23:30:00Z");
    expect(clockTime(late, now, "de", "UTC")).toBe("23:30");
    expect(clockTime(late, now, "de", "Europe/Berlin")).toContain("11.03.2026");
  });
});
