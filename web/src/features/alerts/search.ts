import { parseQueryText } from "@/lib/query-text";
import { numberList, optionalText, textList } from "@/lib/url-state";

export const ALERT_STATES = ["PENDING", "ACCEPTED", "RESOLVED"] as const;

/** The state of the alert list, as it stands in the address. Without states: the open ones. */
export type AlertSearch = {
  q?: string;
  state?: string[];
  source?: number[];
  policy?: number[];
  mine?: boolean;
};

export function parseAlertSearch(raw: Record<string, unknown>): AlertSearch {
  return {
    q: optionalText(raw.q),
    state: textList(raw.state, ALERT_STATES),
    source: numberList(raw.source),
    policy: numberList(raw.policy),
    mine: raw.mine === true ? true : undefined,
  };
}

export type AlertFilter = {
  states?: string[];
  sources?: string[];
  policies?: string[];
  responders?: string[];
  query?: string;
};

const OPEN = ["PENDING", "ACCEPTED"];
const WORDS: Record<string, string[]> = {
  OPEN,
  UNATTENDED: ["PENDING"],
  CLOSED: ["RESOLVED"],
  ALL: [...ALERT_STATES],
};

/** The filter the server is asked with; `state:open` and the like in the box stand for states. */
export function alertFilter(search: AlertSearch, userId: number): AlertFilter {
  const { text, fields } = parseQueryText(search.q ?? "", ["state"]);
  const typed = (fields.state ?? []).flatMap((word) => WORDS[word.toUpperCase()] ?? [word.toUpperCase()]);
  const states = [...new Set([...(search.state ?? []), ...typed])];
  return {
    states: states.length > 0 ? states : OPEN,
    sources: search.source?.map(String),
    policies: search.policy?.map(String),
    responders: search.mine ? [String(userId)] : undefined,
    query: text || undefined,
  };
}
