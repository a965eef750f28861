import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { fullName } from "@/lib/lookups";
import type { Alert, MonitorAlert } from "@/lib/wire";

type Shown = MonitorAlert & Partial<Pick<Alert, "alertSource" | "eventCount" | "responders">>;

import classes from "./AlertRows.module.css";
import { Empty } from "./Empty";
import { Section } from "./Page";
import { AlertState, Priority } from "./StatusPill";
import { Time } from "./Time";

export function AlertRow(props: { alert: Shown; isCursor?: boolean; actions?: ReactNode }): ReactNode {
  const { t } = useText();
  const { alert } = props;
  const responders = alert.responders?.map(({ user }) => fullName(user)).join(", ");
  return (
    <li id={`alert-${alert.id}`} className={classes.row} data-cursor={props.isCursor || undefined}>
      <AlertState status={alert.status} />
      <Priority priority={alert.priority} />
      <div className={classes.what}>
        <Link to="/alerts/$id" params={{ id: alert.id }} className={classes.summary} title={alert.summary}>
          {alert.isDrill && <span className={classes.drill}>{t("alert.drill")}</span>} {alert.summary}
        </Link>
        <div className={classes.meta}>
          <span>#{alert.id}</span>
          <Time at={alert.reportTime} />
          {alert.alertSource?.name && <span>{alert.alertSource.name}</span>}
          {(alert.eventCount ?? 1) > 1 && <span>{t("alert.events", { count: alert.eventCount ?? 1 })}</span>}
          {responders && <span>{responders}</span>}
        </div>
      </div>
      <div className={classes.right}>{props.actions}</div>
    </li>
  );
}

export function AlertRows(props: { alerts: Shown[]; empty: string }): ReactNode {
  const { t } = useText();
  return (
    <Section flush>
      {props.alerts.length === 0 ? (
        <Empty title={t("alert.none")} text={props.empty} />
      ) : (
        <ul className={classes.list}>
          {props.alerts.map((alert) => (
            <AlertRow key={alert.id} alert={alert} />
          ))}
        </ul>
      )}
    </Section>
  );
}
