import { Button, Group, Modal } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";

/** Asks before something is destroyed, and shows what depends on it. */
export function Confirm(props: {
  opened: boolean;
  title: string;
  verb: string;
  isBusy?: boolean;
  error?: Error | null;
  onConfirm: () => void;
  onClose: () => void;
  children: ReactNode;
}): ReactNode {
  const { t } = useText();
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={props.title}>
      {props.children}
      {props.error && (
        <p role="alert" style={{ color: "var(--tone-bad)" }}>
          {props.error.message}
        </p>
      )}
      <Group justify="flex-end" mt={16} gap={8}>
        <Button variant="default" onClick={props.onClose} data-autofocus>
          {t("action.cancel")}
        </Button>
        <Button color="red" loading={props.isBusy} onClick={props.onConfirm}>
          {props.verb}
        </Button>
      </Group>
    </Modal>
  );
}

export function useDisclosed(): [boolean, { open: () => void; close: () => void }] {
  const [opened, setOpened] = useState(false);
  return [opened, { open: () => setOpened(true), close: () => setOpened(false) }];
}
