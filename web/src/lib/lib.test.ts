import { describe, expect, it } from "vitest";
import { moveCursor } from "@/ui/list-cursor";
import { de } from "./catalogue/de";
import { en } from "./catalogue/en";
import { draftField } from "./draft";
import { fieldOf } from "./http";
import { fill, preferredLanguage } from "./i18n";
import { parseQueryText } from "./query-text";
import { isAtLeast } from "./session";
import { matchKey } from "./shortcuts";
import { numberList, textList } from "./url-state";

const places = (text: string) => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1]).sort();

describe("the catalogue", () => {
  it("has the same keys in both languages", () =>
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort()));
  it("fills the same places in both languages", () => {
    for (const key of Object.keys(en) as (keyof typeof en)[])
      expect([key, [...new Set(places(de[key]))]]).toEqual([key, [...new Set(places(en[key]))]]);
  });
  it("has no exclamation marks", () => {
    for (const text of [...Object.values(en), ...Object.values(de)]) expect(text).not.toContain("!");
  });
  it("chooses between one and many", () => {
    expect(fill("{n} {n|hour|hours}", { n: 1 }, "en")).toBe("1 hour");
    expect(fill("{n} {n|hour|hours}", { n: 2000 }, "en")).toBe("2,000 hours");
  });
  it("takes the first language it speaks", () => {
    expect(preferredLanguage(null, ["fr", "de-AT", "en"])).toBe("de");
    expect(preferredLanguage("en", ["de"])).toBe("en");
    expect(preferredLanguage(null, ["fr"])).toBe("en");
  });
});

describe("errors of the server", () => {
  it("give their field", () =>
    expect(fieldOf("graceSec: must be 0 or more")).toEqual({ field: "graceSec", text: "Must be 0 or more" }));
  it("may be about no field", () => expect(fieldOf("Too many tries").field).toBeNull());
  it("reach the field a path starts with", () => {
    expect(draftField("escalationRules[0].users", ["name", "escalationRules"])).toBe("escalationRules");
    expect(draftField("other", ["name"])).toBeNull();
  });
});

describe("search text", () => {
  it("splits known fields from words", () =>
    expect(parseQueryText("state:overdue nightly tag:db tag:eu", ["state", "tag"])).toEqual({
      text: "nightly",
      fields: { state: ["overdue"], tag: ["db", "eu"] },
    }));
  it("leaves unknown fields alone", () =>
    expect(parseQueryText("http://x", ["state"]).text).toBe("http://x"));
});

describe("keys", () => {
  it("join into sequences", () => {
    expect(matchKey(["g a", "a"], "g", "a")).toBe("g a");
    expect(matchKey(["g a", "a"], null, "a")).toBe("a");
    expect(matchKey(["g a"], null, "a")).toBeNull();
  });
  it("keep the cursor inside the list", () => {
    expect(moveCursor(-1, 1, 3)).toBe(0);
    expect(moveCursor(2, 1, 3)).toBe(2);
    expect(moveCursor(0, -1, 3)).toBe(0);
    expect(moveCursor(0, 1, 0)).toBe(-1);
  });
});

describe("the address", () => {
  it("lets only known states through", () => {
    expect(textList(["A", "X"], ["A"])).toEqual(["A"]);
    expect(textList("X", ["A"])).toBeUndefined();
  });
  it("lets only whole numbers through", () => expect(numberList(["3", "x", 4])).toEqual([3, 4]));
});

it("ranks roles", () => {
  expect(isAtLeast("ADMIN", "USER")).toBe(true);
  expect(isAtLeast("STAKEHOLDER", "RESPONDER")).toBe(false);
});
