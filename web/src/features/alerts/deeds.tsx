import { Button } from "@mantine/core";
import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useText } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import type { Alert } from "@/lib/wire";
import { say, sayProblem, unsay } from "@/ui/toast";
import { useAlertDeed } from "./api";
import { type Answer, afterAnswer } from "./model";

const UNDO_MS = 5000;

/**
 * Accept and resolve with an undo. The page shows the outcome at once. Accepting is sent at once, since it is
 * what stops the pages; a resolve is final and is sent when the time for an undo is over or the page is left.
 */
export function useAnswer(): (alert: Alert, answer: Answer) => void {
  const queries = useQueryClient();
  const { user } = useSession();
  const { t } = useText();
  const { mutate } = useAlertDeed();

  return useCallback(
    (alert, answer) => {
      const show = (next: Alert): void => {
        queries.setQueryData<Alert>(["alert", alert.id], (old) => (old ? { ...old, ...next } : old));
        queries.setQueriesData<InfiniteData<Alert[]>>({ queryKey: ["alert-list"] }, (data) =>
          data
            ? {
                ...data,
                pages: data.pages.map((page) => page.map((each) => (each.id === next.id ? next : each))),
              }
            : data,
        );
      };
      const send = (): void =>
        mutate(
          { id: alert.id, deed: { kind: answer } },
          {
            onError: (error) => {
              show(alert);
              sayProblem(error);
            },
          },
        );
      void queries.cancelQueries({ queryKey: ["alert", alert.id] });
      show(afterAnswer(alert, answer, user, new Date().toISOString()));
      if (answer === "accept") {
        send();
        say(t("answer.accepted", { summary: alert.summary }));
        return;
      }
      let isDone = false;
      const finish = (): void => {
        if (isDone) return;
        isDone = true;
        window.removeEventListener("pagehide", finish);
        clearTimeout(timer);
        send();
      };
      const timer = setTimeout(finish, UNDO_MS);
      window.addEventListener("pagehide", finish);
      const undo = (): void => {
        isDone = true;
        clearTimeout(timer);
        window.removeEventListener("pagehide", finish);
        unsay(toast);
        show(alert);
      };
      const toast = say(
        <span style={{ display: "flex", alignItems: "center", justifyContent: "space-between", gap: 12 }}>
          {t("answer.resolved", { summary: alert.summary })}
          <Button variant="light" onClick={undo}>
            {t("action.undo")}
          </Button>
        </span>,
        UNDO_MS / 1000,
      );
    },
    [mutate, queries, t, user],
  );
}
