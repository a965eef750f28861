import type { Ping } from "@/lib/wire";

export type RunDot = { number: number; seconds: number; isFailed: boolean; isOver: boolean };

/** The measured runs, oldest first, and the top of their scale in seconds. */
export function runDots(pings: readonly Ping[], limitSec: number | null): { dots: RunDot[]; top: number } {
  const dots = pings
    .filter((ping) => typeof ping.runTimeMs === "number")
    .map((ping) => {
      const seconds = (ping.runTimeMs ?? 0) / 1000;
      return {
        number: ping.number,
        seconds,
        isFailed: ping.kind === "FAIL",
        isOver: limitSec !== null && seconds > limitSec,
      };
    })
    .sort((a, b) => a.number - b.number);
  const largest = Math.max(...dots.map((dot) => dot.seconds), limitSec ?? 0, 0.001);
  return { dots, top: largest * 1.1 };
}
