import { useEffect, useRef } from "react";

/** Keys as pressed: `j`, `?`, or a sequence with a blank, `g a`. */
export type Shortcuts = Record<string, () => void>;

const SEQUENCE_MS = 900;

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  if (!element?.closest) return false;
  return element.closest("input, textarea, select, [contenteditable=true], [role=dialog]") !== null;
}

/** The pressed key joined to a pending first key when that makes a known sequence. */
export function matchKey(known: readonly string[], pending: string | null, key: string): string | null {
  const sequence = pending ? `${pending} ${key}` : key;
  if (known.includes(sequence)) return sequence;
  return known.includes(key) ? key : null;
}

let pending: { key: string; at: number } | null = null;

export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      const first = pending && Date.now() - pending.at < SEQUENCE_MS ? pending.key : null;
      const match = matchKey(Object.keys(latest.current), first, event.key);
      if (first && match === event.key) return; // second key of somebody else's sequence
      if (!match) return;
      event.preventDefault();
      latest.current[match]?.();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}

/** Remembers the first key of a sequence; mounted once, after every page's own listeners. */
export function useSequenceKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      pending = event.key === "g" ? { key: "g", at: Date.now() } : null;
    };
    document.addEventListener("keyup", onKey);
    return () => document.removeEventListener("keyup", onKey);
  }, []);
}
