import { Checkbox } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { useText } from "@/lib/i18n";
import type { Monitor } from "@/lib/wire";
import { useListCursor } from "@/ui/list-cursor";
import classes from "./MonitorList.module.css";
import { MonitorRow } from "./MonitorRow";

type Props = {
  monitors: Monitor[];
  total: number | undefined;
  selected: ReadonlySet<number>;
  hasMore: boolean;
  onMore: () => void;
  onSelect: (id: number) => void;
  onSelectAll: () => void;
  onOpen: (id: number) => void;
};

/** Only the rows in sight exist, however many are loaded. */
export function MonitorTable(props: Props): ReactNode {
  const { t } = useText();
  const { monitors, selected, hasMore, onMore } = props;
  const isPhone = useMediaQuery("(max-width: 48em)") ?? false;
  const height = isPhone ? 76 : 48;
  const list = useRef<HTMLDivElement>(null);
  const virtual = useWindowVirtualizer({
    count: monitors.length,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => monitors[index]?.id ?? index,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew only when their height changes
  useEffect(() => virtual.measure(), [height]);
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= monitors.length - 50) onMore();
  }, [hasMore, last, monitors.length, onMore]);

  const withId = (act: (id: number) => void) => (index: number) => {
    const id = monitors[index]?.id;
    if (id !== undefined) act(id);
  };
  const cursor = useListCursor({
    count: monitors.length,
    onMove: (index) => virtual.scrollToIndex(index, { align: "auto" }),
    keys: { Enter: withId(props.onOpen), x: withId(props.onSelect) },
  });
  return (
    <div
      role="table"
      aria-label={t("nav.heartbeats")}
      aria-rowcount={props.total ?? -1}
      className={classes.table}
    >
      <div role="row" className={classes.head}>
        <span role="columnheader" className={classes.check}>
          <Checkbox
            size="xs"
            aria-label={t("list.selectAll")}
            checked={selected.size > 0 && selected.size >= monitors.length}
            indeterminate={selected.size > 0 && selected.size < monitors.length}
            onChange={props.onSelectAll}
          />
        </span>
        <span role="columnheader">{t("monitor.column.state")}</span>
        <span role="columnheader">{t("monitor.column.name")}</span>
        <span role="columnheader" className={classes.schedule}>
          {t("monitor.column.schedule")}
        </span>
        <span role="columnheader">{t("monitor.column.lastPing")}</span>
        <span role="columnheader">{t("monitor.column.deadline")}</span>
      </div>
      <div role="rowgroup" ref={list} style={{ position: "relative", height: virtual.getTotalSize() }}>
        {rows.map((row) => {
          const monitor = monitors[row.index];
          return monitor ? (
            <MonitorRow
              key={monitor.id}
              monitor={monitor}
              index={row.index}
              offset={row.start - virtual.options.scrollMargin}
              isSelected={selected.has(monitor.id)}
              isCursor={cursor === row.index}
              onSelect={props.onSelect}
            />
          ) : null;
        })}
      </div>
    </div>
  );
}
