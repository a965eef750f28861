import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import type { Alert } from "@/lib/wire";
import { type Answer, isOpen, mayAccept } from "./model";

/** Accept and resolve of one row. */
export function AnswerButtons(props: {
  alert: Alert;
  onAnswer: (alert: Alert, answer: Answer) => void;
}): ReactNode {
  const { t } = useText();
  const { alert, onAnswer } = props;
  if (!isOpen(alert)) return null;
  return (
    <>
      {mayAccept(alert) && (
        <Button
          onClick={() => onAnswer(alert, "accept")}
          aria-label={`${t("action.acceptAlert")}: ${alert.summary}`}
        >
          {t("action.accept")}
        </Button>
      )}
      <Button
        variant="default"
        onClick={() => onAnswer(alert, "resolve")}
        aria-label={`${t("action.resolveAlert")}: ${alert.summary}`}
      >
        {t("action.resolve")}
      </Button>
    </>
  );
}
