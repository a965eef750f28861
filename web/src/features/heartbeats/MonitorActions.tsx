import { ActionIcon, Button, Menu } from "@mantine/core";
import {
  IconDots,
  IconFlask,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconTrash,
  IconVolume,
  IconVolumeOff,
} from "@tabler/icons-react";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";
import { useMay } from "@/lib/session";
import type { Monitor } from "@/lib/wire";
import { Confirm } from "@/ui/Confirm";
import { say, sayProblem } from "@/ui/toast";
import { type MonitorDeed, useMonitorDeed } from "./api";
import { MuteDialog } from "./MuteDialog";
import { isMuted } from "./model";

type Asking = "delete" | "simulate" | "mute" | null;

export function MonitorActions({ monitor, openAlerts }: { monitor: Monitor; openAlerts: number }): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const deed = useMonitorDeed(monitor.id);
  const [asking, setAsking] = useState<Asking>(null);
  const may = useMay("RESPONDER");
  if (!may) return null;
  const muted = isMuted(monitor, Date.now());

  const run = (what: MonitorDeed, done: string): void =>
    deed.mutate(what, {
      onSuccess: (answer) => {
        setAsking(null);
        say(done);
        if (what.kind === "delete") void navigate({ to: "/heartbeats" });
        if (what.kind === "simulate" && answer?.alertId)
          void navigate({ to: "/alerts/$id", params: { id: answer.alertId } });
      },
      onError: sayProblem,
    });
  return (
    <>
      {monitor.pausedAt ? (
        <Button
          leftSection={<IconPlayerPlay size={15} />}
          onClick={() => run({ kind: "resume" }, t("monitor.resumed"))}
        >
          {t("action.resume")}
        </Button>
      ) : (
        <Button
          variant="default"
          leftSection={<IconPlayerPause size={15} />}
          onClick={() => run({ kind: "pause" }, t("monitor.paused"))}
        >
          {t("action.pause")}
        </Button>
      )}
      <Button
        component={Link}
        to={`/heartbeats/${monitor.id}/edit`}
        variant="default"
        leftSection={<IconPencil size={15} />}
      >
        {t("action.edit")}
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={30} aria-label={t("action.more")}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {muted ? (
            <Menu.Item
              leftSection={<IconVolume size={15} />}
              onClick={() => run({ kind: "unmute" }, t("monitor.unmuted"))}
            >
              {t("action.unmute")}
            </Menu.Item>
          ) : (
            <Menu.Item leftSection={<IconVolumeOff size={15} />} onClick={() => setAsking("mute")}>
              {t("action.muteUntil")}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconFlask size={15} />} onClick={() => setAsking("simulate")}>
            {t("monitor.simulate")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => setAsking("delete")}>
            {t("action.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <MuteDialog
        opened={asking === "mute"}
        isBusy={deed.isPending}
        onClose={() => setAsking(null)}
        onMute={(until, reason) => run({ kind: "mute", until, reason }, t("monitor.muted"))}
      />
      <Confirm
        opened={asking === "simulate"}
        title={t("monitor.simulate")}
        verb={t("monitor.simulateNow")}
        isBusy={deed.isPending}
        onConfirm={() => run({ kind: "simulate" }, t("monitor.simulated"))}
        onClose={() => setAsking(null)}
      >
        {t("monitor.simulateText")}
      </Confirm>
      <Confirm
        opened={asking === "delete"}
        title={t("monitor.deleteTitle", { name: monitor.name })}
        verb={t("action.delete")}
        isBusy={deed.isPending}
        onConfirm={() => run({ kind: "delete" }, t("monitor.deleted"))}
        onClose={() => setAsking(null)}
      >
        <p>{t("monitor.deleteText")}</p>
        <ul>
          <li>{t("monitor.deleteKey")}</li>
          <li>{t("monitor.deletePings", { count: monitor.pingCount ?? 0 })}</li>
          {openAlerts > 0 && <li>{t("monitor.deleteAlerts", { count: openAlerts })}</li>}
        </ul>
      </Confirm>
    </>
  );
}
