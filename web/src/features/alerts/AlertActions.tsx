import { ActionIcon, Button, Group, Menu, Modal, Select } from "@mantine/core";
import {
  IconArrowUp,
  IconCheck,
  IconDots,
  IconHandStop,
  IconStairsUp,
  IconUserShare,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";
import { fullName, policiesQuery, usersQuery } from "@/lib/lookups";
import { type Alert, rulesOf } from "@/lib/wire";
import { say, sayProblem } from "@/ui/toast";
import classes from "./AlertPage.module.css";
import { type AlertDeed, useAlertDeed } from "./api";
import { type Answer, mayAccept } from "./model";

type Asking = "assign" | "escalate" | null;

function AssignDialog(props: {
  asking: Asking;
  alert: Alert;
  isBusy: boolean;
  onClose: () => void;
  onDeed: (deed: AlertDeed) => void;
}): ReactNode {
  const { t } = useText();
  const users = useQuery({ ...usersQuery, enabled: props.asking === "assign" });
  const policies = useQuery({ ...policiesQuery, enabled: props.asking === "assign" });
  const [target, setTarget] = useState<string | null>(null);
  const isAssign = props.asking === "assign";
  const levels = rulesOf(props.alert);
  const data = isAssign
    ? [
        {
          group: t("nav.people"),
          items: (users.data ?? []).map((user) => ({ value: `user:${user.id}`, label: fullName(user) })),
        },
        {
          group: t("nav.policies"),
          items: (policies.data ?? []).map((policy) => ({
            value: `policy:${policy.id}`,
            label: policy.name,
          })),
        },
      ]
    : levels.map((rule, index) => ({
        value: `level:${index}`,
        label: `${t("policy.level", { level: index + 1 })}: ${(rule.users ?? []).map(fullName).join(", ") || "–"}`,
      }));
  const submit = (): void => {
    const [kind, id = ""] = (target ?? "").split(":");
    if (kind === "user") props.onDeed({ kind: "assign", user: id });
    if (kind === "policy") props.onDeed({ kind: "assign", policy: id });
    if (kind === "level") props.onDeed({ kind: "escalate", level: Number(id) });
  };
  return (
    <Modal
      opened={props.asking !== null}
      onClose={props.onClose}
      title={t(isAssign ? "alert.assign" : "alert.escalateTo")}
    >
      <Select
        label={t(isAssign ? "alert.assignTo" : "policy.levels")}
        description={t(isAssign ? "alert.assignText" : "alert.escalateText")}
        data={data}
        value={target}
        onChange={setTarget}
        searchable
        data-autofocus
      />
      <Group justify="flex-end" mt={16} gap={8}>
        <Button variant="default" onClick={props.onClose}>
          {t("action.cancel")}
        </Button>
        <Button disabled={!target} loading={props.isBusy} onClick={submit}>
          {t(isAssign ? "alert.assign" : "alert.escalate")}
        </Button>
      </Group>
    </Modal>
  );
}

export function AlertActions(props: {
  alert: Alert;
  onAnswer: (alert: Alert, answer: Answer) => void;
}): ReactNode {
  const { t } = useText();
  const { alert } = props;
  const deed = useAlertDeed();
  const [asking, setAsking] = useState<Asking>(null);
  const run = (what: AlertDeed): void =>
    deed.mutate(
      { id: alert.id, deed: what },
      {
        onSuccess: () => {
          setAsking(null);
          say(t("alert.done"));
        },
        onError: sayProblem,
      },
    );
  return (
    <div className={classes.actions}>
      {mayAccept(alert) && (
        <Button leftSection={<IconHandStop size={16} />} onClick={() => props.onAnswer(alert, "accept")}>
          {t("action.acceptAlert")}
        </Button>
      )}
      <Button
        variant={mayAccept(alert) ? "default" : "filled"}
        leftSection={<IconCheck size={16} />}
        onClick={() => props.onAnswer(alert, "resolve")}
      >
        {t("action.resolveAlert")}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t("action.more")}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconStairsUp size={15} />} onClick={() => run({ kind: "escalate" })}>
            {t("alert.escalateNext")}
          </Menu.Item>
          {rulesOf(alert).length > 1 && (
            <Menu.Item leftSection={<IconStairsUp size={15} />} onClick={() => setAsking("escalate")}>
              {t("alert.escalateTo")}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconUserShare size={15} />} onClick={() => setAsking("assign")}>
            {t("alert.assign")}
          </Menu.Item>
          {alert.priority === "LOW" && (
            <Menu.Item leftSection={<IconArrowUp size={15} />} onClick={() => run({ kind: "raise" })}>
              {t("alert.raise")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <AssignDialog
        key={asking ?? "none"}
        asking={asking}
        alert={alert}
        isBusy={deed.isPending}
        onClose={() => setAsking(null)}
        onDeed={run}
      />
    </div>
  );
}
