import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useSyncExternalStore } from "react";
import { useText } from "@/lib/i18n";
import { dashboardQuery } from "@/lib/lookups";
import classes from "./Shell.module.css";

function onlineChanges(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** Says when what is shown may be stale, or when Tocsin itself is not well. */
export function SystemBanner(): ReactNode {
  const { t } = useText();
  const isOnline = useSyncExternalStore(onlineChanges, () => navigator.onLine);
  const { data, isError } = useQuery(dashboardQuery);
  const trouble = !isOnline
    ? t("system.offline")
    : isError && !data
      ? t("system.unreachable")
      : data && !data.engine.alive
        ? t("system.engineDead")
        : null;
  if (!trouble) return null;
  return (
    <div
      role="status"
      className={classes.banner}
      style={{ color: "var(--tone-bad)", background: "var(--tone-bad-soft)" }}
    >
      {trouble}
    </div>
  );
}
