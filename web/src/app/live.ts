import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

const TOPICS: Record<string, string[]> = {
  alert: ["alerts", "alert", "dashboard"],
  monitor: ["monitor", "monitor-count", "dashboard"],
  notification: ["deliveries"],
  event: ["source-events"],
};
const GATHER_MS = 700;

/** Server-sent events say what changed; the queries about it are asked again, at most once in `GATHER_MS`. */
export function useLiveUpdates(): void {
  const queries = useQueryClient();
  useEffect(() => {
    const stream = new EventSource("/api/live");
    const waiting = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const flush = (): void => {
      timer = undefined;
      for (const key of waiting) void queries.invalidateQueries({ queryKey: [key] });
      waiting.clear();
    };
    const gather = (keys: string[]): void => {
      for (const key of keys) waiting.add(key);
      timer ??= setTimeout(flush, GATHER_MS);
    };
    // Before the stream was heard, at first as after a gap, anything may have changed.
    stream.addEventListener("hello", () => gather(Object.values(TOPICS).flat()));
    for (const [topic, keys] of Object.entries(TOPICS)) {
      stream.addEventListener(topic, (event) => {
        gather(keys);
        window.dispatchEvent(new CustomEvent("tocsin-live", { detail: { topic, id: Number(event.data) } }));
      });
    }
    return () => {
      clearTimeout(timer);
      stream.close();
    };
  }, [queries]);
}
