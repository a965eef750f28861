import { Button, Loader } from "@mantine/core";
import { IconCircleCheck, IconPlugConnected } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";
import type { Monitor } from "@/lib/wire";
import { monitorQuery, pingsQuery } from "./api";

/** Waits for the next real ping and says where it came from. */
export function Verify({ monitor }: { monitor: Monitor }): ReactNode {
  const { t } = useText();
  const [countBefore, setCountBefore] = useState<number | null>(null);
  const isListening = countBefore !== null;
  const { data } = useQuery({ ...monitorQuery(monitor.id), refetchInterval: isListening ? 1500 : false });
  const count = data?.pingCount ?? 0;
  const hasArrived = isListening && count > countBefore;
  const pings = useQuery({
    ...pingsQuery(monitor.id),
    enabled: hasArrived,
    refetchInterval: hasArrived ? 5000 : false,
  });
  const ping = pings.data?.[0];
  return (
    <div
      style={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 12, marginTop: 12 }}
      aria-live="polite"
    >
      {!isListening && (
        <Button
          leftSection={<IconPlugConnected size={15} />}
          variant="light"
          onClick={() => setCountBefore(monitor.pingCount ?? 0)}
        >
          {t("verify.start")}
        </Button>
      )}
      {isListening && !hasArrived && (
        <>
          <Loader size={16} />
          <span>{t("verify.waiting")}</span>
          <Button variant="default" onClick={() => setCountBefore(null)}>
            {t("action.cancel")}
          </Button>
        </>
      )}
      {hasArrived && (
        <>
          <IconCircleCheck size={20} color="var(--tone-good)" aria-hidden />
          <b>{t("verify.arrived")}</b>
          {ping && (
            <span>{t("verify.from", { address: ping.remoteAddr ?? "?", agent: ping.userAgent ?? "?" })}</span>
          )}
          <Button variant="subtle" onClick={() => setCountBefore(count)}>
            {t("verify.again")}
          </Button>
        </>
      )}
    </div>
  );
}
