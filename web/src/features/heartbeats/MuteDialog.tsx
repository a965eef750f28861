import { Button, Group, Modal, Radio, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";

const HOURS = [1, 4, 24, 168];

export function MuteDialog(props: {
  opened: boolean;
  isBusy: boolean;
  onClose: () => void;
  onMute: (until: string, reason: string) => void;
}): ReactNode {
  const { t } = useText();
  const [hours, setHours] = useState("1");
  const [reason, setReason] = useState("");
  const mute = (): void =>
    props.onMute(new Date(Date.now() + Number(hours) * 3_600_000).toISOString(), reason.trim());
  return (
    <Modal opened={props.opened} onClose={props.onClose} title={t("action.muteUntil")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          mute();
        }}
      >
        <Radio.Group label={t("mute.howLong")} description={t("mute.text")} value={hours} onChange={setHours}>
          <Group mt={8} gap={12}>
            {HOURS.map((each) => (
              <Radio key={each} value={String(each)} label={t("mute.hours", { count: each })} />
            ))}
          </Group>
        </Radio.Group>
        <TextInput
          mt={12}
          label={t("mute.reason")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt={16} gap={8}>
          <Button variant="default" onClick={props.onClose}>
            {t("action.cancel")}
          </Button>
          <Button type="submit" loading={props.isBusy}>
            {t("action.mute")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
