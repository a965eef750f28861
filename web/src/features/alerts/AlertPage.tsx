import { Button, Tabs } from "@mantine/core";
import { IconBook } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { useMay } from "@/lib/session";
import { useShortcuts } from "@/lib/shortcuts";
import type { Alert } from "@/lib/wire";
import { Elapsed } from "@/ui/Duration";
import { pendingView } from "@/ui/Empty";
import { Columns, Page, Section } from "@/ui/Page";
import { AlertState, Priority } from "@/ui/StatusPill";
import { ClockTime, FocusableTime } from "@/ui/Time";
import { AlertActions } from "./AlertActions";
import { AlertFacts, Payload } from "./AlertFacts";
import classes from "./AlertPage.module.css";
import { alertQuery } from "./api";
import { Deliveries } from "./Deliveries";
import { Details } from "./Details";
import { useAnswer } from "./deeds";
import { isOpen, mayAccept } from "./model";
import { NextStep } from "./NextStep";
import { Responders } from "./Responders";
import { Story } from "./Story";
import { WhyList } from "./WhyList";

function Headline({ alert }: { alert: Alert }): ReactNode {
  const { t } = useText();
  return (
    <div className={classes.headline}>
      <AlertState status={alert.status} />
      <Priority priority={alert.priority} />
      {alert.isDrill && <b style={{ color: "var(--tone-info)" }}>{t("alert.drillText")}</b>}
      <span>
        {isOpen(alert) ? (
          <>
            {t("alert.openFor")}{" "}
            <b>
              <Elapsed since={alert.reportTime} />
            </b>
            {", "}
            {t("alert.since")} <ClockTime at={alert.reportTime} />
          </>
        ) : (
          alert.resolvedOn && (
            <>
              {t("alert.resolvedAt")} <FocusableTime at={alert.resolvedOn} />
            </>
          )
        )}
      </span>
      <span style={{ color: "var(--mantine-color-dimmed)" }}>#{alert.id}</span>
    </div>
  );
}

function StoryTabs({ alert }: { alert: Alert }): ReactNode {
  const { t } = useText();
  return (
    <Tabs defaultValue="story" keepMounted={false}>
      <Tabs.List mb={12}>
        <Tabs.Tab value="story">{t("story.title")}</Tabs.Tab>
        <Tabs.Tab value="deliveries">{t("nav.deliveries")}</Tabs.Tab>
        <Tabs.Tab value="why">{t("why.title")}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="story">
        <Story alert={alert} />
      </Tabs.Panel>
      <Tabs.Panel value="deliveries">
        <Deliveries id={alert.id} />
      </Tabs.Panel>
      <Tabs.Panel value="why">
        <WhyList id={alert.id} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** What, since when, who is on it, who is next and when, what to do; then the story. */
export function AlertPage({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const query = useQuery(alertQuery(id));
  const may = useMay("RESPONDER");
  const answer = useAnswer();
  const alert = query.data;
  useShortcuts({
    a: () => may && alert && mayAccept(alert) && answer(alert, "accept"),
    r: () => may && alert && isOpen(alert) && answer(alert, "resolve"),
  });
  if (!alert) return <Page title={`${t("alert.one")} #${id}`}>{pendingView(query)}</Page>;
  return (
    <Page
      title={alert.summary}
      line={<Headline alert={alert} />}
      actions={may && isOpen(alert) && <AlertActions alert={alert} onAnswer={answer} />}
    >
      <Columns
        left={
          <>
            {alert.runbookUrl && (
              <Section>
                <div className={classes.runbook}>
                  <IconBook size={20} aria-hidden />
                  <div style={{ minWidth: 0, flex: 1 }}>
                    <b>{t("alert.whatToDo")}</b>
                    <div className={classes.url}>{alert.runbookUrl}</div>
                  </div>
                  <Button
                    component="a"
                    href={alert.runbookUrl}
                    target="_blank"
                    rel="noreferrer"
                    variant="light"
                  >
                    {t("alert.openRunbook")}
                  </Button>
                </div>
              </Section>
            )}
            {alert.details && (
              <Section title={t("alert.details")}>
                <Details text={alert.details} />
              </Section>
            )}
            <StoryTabs alert={alert} />
          </>
        }
        lead={
          <>
            <NextStep alert={alert} />
            <Responders alert={alert} />
          </>
        }
        right={
          <>
            <AlertFacts alert={alert} />
            <Payload alert={alert} />
          </>
        }
      />
    </Page>
  );
}
