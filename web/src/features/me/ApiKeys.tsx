import { Alert, Button, Group, Modal, Select, TextInput } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";
import type { ApiKey } from "@/lib/wire";
import { Confirm, useDisclosed } from "@/ui/Confirm";
import { CopyLine } from "@/ui/Copy";
import { Empty, pendingView } from "@/ui/Empty";
import { Section } from "@/ui/Page";
import { Row, Rows } from "@/ui/Rows";
import { Time } from "@/ui/Time";
import { sayProblem } from "@/ui/toast";
import { keysQuery, useCreateKey, useRevokeKey } from "./api";

const DAY_MS = 86_400_000;

function CreateKey({ opened, onClose }: { opened: boolean; onClose: () => void }): ReactNode {
  const { t } = useText();
  const [name, setName] = useState("");
  const [days, setDays] = useState("0");
  const create = useCreateKey();
  const close = (): void => {
    create.reset();
    setName("");
    onClose();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const expiresAt =
      Number(days) > 0 ? new Date(Date.now() + Number(days) * DAY_MS).toISOString() : undefined;
    create.mutate({ name: name.trim(), expiresAt }, { onError: sayProblem });
  };
  const key = create.data?.key;
  return (
    <Modal opened={opened} onClose={close} title={t("key.new")} closeOnClickOutside={!key}>
      {key ? (
        <>
          <Alert color="yellow" mb={12}>
            {t("key.once")}
          </Alert>
          <CopyLine value={key} label={t("key.copy")} />
          <Group justify="flex-end" mt={16}>
            <Button onClick={close}>{t("key.stored")}</Button>
          </Group>
        </>
      ) : (
        <form onSubmit={submit}>
          <TextInput
            label={t("monitor.form.name")}
            description={t("key.nameText")}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <Select
            mt={12}
            label={t("key.expires")}
            data={[
              { value: "0", label: t("key.never") },
              ...[30, 90, 365].map((each) => ({
                value: String(each),
                label: t("key.days", { count: each }),
              })),
            ]}
            value={days}
            onChange={(value) => setDays(value ?? "0")}
            allowDeselect={false}
          />
          <Group justify="flex-end" mt={16}>
            <Button type="submit" disabled={!name.trim()} loading={create.isPending}>
              {t("key.create")}
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }): ReactNode {
  const { t } = useText();
  const [opened, dialog] = useDisclosed();
  const revoke = useRevokeKey();
  return (
    <Row
      lead={<IconKey size={18} stroke={1.6} aria-hidden />}
      name={
        <>
          {apiKey.name} <code style={{ color: "var(--mantine-color-dimmed)" }}>{apiKey.prefix}…</code>
        </>
      }
      sub={
        <>
          {t("key.used")} <Time at={apiKey.lastUsedAt} empty={t("monitor.neverPinged")} />
          {apiKey.lastUsedIp ? ` (${apiKey.lastUsedIp})` : ""} · {t("key.expires")}{" "}
          <Time at={apiKey.expiresAt} empty={t("key.never")} />
        </>
      }
      side={
        <>
          <Button variant="default" onClick={dialog.open}>
            {t("key.revoke")}
          </Button>
          <Confirm
            opened={opened}
            title={t("key.revokeTitle", { name: apiKey.name })}
            verb={t("key.revoke")}
            isBusy={revoke.isPending}
            error={revoke.error}
            onConfirm={() => revoke.mutate(apiKey.id)}
            onClose={dialog.close}
          >
            {t("key.revokeText")}
          </Confirm>
        </>
      }
    />
  );
}

export function ApiKeys(): ReactNode {
  const { t } = useText();
  const query = useQuery(keysQuery);
  const [opened, dialog] = useDisclosed();
  const create = (
    <Button leftSection={<IconPlus size={15} />} onClick={dialog.open}>
      {t("key.new")}
    </Button>
  );
  return (
    <Section title={t("me.keys")} right={create} flush>
      {pendingView(query) ??
        (query.data?.length === 0 ? (
          <Empty title={t("key.none")} text={t("key.noneText")} />
        ) : (
          <Rows>
            {query.data?.map((apiKey) => (
              <KeyRow key={apiKey.id} apiKey={apiKey} />
            ))}
          </Rows>
        ))}
      <CreateKey opened={opened} onClose={dialog.close} />
    </Section>
  );
}
