import { expect, it } from "vitest";
import type { Preference } from "@/lib/wire";
import { moments, targetOf } from "./model";

const rule = (id: number, delayMin: number, type: Preference["type"] = "HIGH_PRIORITY") =>
  ({ id, method: "EMAIL", contact: null, type, delayMin }) as Preference;

it("puts the rules of one priority on a line of time", () =>
  expect(
    moments([rule(1, 10), rule(2, 0), rule(3, 10), rule(4, 0, "LOW_PRIORITY")], "HIGH_PRIORITY").map(
      (each) => [each.minute, each.preferences.length],
    ),
  ).toEqual([
    [0, 1],
    [10, 2],
  ]));

it("falls back to the address one signs in with", () =>
  expect(targetOf(rule(1, 0), [], "ada@example.org")).toBe("ada@example.org"));
