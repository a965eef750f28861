import { Button } from "@mantine/core";
import { IconHeartbeat, IconInbox, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { keyFor, useText } from "@/lib/i18n";
import { sourcesQuery } from "@/lib/lookups";
import { useShortcuts } from "@/lib/shortcuts";
import { type AlertSource, policyOf } from "@/lib/wire";
import { Empty, pendingView } from "@/ui/Empty";
import { Page, Section } from "@/ui/Page";
import { Row, Rows } from "@/ui/Rows";
import { StatusPill } from "@/ui/StatusPill";
import type { Tone } from "@/ui/theme";

const TONES: Record<string, Tone> = { PENDING: "bad", ALL_ACCEPTED: "warn", ALL_RESOLVED: "good" };

export function SourceStatus({ source }: { source: AlertSource }): ReactNode {
  const { t } = useText();
  const status = source.active === false ? "INACTIVE" : (source.status ?? "ALL_RESOLVED");
  const key = keyFor("source.status", status);
  return <StatusPill tone={TONES[status] ?? "idle"} icon={IconInbox} label={key ? t(key) : status} />;
}

export function SourceList(): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const query = useQuery(sourcesQuery);
  useShortcuts({ n: () => void navigate({ to: "/alert-sources/new" }) });
  const create = (
    <Button component={Link} to="/alert-sources/new" leftSection={<IconPlus size={15} />}>
      {t("source.new")}
    </Button>
  );
  return (
    <Page title={t("nav.sources")} line={t("source.line")} actions={create}>
      <Section flush>
        {pendingView(query) ??
          (query.data?.length === 0 ? (
            <Empty title={t("source.empty.title")} text={t("source.empty.text")} action={create} />
          ) : (
            <Rows>
              {query.data?.map((source) => {
                const type = keyFor("source.type", source.integrationType);
                const Mark = source.integrationType.startsWith("HEARTBEAT") ? IconHeartbeat : IconInbox;
                return (
                  <Row
                    key={source.id}
                    lead={<Mark size={20} stroke={1.6} aria-hidden />}
                    name={
                      <Link
                        to="/alert-sources/$id"
                        params={{ id: source.id }}
                        style={{ color: "var(--mantine-color-text)" }}
                      >
                        {source.name}
                      </Link>
                    }
                    sub={`${type ? t(type) : source.integrationType} → ${policyOf(source).name ?? `#${policyOf(source).id}`}`}
                    side={<SourceStatus source={source} />}
                  />
                );
              })}
            </Rows>
          ))}
      </Section>
    </Page>
  );
}
