import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { keyFor, useText } from "@/lib/i18n";
import { fullName } from "@/lib/lookups";
import type { Delivery } from "@/lib/wire";
import classes from "./DeliveryRows.module.css";
import { methodText } from "./method";
import { DeliveryState } from "./StatusPill";
import { Time } from "./Time";

function Attempts({ delivery }: { delivery: Delivery }): ReactNode {
  const { t } = useText();
  if (delivery.attempts.length === 0) return null;
  return (
    <details className={classes.attempts}>
      <summary>{t("delivery.attempts", { count: delivery.attempts.length })}</summary>
      <ol>
        {delivery.attempts.map((attempt) => (
          <li key={attempt.startedAt}>
            <Time at={attempt.startedAt} /> {attempt.provider} {attempt.outcome}
            {attempt.response ? `: ${attempt.response}` : ""}
          </li>
        ))}
      </ol>
    </details>
  );
}

function Row({ delivery }: { delivery: Delivery }): ReactNode {
  const { t } = useText();
  const kind = keyFor("delivery.kind", delivery.kind);
  return (
    <li className={classes.row}>
      <DeliveryState state={delivery.state} />
      <div className={classes.who}>
        <div>
          <b>{fullName(delivery.user)}</b> {kind ? t(kind) : delivery.kind} · {methodText(delivery.method, t)}{" "}
          {delivery.target}
        </div>
        {delivery.alert && (
          <Link to="/alerts/$id" params={{ id: delivery.alert.id }} className={classes.alert}>
            #{delivery.alert.id} {delivery.alert.summary}
          </Link>
        )}
        {delivery.error && (
          <div
            style={{ color: delivery.state === "FAILED" ? "var(--tone-bad)" : "var(--mantine-color-dimmed)" }}
          >
            {delivery.error}
          </div>
        )}
        <Attempts delivery={delivery} />
      </div>
      <span className={classes.when}>
        <Time at={delivery.finishedAt ?? delivery.scheduledFor} />
      </span>
    </li>
  );
}

export function DeliveryRows({ deliveries }: { deliveries: Delivery[] }): ReactNode {
  return (
    <ul className={classes.list}>
      {deliveries.map((delivery) => (
        <Row key={delivery.id} delivery={delivery} />
      ))}
    </ul>
  );
}
