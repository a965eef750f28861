import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { useNow } from "@/lib/now";
import { coarse, durationText } from "@/lib/time";

export function Duration({ seconds }: { seconds: number }): ReactNode {
  const { language } = useText();
  return <span className="tabular">{durationText(seconds, language)}</span>;
}

/** How long since (or until) an instant, counting. */
export function Elapsed({ since }: { since: string }): ReactNode {
  const now = useNow(1);
  return <Duration seconds={coarse(Math.abs(now - new Date(since).getTime()) / 1000)} />;
}
