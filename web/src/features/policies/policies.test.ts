import { expect, it } from "vitest";
import { levelStarts, moved, newLevel, policyDraft, policyWrite, simulationOf } from "./model";

it("tells when each level is reached", () => {
  const levels = [5, 10, 15].map((timeoutMin) => ({ ...newLevel(), timeoutMin }));
  expect(levelStarts({ escalationRules: levels, delayMin: 2 })).toEqual([2, 7, 17]);
});

it("moves a level and keeps it inside the ladder", () => {
  expect(moved(["a", "b", "c"], 0, 1)).toEqual(["b", "a", "c"]);
  expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
});

it("asks for no simulation while nobody is chosen", () => {
  const draft = policyDraft(null);
  expect(simulationOf(draft, "HIGH")).toBeNull();
  const level = { ...newLevel(), users: ["3"] };
  expect(simulationOf({ ...draft, escalationRules: [level] }, "LOW")).toMatchObject({ priority: "LOW" });
});

it("writes users by id and no empty routing key", () => {
  const draft = {
    ...policyDraft(null),
    name: " Night ",
    escalationRules: [{ ...newLevel(), users: ["3", "4"] }],
  };
  expect(policyWrite(draft)).toMatchObject({
    name: "Night",
    routingKey: null,
    escalationRules: [{ escalationTimeout: 15, users: [{ id: 3 }, { id: 4 }] }],
  });
});

it("keeps the teams and schedules of a level that it cannot edit", () => {
  const policy = {
    id: 1,
    name: "Night",
    escalationRules: [
      {
        escalationTimeout: 5,
        users: [],
        teams: [{ id: 7, name: "Core" }],
        schedules: [{ id: 9, name: "Primary" }],
      },
    ],
    teams: [],
    repeating: false,
    frequency: 1,
    delayMin: 0,
    routingKey: null,
  };
  expect(policyWrite(policyDraft(policy)).escalationRules).toEqual([
    { escalationTimeout: 5, users: [], teams: [{ id: 7 }], schedules: [{ id: 9 }] },
  ]);
});
