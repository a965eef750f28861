import { useEffect, useRef } from "react";

export type LiveSignal = { topic: string; id: number };

/** Calls `onSignal` for every change of one topic that the server announces while the component is shown. */
export function useLiveSignal(topic: string, onSignal: (id: number) => void): void {
  const latest = useRef(onSignal);
  latest.current = onSignal;
  useEffect(() => {
    const listen = (event: Event): void => {
      const { detail } = event as CustomEvent<LiveSignal>;
      if (detail.topic === topic) latest.current(detail.id);
    };
    window.addEventListener("tocsin-live", listen);
    return () => window.removeEventListener("tocsin-live", listen);
  }, [topic]);
}
