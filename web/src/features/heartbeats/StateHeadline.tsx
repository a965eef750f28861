import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { useNow } from "@/lib/now";
import type { Monitor } from "@/lib/wire";
import { Duration, Elapsed } from "@/ui/Duration";
import { MonitorState } from "@/ui/StatusPill";
import { FocusableTime } from "@/ui/Time";
import { isMuted, secondsLeft, shownState } from "./model";

function Sentence({ monitor }: { monitor: Monitor }): ReactNode {
  const { t } = useText();
  const now = useNow(1);
  const state = shownState(monitor);
  if (state === "PAUSED" && monitor.pausedAt)
    return (
      <>
        {t("headline.paused")} <FocusableTime at={monitor.pausedAt} />. {t("headline.pausedText")}
      </>
    );
  if (state === "UNKNOWN") return t("headline.unknown");
  if ((state === "OVERDUE" || state === "FAILED") && monitor.overdueSince)
    return (
      <>
        {t(state === "FAILED" ? "headline.failed" : "headline.overdue")}{" "}
        <Elapsed since={monitor.overdueSince} />.
        {monitor.lastPing && (
          <>
            {" "}
            {t("headline.lastPing")} <FocusableTime at={monitor.lastPing} />.
          </>
        )}
      </>
    );
  const left = secondsLeft(monitor, now);
  return (
    <>
      {monitor.lastPing && (
        <>
          {t("headline.lastPing")} <FocusableTime at={monitor.lastPing} />.{" "}
        </>
      )}
      {left !== null && left >= 0 && (
        <>
          {t("headline.alertIn")} <Duration seconds={left} />.
        </>
      )}
    </>
  );
}

/** The answer first: what it is, since when, and what happens next. */
export function StateHeadline({ monitor }: { monitor: Monitor }): ReactNode {
  const { t } = useText();
  const now = useNow(30);
  return (
    <div style={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: "6px 10px" }}>
      <MonitorState state={shownState(monitor)} />
      <span>
        <Sentence monitor={monitor} />
      </span>
      {isMuted(monitor, now) && monitor.mutedUntil && (
        <span>
          <MonitorState state="MUTED" /> {t("headline.mutedUntil")} <FocusableTime at={monitor.mutedUntil} />
          {monitor.muteReason ? `: ${monitor.muteReason}` : ""}
        </span>
      )}
      {monitor.flappingSince && <span style={{ color: "var(--tone-warn)" }}>{t("headline.flapping")}</span>}
    </div>
  );
}
