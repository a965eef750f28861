import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useLiveSignal } from "@/lib/live-signal";
import { fetchMonitor, type MonitorPage } from "./api";
import { patchPages } from "./model";

const GATHER_MS = 900;
const MOST_AT_ONCE = 20;

/** Changes arrive in place: a row is replaced where it stands, and how many would now stand elsewhere is counted. */
export function useLiveList(): { changed: number; refresh: () => void } {
  const queries = useQueryClient();
  const [changed, setChanged] = useState(0);
  const waiting = useRef(new Set<number>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const flush = async (): Promise<void> => {
    timer.current = undefined;
    const ids = [...waiting.current];
    waiting.current.clear();
    if (ids.length > MOST_AT_ONCE) {
      setChanged((count) => count + ids.length);
      return;
    }
    const fresh = await Promise.allSettled(ids.map(fetchMonitor));
    for (const each of fresh) {
      if (each.status !== "fulfilled") continue;
      let moved = false;
      queries.setQueriesData<InfiniteData<MonitorPage>>({ queryKey: ["monitor-list"] }, (data) => {
        if (!data) return data;
        const result = patchPages(data.pages, each.value);
        moved ||= result.isChanged;
        return { ...data, pages: result.pages };
      });
      if (moved) setChanged((count) => count + 1);
    }
  };
  useLiveSignal("monitor", (id) => {
    waiting.current.add(id);
    timer.current ??= setTimeout(() => void flush(), GATHER_MS);
  });
  return {
    changed,
    refresh: () => {
      setChanged(0);
      void queries.resetQueries({ queryKey: ["monitor-list"] });
      window.scrollTo({ top: 0 });
    },
  };
}
