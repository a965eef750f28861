import { ActionIcon, Select } from "@mantine/core";
import { IconCheck, IconClock, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";
import { fullName, usersQuery } from "@/lib/lookups";
import { useMay } from "@/lib/session";
import type { Alert } from "@/lib/wire";
import { Section } from "@/ui/Page";
import { sayProblem } from "@/ui/toast";
import { UserName } from "@/ui/UserMark";
import classes from "./AlertPage.module.css";
import { useAlertDeed } from "./api";
import { isOpen } from "./model";

function AddResponder({ alert }: { alert: Alert }): ReactNode {
  const { t } = useText();
  const [isAsked, setIsAsked] = useState(false);
  const users = useQuery({ ...usersQuery, enabled: isAsked });
  const deed = useAlertDeed();
  const present = new Set(alert.responders?.map((each) => each.user.id));
  const data = (users.data ?? [])
    .filter((user) => !present.has(user.id))
    .map((user) => ({ value: String(user.id), label: fullName(user) }));
  const add = (id: string | null): void => {
    if (id)
      deed.mutate(
        { id: alert.id, deed: { kind: "addResponder", userId: Number(id) } },
        { onError: sayProblem },
      );
  };
  return (
    <Select
      mt={10}
      aria-label={t("responder.add")}
      placeholder={t("responder.add")}
      data={data}
      value={null}
      onChange={add}
      onFocus={() => setIsAsked(true)}
      searchable
      disabled={deed.isPending}
    />
  );
}

export function Responders({ alert }: { alert: Alert }): ReactNode {
  const { t } = useText();
  const may = useMay("RESPONDER") && isOpen(alert);
  const deed = useAlertDeed();
  const responders = alert.responders ?? [];
  return (
    <Section title={t("responder.title")}>
      {responders.length === 0 && <span style={{ color: "var(--tone-warn)" }}>{t("responder.none")}</span>}
      <div className={classes.people}>
        {responders.map(({ user, status }) => (
          <div key={user.id} className={classes.person}>
            <UserName user={user} />
            <span style={{ display: "inline-flex", alignItems: "center", gap: 6 }}>
              {status === "ACCEPTED" ? (
                <>
                  <IconCheck size={14} color="var(--tone-good)" aria-hidden /> {t("responder.accepted")}
                </>
              ) : (
                <>
                  <IconClock size={14} color="var(--tone-warn)" aria-hidden /> {t("responder.pending")}
                </>
              )}
              {may && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("responder.remove", { name: fullName(user) })}
                  onClick={() =>
                    deed.mutate(
                      { id: alert.id, deed: { kind: "removeResponder", userId: user.id } },
                      { onError: sayProblem },
                    )
                  }
                >
                  <IconX size={14} />
                </ActionIcon>
              )}
            </span>
          </div>
        ))}
      </div>
      {may && <AddResponder alert={alert} />}
    </Section>
  );
}
