import { expect, it } from "vitest";
import { isoDuration, isoSeconds } from "./model";

it("reads ISO durations", () => {
  expect(isoSeconds("PT90M")).toBe(5400);
  expect(isoSeconds("P1DT2H")).toBe(93_600);
  expect(isoSeconds("soon")).toBeNull();
});

it("writes whole minutes, and seconds only where needed", () => {
  expect(isoDuration(5400)).toBe("PT90M");
  expect(isoDuration(90)).toBe("PT90S");
  expect(isoDuration(null)).toBeNull();
});
