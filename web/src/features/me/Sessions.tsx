import { Button } from "@mantine/core";
import { IconDeviceDesktop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { pendingView } from "@/ui/Empty";
import { Section } from "@/ui/Page";
import { Row, Rows } from "@/ui/Rows";
import { Time } from "@/ui/Time";
import { sayProblem } from "@/ui/toast";
import { sessionsQuery, useEndSession } from "./api";

/** Every browser that is signed in as me. */
export function Sessions(): ReactNode {
  const { t } = useText();
  const query = useQuery(sessionsQuery);
  const end = useEndSession();
  return (
    <Section title={t("session.title")} flush>
      {pendingView(query) ?? (
        <Rows>
          {query.data?.map((session) => (
            <Row
              key={session.id}
              lead={<IconDeviceDesktop size={18} stroke={1.6} aria-hidden />}
              name={session.userAgent ?? t("session.unknown")}
              sub={
                <>
                  {t("session.seen")} <Time at={session.lastSeenAt} />
                  {session.ip ? ` · ${session.ip}` : ""}
                </>
              }
              side={
                session.current ? (
                  <b style={{ color: "var(--tone-good)" }}>{t("session.current")}</b>
                ) : (
                  <Button variant="default" onClick={() => end.mutate(session.id, { onError: sayProblem })}>
                    {t("session.end")}
                  </Button>
                )
              }
            />
          ))}
        </Rows>
      )}
    </Section>
  );
}
