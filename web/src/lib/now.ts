import { useSyncExternalStore } from "react";

// One timer for every relative time on the page.
let current = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    current = Date.now();
    for (const each of listeners) each();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The time in milliseconds, rounded down to `step` seconds so that components render no more often than that. */
export function useNow(step = 1): number {
  return useSyncExternalStore(subscribe, () => Math.floor(current / (step * 1000)) * step * 1000);
}
