import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { body, client } from "@/lib/http";
import { useLiveSignal } from "@/lib/live-signal";
import type { Alert } from "@/lib/wire";
import { newIds } from "./model";
import type { AlertFilter } from "./search";

const GATHER_MS = 800;
const FIRST_PAGE = 50;

/** Rows that are shown change where they stand; how many new ones wait at the top is returned. */
export function useNews(filter: AlertFilter, shown: readonly Alert[]): number {
  const queries = useQueryClient();
  const [news, setNews] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef({ filter, shown });
  latest.current = { filter, shown };

  const look = async (): Promise<void> => {
    timer.current = undefined;
    const query = { ...latest.current.filter, "start-index": 0, "max-results": FIRST_PAGE };
    const fresh = await body(client.GET("/api/alerts", { params: { query } }));
    const byId = new Map(fresh.map((each) => [each.id, each]));
    queries.setQueryData<InfiniteData<Alert[]>>(["alert-list", latest.current.filter], (data) =>
      data
        ? { ...data, pages: data.pages.map((page) => page.map((each) => byId.get(each.id) ?? each)) }
        : data,
    );
    setNews(newIds(latest.current.shown, fresh).length);
  };
  useLiveSignal("alert", () => {
    // A failed look is made good by the next signal.
    timer.current ??= setTimeout(() => void look().catch(() => undefined), GATHER_MS);
  });
  const newest = shown[0]?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list that starts with another row has no news left
  useEffect(() => setNews(0), [newest]);
  return news;
}
