import { Kbd, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { type MessageKey, useText } from "@/lib/i18n";
import { NAV_ITEMS } from "./navigation";

const LIST_KEYS: [string, MessageKey][] = [
  ["j", "help.next"],
  ["k", "help.previous"],
  ["Enter", "help.open"],
  ["x", "help.select"],
  ["a", "action.acceptAlert"],
  ["r", "action.resolveAlert"],
  ["n", "help.new"],
];
const EVERYWHERE: [string, MessageKey][] = [
  ["Ctrl K", "help.palette"],
  ["/", "help.palette"],
  ["?", "help.title"],
];

function Keys({ title, rows }: { title: string; rows: [string, string][] }): ReactNode {
  return (
    <section>
      <h3 style={{ fontSize: 13, margin: "16px 0 6px" }}>{title}</h3>
      {rows.map(([keys, text]) => (
        <div
          key={keys}
          style={{ display: "flex", justifyContent: "space-between", padding: "4px 0", gap: 16 }}
        >
          <span>{text}</span>
          <span>
            {keys.split(" ").map((key) => (
              <Kbd key={key} ml={4}>
                {key}
              </Kbd>
            ))}
          </span>
        </div>
      ))}
    </section>
  );
}

export function HelpDialog({ opened, onClose }: { opened: boolean; onClose: () => void }): ReactNode {
  const { t } = useText();
  const text = (rows: [string, MessageKey][]): [string, string][] =>
    rows.map(([key, label]) => [key, t(label)]);
  return (
    <Modal opened={opened} onClose={onClose} title={t("help.title")}>
      <Keys title={t("help.everywhere")} rows={text(EVERYWHERE)} />
      <Keys title={t("help.lists")} rows={text(LIST_KEYS)} />
      <Keys title={t("help.goTo")} rows={NAV_ITEMS.map((item) => [item.key, t(item.label)])} />
    </Modal>
  );
}
