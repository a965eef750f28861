import { Collapse, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { keyFor, useText } from "@/lib/i18n";
import type { Ping } from "@/lib/wire";
import { CodeBlock } from "@/ui/Copy";
import { Duration } from "@/ui/Duration";
import { Empty, pendingView } from "@/ui/Empty";
import { Section } from "@/ui/Page";
import { Time } from "@/ui/Time";
import { pingsQuery } from "./api";
import classes from "./Pings.module.css";

const TONE: Record<string, string> = { FAIL: "bad", START: "info", LOG: "idle", IGNORED: "idle" };

function PingRow({ ping }: { ping: Ping }): ReactNode {
  const { t } = useText();
  const [opened, setOpened] = useState(false);
  const key = keyFor("ping.kind", ping.kind);
  const facts = [ping.method, ping.remoteAddr, ping.userAgent, ping.rid && `rid ${ping.rid}`].filter(Boolean);
  return (
    <li className={classes.ping}>
      <div className={classes.line}>
        <span className={classes.number}>#{ping.number}</span>
        <b style={{ color: `var(--tone-${TONE[ping.kind] ?? "good"})`, minWidth: 76 }}>
          {key ? t(key) : ping.kind}
          {ping.exitCode ? ` ${ping.exitCode}` : ""}
        </b>
        <Time at={ping.receivedAt} />
        <span className={classes.from}>{facts.join(" · ")}</span>
        {typeof ping.runTimeMs === "number" && <Duration seconds={ping.runTimeMs / 1000} />}
        {ping.body && (
          <UnstyledButton
            className={classes.toggle}
            onClick={() => setOpened(!opened)}
            aria-expanded={opened}
          >
            {t(opened ? "ping.hideBody" : "ping.showBody", { size: ping.body.length })}
          </UnstyledButton>
        )}
      </div>
      {ping.body && (
        <Collapse expanded={opened}>
          <div style={{ marginTop: 8 }}>
            <CodeBlock code={ping.body} label={t("ping.body")} />
            {ping.bodyTruncated && <p className={classes.from}>{t("ping.truncated")}</p>}
          </div>
        </Collapse>
      )}
    </li>
  );
}

export function Pings({ id, most }: { id: number; most?: number }): ReactNode {
  const { t } = useText();
  const query = useQuery(pingsQuery(id));
  const pings = query.data?.slice(0, most) ?? [];
  return (
    <Section title={t(most ? "ping.latest" : "ping.all")} flush>
      {pendingView(query) ??
        (pings.length === 0 ? (
          <Empty title={t("ping.none")} text={t("ping.noneText")} />
        ) : (
          <ul className={classes.list}>
            {pings.map((ping) => (
              <PingRow key={ping.number} ping={ping} />
            ))}
          </ul>
        ))}
    </Section>
  );
}
