import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { keyFor, useText } from "@/lib/i18n";
import type { SourceEvent } from "@/lib/wire";
import { CodeBlock } from "@/ui/Copy";
import { Empty, pendingView } from "@/ui/Empty";
import { Section } from "@/ui/Page";
import { Row, Rows } from "@/ui/Rows";
import { SearchBox } from "@/ui/SearchBox";
import { Time } from "@/ui/Time";
import { sourceEventsQuery } from "./api";

function Event({ event }: { event: SourceEvent }): ReactNode {
  const { t } = useText();
  const disposition = keyFor("event.disposition", event.disposition ?? "WAITING");
  const summary = event.payload?.summary;
  return (
    <Row
      name={
        <>
          {event.eventType}
          {typeof summary === "string" ? `: ${summary}` : ""}
        </>
      }
      sub={
        <>
          <span>{disposition ? t(disposition) : event.disposition}</span>
          {event.reason ? ` – ${event.reason}` : ""}
          {event.alertKey ? ` · ${event.alertKey}` : ""}
          {event.payload && (
            <details>
              <summary style={{ cursor: "pointer", minHeight: 24 }}>{t("alert.payload")}</summary>
              <CodeBlock code={JSON.stringify(event.payload, null, 2)} />
            </details>
          )}
        </>
      }
      side={
        <>
          {event.alertId && (
            <Link to="/alerts/$id" params={{ id: event.alertId }}>
              #{event.alertId}
            </Link>
          )}
          <span style={{ color: "var(--mantine-color-dimmed)", fontSize: 12 }}>
            <Time at={event.receivedAt} />
          </span>
        </>
      }
    />
  );
}

/** Every event that came in, and what became of it. */
export function SourceEvents({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const [text, setText] = useState("");
  const query = useInfiniteQuery(sourceEventsQuery(id, text));
  const events = query.data?.pages.flat() ?? [];
  return (
    <Section
      title={t("event.title")}
      flush
      right={
        <SearchBox value={text} placeholder={t("list.search")} onChange={(value) => setText(value ?? "")} />
      }
    >
      {pendingView(query) ??
        (events.length === 0 ? (
          <Empty
            title={t(text ? "list.noMatch" : "event.none")}
            text={t(text ? "list.noMatchText" : "event.noneText")}
          />
        ) : (
          <Rows>
            {events.map((event) => (
              <Event key={event.id} event={event} />
            ))}
          </Rows>
        ))}
      {query.hasNextPage && (
        <Button
          variant="subtle"
          fullWidth
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("list.more")}
        </Button>
      )}
    </Section>
  );
}
