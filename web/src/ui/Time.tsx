import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { useNow } from "@/lib/now";
import { clockTime, exactTime, relativeTime } from "@/lib/time";

/** An instant: relative in the text, exact with its zone on hover and focus. */
export function Time({ at, empty = "–" }: { at: string | null | undefined; empty?: string }): ReactNode {
  const { language } = useText();
  const now = useNow(5);
  if (!at) return <span>{empty}</span>;
  const instant = new Date(at);
  const exact = exactTime(instant, language);
  return (
    <Tooltip label={exact} withArrow>
      <time dateTime={at}>{relativeTime(instant, new Date(now), language)}</time>
    </Tooltip>
  );
}

/** The same with keyboard focus, for facts that stand alone (not for rows of a list). */
export function FocusableTime({ at }: { at: string }): ReactNode {
  const { language } = useText();
  const now = useNow(1);
  const instant = new Date(at);
  return (
    <Tooltip label={exactTime(instant, language)} withArrow>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be reachable by keyboard */}
      <time dateTime={at} tabIndex={0}>
        {relativeTime(instant, new Date(now), language)}
      </time>
    </Tooltip>
  );
}

/** The time of day where the text already says how long ago or how far off it is. */
export function ClockTime({ at }: { at: string }): ReactNode {
  const { language } = useText();
  const now = useNow(60);
  const instant = new Date(at);
  return (
    <Tooltip label={exactTime(instant, language)} withArrow>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time must be reachable by keyboard */}
      <time dateTime={at} tabIndex={0}>
        {clockTime(instant, new Date(now), language)}
      </time>
    </Tooltip>
  );
}
