import { Button } from "@mantine/core";
import { IconCircleCheck, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { dashboardQuery } from "@/lib/lookups";
import type { Dashboard } from "@/lib/wire";
import { Elapsed } from "@/ui/Duration";
import { Empty, pendingView } from "@/ui/Empty";
import { Columns, Facts, Page, Section } from "@/ui/Page";
import { Priority } from "@/ui/StatusPill";
import { FocusableTime } from "@/ui/Time";
import { UserName } from "@/ui/UserMark";
import classes from "./Dashboard.module.css";
import { MonitorTiles } from "./MonitorTiles";

function Unattended({ alerts }: { alerts: Dashboard["alerts"] }): ReactNode {
  const { t } = useText();
  if (alerts.unattended.length === 0)
    return (
      <Section>
        <div className={classes.calm}>
          <IconCircleCheck size={32} stroke={1.6} color="var(--tone-good)" aria-hidden />
          <div>
            <b>{t("dash.calm")}</b>
            <div style={{ color: "var(--mantine-color-dimmed)" }}>{t("dash.calmText")}</div>
          </div>
        </div>
      </Section>
    );
  return (
    <Section title={t("dash.unattended")} flush>
      <ul className={classes.list}>
        {alerts.unattended.map((alert) => (
          <li key={alert.id}>
            <Link to="/alerts/$id" params={{ id: alert.id }} className={classes.alert}>
              <span className={classes.since}>
                <Elapsed since={alert.reportTime} />
              </span>
              <span className={classes.summary}>{alert.summary}</span>
              <Priority priority={alert.priority} />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function OnCall({ onCall }: { onCall: Dashboard["onCall"] }): ReactNode {
  const { t } = useText();
  return (
    <Section title={t("dash.onCall")}>
      {onCall.length === 0 ? (
        <span style={{ color: "var(--tone-warn)" }}>{t("dash.onCallNone")}</span>
      ) : (
        <Facts
          facts={onCall.map(({ policy, users }) => ({
            term: policy.name,
            value:
              users.length > 0 ? (
                <div className={classes.people}>
                  {users.map((user) => (
                    <UserName key={user.id} user={user} />
                  ))}
                </div>
              ) : (
                <span style={{ color: "var(--tone-warn)" }}>{t("dash.policyNobody")}</span>
              ),
          }))}
        />
      )}
    </Section>
  );
}

function System({ data }: { data: Dashboard }): ReactNode {
  const { t } = useText();
  return (
    <Section title={t("dash.system")}>
      <Facts
        facts={[
          {
            term: t("dash.engine"),
            value: data.engine.alive ? (
              <>
                {t("dash.engineAlive", { when: "" })}
                {data.engine.turnedAt && <FocusableTime at={data.engine.turnedAt} />}
              </>
            ) : (
              <b style={{ color: "var(--tone-bad)" }}>{t("dash.engineDead")}</b>
            ),
          },
          {
            term: t("dash.mail"),
            value: data.mail.configured ? (
              t("dash.mailOn")
            ) : (
              <span style={{ color: "var(--tone-warn)" }}>{t("dash.mailOff")}</span>
            ),
          },
        ]}
      />
    </Section>
  );
}

/** What is wrong now, who is on call, how the monitors are. */
export function DashboardPage(): ReactNode {
  const { t } = useText();
  const query = useQuery(dashboardQuery);
  const { data } = query;
  if (!data) return <Page title={t("nav.dashboard")}>{pendingView(query)}</Page>;
  const { pending, accepted } = data.alerts;
  const lines = [
    pending > 0 ? t("dash.needsYou", { count: pending }) : t("dash.calm"),
    accepted > 0 ? t("dash.inHand", { count: accepted }) : null,
  ];
  return (
    <Page
      title={t("nav.dashboard")}
      line={
        <span style={pending > 0 ? { color: "var(--tone-bad)", fontWeight: 600 } : undefined}>
          {lines.filter(Boolean).join(" · ")}
        </span>
      }
      actions={
        <Button component={Link} to="/heartbeats/new" variant="default" leftSection={<IconPlus size={15} />}>
          {t("monitor.new")}
        </Button>
      }
    >
      <Columns
        left={
          <>
            <Unattended alerts={data.alerts} />
            {data.monitors.total === 0 ? (
              <Section>
                <Empty
                  title={t("dash.firstTitle")}
                  text={t("dash.firstText")}
                  action={
                    <Button component={Link} to="/heartbeats/new" leftSection={<IconPlus size={15} />}>
                      {t("monitor.new")}
                    </Button>
                  }
                />
              </Section>
            ) : (
              <MonitorTiles count={data.monitors} />
            )}
          </>
        }
        right={
          <>
            <OnCall onCall={data.onCall} />
            <System data={data} />
          </>
        }
      />
    </Page>
  );
}
