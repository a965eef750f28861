import { parseQueryText } from "@/lib/query-text";
import { numberList, optionalText, textList } from "@/lib/url-state";

export const MONITOR_STATES = ["OVERDUE", "UNKNOWN", "HEALTHY", "PAUSED"] as const;

/** The state of the heartbeat list, as it stands in the address. */
export type MonitorSearch = { q?: string; state?: string[]; tag?: string[]; source?: number[] };

export function parseMonitorSearch(raw: Record<string, unknown>): MonitorSearch {
  return {
    q: optionalText(raw.q),
    state: textList(raw.state, MONITOR_STATES),
    tag: textList(raw.tag),
    source: numberList(raw.source),
  };
}

export const MONITOR_TABS = ["overview", "pings", "recipes", "alerts"] as const;
export type MonitorTab = (typeof MONITOR_TABS)[number];

export function parseMonitorTab(raw: Record<string, unknown>): { tab?: MonitorTab } {
  return { tab: MONITOR_TABS.find((tab) => tab === raw.tab && tab !== "overview") };
}

export type MonitorFilter = { query?: string; states?: string[]; tags?: string[]; sources?: number[] };

/** The filter the server is asked with: the box's `state:` and `tag:` words join the chosen ones. */
export function monitorFilter(search: MonitorSearch): MonitorFilter {
  const { text, fields } = parseQueryText(search.q ?? "", ["state", "tag"]);
  const states = [...(search.state ?? []), ...(fields.state ?? []).map((each) => each.toUpperCase())];
  const tags = [...(search.tag ?? []), ...(fields.tag ?? [])];
  return {
    query: text || undefined,
    states: states.length > 0 ? states : undefined,
    tags: tags.length > 0 ? tags : undefined,
    sources: search.source,
  };
}
