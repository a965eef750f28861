import { useState } from "react";
import { useShortcuts } from "@/lib/shortcuts";

/** Where `j` and `k` take the cursor of a list of `count` rows. */
export function moveCursor(cursor: number, step: number, count: number): number {
  if (count === 0) return -1;
  return Math.min(count - 1, Math.max(0, cursor + step));
}

/** `j`/`k` walk a list; the other keys act on the row under the cursor. */
export function useListCursor(options: {
  count: number;
  onMove?: (index: number) => void;
  keys?: Record<string, (index: number) => void>;
}): number {
  const [cursor, setCursor] = useState(-1);
  const at = Math.min(cursor, options.count - 1);
  const walk = (step: number) => () => {
    const next = moveCursor(at, step, options.count);
    setCursor(next);
    if (next >= 0) options.onMove?.(next);
  };
  const own = Object.entries(options.keys ?? {}).map(
    ([key, act]) => [key, () => at >= 0 && act(at)] as const,
  );
  useShortcuts({ j: walk(1), k: walk(-1), ...Object.fromEntries(own) });
  return at;
}
