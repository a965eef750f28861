import { Button } from "@mantine/core";
import { IconPencil, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { keyFor, useText } from "@/lib/i18n";
import { useMay } from "@/lib/session";
import { type AlertSource, policyOf } from "@/lib/wire";
import { Confirm, useDisclosed } from "@/ui/Confirm";
import { CodeBlock, CopyLine } from "@/ui/Copy";
import { pendingView } from "@/ui/Empty";
import { Columns, Facts, Page, Section, Tight } from "@/ui/Page";
import { FocusableTime } from "@/ui/Time";
import { dependentsQuery, sourceQuery, useDeleteSource } from "./api";
import { SourceEvents } from "./SourceEvents";
import { SourceStatus } from "./SourceList";

function Integration({ source }: { source: AlertSource }): ReactNode {
  const { t } = useText();
  if (!source.integrationKey) return <Section title={t("source.integration")}>{t("source.noKey")}</Section>;
  const url = source.integrationUrl ?? `${window.location.origin}/api/events`;
  const event = {
    integrationKey: source.integrationKey,
    eventType: "ALERT",
    summary: "Disk almost full on db-1",
    alertKey: "db-1-disk",
  };
  const curl = `curl -fsS -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(event)}' \\\n  ${window.location.origin}/api/events`;
  return (
    <Section title={t("source.integration")}>
      <Tight>
        <span>{t("source.key")}</span>
        <CopyLine value={source.integrationKey} label={t("source.copyKey")} />
        <span>{t("source.url")}</span>
        <CopyLine value={url} label={t("source.copyUrl")} />
        {source.integrationType.startsWith("HEARTBEAT") ? (
          <p style={{ margin: 0, color: "var(--mantine-color-dimmed)" }}>
            {t("source.heartbeatText")}{" "}
            <Link to="/heartbeats" search={{ source: [source.id] }}>
              {t("dash.monitorsAll")}
            </Link>
          </p>
        ) : (
          <>
            <span>{t("source.try")}</span>
            <CodeBlock code={curl} label="curl" />
          </>
        )}
      </Tight>
    </Section>
  );
}

function DeleteSource(props: { source: AlertSource; opened: boolean; onClose: () => void }): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const remove = useDeleteSource(props.source.id);
  const { data } = useQuery({ ...dependentsQuery(props.source.id), enabled: props.opened });
  return (
    <Confirm
      opened={props.opened}
      title={t("monitor.deleteTitle", { name: props.source.name })}
      verb={t("action.delete")}
      isBusy={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate(undefined, { onSuccess: () => void navigate({ to: "/alert-sources" }) })}
      onClose={props.onClose}
    >
      <p>{t("source.deleteText")}</p>
      {data && (
        <ul>
          <li>{t("source.deleteMonitors", { count: data.monitors })}</li>
          <li>{t("source.deleteAlerts", { count: data.alerts })}</li>
        </ul>
      )}
    </Confirm>
  );
}

export function SourcePage({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const query = useQuery(sourceQuery(id));
  const may = useMay("USER");
  const [opened, dialog] = useDisclosed();
  const source = query.data;
  if (!source) return <Page title={t("nav.sources")}>{pendingView(query)}</Page>;
  const type = keyFor("source.type", source.integrationType);
  return (
    <Page
      title={source.name}
      line={<SourceStatus source={source} />}
      actions={
        may && (
          <>
            <Button
              component={Link}
              to={`/alert-sources/${id}/edit`}
              variant="default"
              leftSection={<IconPencil size={15} />}
            >
              {t("action.edit")}
            </Button>
            <Button variant="default" leftSection={<IconTrash size={15} />} onClick={dialog.open}>
              {t("action.delete")}
            </Button>
          </>
        )
      }
    >
      <Columns
        left={
          <>
            <Integration source={source} />
            <SourceEvents id={id} />
          </>
        }
        right={
          <Section title={t("monitor.facts")}>
            <Facts
              facts={[
                { term: t("source.type"), value: type ? t(type) : source.integrationType },
                {
                  term: t("source.policy"),
                  value: (
                    <Link to="/escalation-policies/$id" params={{ id: policyOf(source).id }}>
                      {policyOf(source).name ?? `#${policyOf(source).id}`}
                    </Link>
                  ),
                },
                { term: t("source.priority"), value: source.alertPriorityRule },
                source.autoResolutionTimeout
                  ? { term: t("source.autoResolve"), value: source.autoResolutionTimeout }
                  : null,
                {
                  term: t("nav.alerts"),
                  value: (
                    <Link to="/alerts" search={{ source: [id], state: ["PENDING", "ACCEPTED", "RESOLVED"] }}>
                      {t("source.alerts")}
                    </Link>
                  ),
                },
                source.createdAt
                  ? { term: t("monitor.created"), value: <FocusableTime at={source.createdAt} /> }
                  : null,
              ]}
            />
          </Section>
        }
      />
      <DeleteSource source={source} opened={opened} onClose={dialog.close} />
    </Page>
  );
}
