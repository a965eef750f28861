import { Button } from "@mantine/core";
import { useBlocker } from "@tanstack/react-router";
import type { FormEvent, ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { Confirm } from "./Confirm";
import classes from "./FormFrame.module.css";

/** One column of fields, what will happen beside it, and a guard for what is not saved. */
export function FormFrame(props: {
  verb: string;
  isDirty: boolean;
  isBusy: boolean;
  general: string | null;
  onSubmit: () => void;
  onCancel?: () => void;
  aside?: ReactNode;
  children: ReactNode;
}): ReactNode {
  const { t } = useText();
  const blocker = useBlocker({
    shouldBlockFn: () => props.isDirty && !props.isBusy,
    enableBeforeUnload: () => props.isDirty,
    withResolver: true,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    props.onSubmit();
  };
  return (
    <div className={props.aside ? classes.layout : undefined}>
      <form onSubmit={submit} noValidate style={props.aside ? undefined : { maxWidth: 620 }}>
        <div className={classes.fields}>{props.children}</div>
        {props.general && (
          <p role="alert" style={{ color: "var(--tone-bad)", margin: "16px 0 0" }}>
            {props.general}
          </p>
        )}
        <div className={classes.foot}>
          <Button type="submit" size="sm" loading={props.isBusy}>
            {props.verb}
          </Button>
          {props.onCancel && (
            <Button size="sm" variant="default" onClick={props.onCancel}>
              {t("action.cancel")}
            </Button>
          )}
          {props.isDirty && <span className={classes.note}>{t("form.unsaved")}</span>}
        </div>
      </form>
      {props.aside && <aside className={classes.aside}>{props.aside}</aside>}
      <Confirm
        opened={blocker.status === "blocked"}
        title={t("form.unsavedTitle")}
        verb={t("form.leave")}
        onConfirm={() => blocker.proceed?.()}
        onClose={() => blocker.reset?.()}
      >
        {t("form.unsavedText")}
      </Confirm>
    </div>
  );
}

export function Advanced({ children }: { children: ReactNode }): ReactNode {
  const { t } = useText();
  return (
    <details className={classes.advanced}>
      <summary>{t("form.advanced")}</summary>
      <div>{children}</div>
    </details>
  );
}

export function FieldRow({ children }: { children: ReactNode }): ReactNode {
  return <div className={classes.row}>{children}</div>;
}
