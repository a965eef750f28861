import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useText } from "@/lib/i18n";
import { useShortcuts } from "@/lib/shortcuts";
import { Empty, pendingView, RowSkeletons } from "@/ui/Empty";
import { Page, Section } from "@/ui/Page";
import { monitorCountQuery, monitorListQuery } from "./api";
import { BulkBar } from "./BulkBar";
import { useLiveList } from "./live-list";
import { MonitorFilters } from "./MonitorFilters";
import classes from "./MonitorList.module.css";
import { MonitorTable } from "./MonitorTable";
import { type MonitorSearch, monitorFilter } from "./search";

function StateLine(): ReactNode {
  const { t } = useText();
  const { data } = useQuery(monitorCountQuery);
  if (!data) return " ";
  if (data.total === 0) return t("monitor.line.none");
  if (data.overdue > 0) return t("monitor.line.failing", { overdue: data.overdue, total: data.total });
  return t("monitor.line.fine", { total: data.total });
}

export function MonitorList(props: {
  search: MonitorSearch;
  onSearch: (patch: Partial<MonitorSearch>) => void;
}): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const filter = monitorFilter(props.search);
  const list = useInfiniteQuery(monitorListQuery(filter));
  const count = useQuery(monitorCountQuery);
  const live = useLiveList();
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const monitors = useMemo(() => list.data?.pages.flatMap((page) => page.monitors) ?? [], [list.data]);
  const { fetchNextPage, isFetchingNextPage } = list;

  const select = useCallback((id: number) => {
    setSelected((old) => {
      const next = new Set(old);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const selectAll = (): void =>
    setSelected(selected.size >= monitors.length ? new Set() : new Set(monitors.map((each) => each.id)));
  useShortcuts({ n: () => void navigate({ to: "/heartbeats/new" }) });

  const isFiltered = Object.values(filter).some(Boolean);
  const create = (
    <Button component={Link} to="/heartbeats/new" leftSection={<IconPlus size={15} />}>
      {t("monitor.new")}
    </Button>
  );
  return (
    <Page title={t("nav.heartbeats")} line={<StateLine />} actions={create}>
      <MonitorFilters search={props.search} count={count.data} onSearch={props.onSearch} />
      {live.changed > 0 && (
        <div className={classes.news}>
          <Button variant="light" onClick={live.refresh}>
            {t("monitor.changed", { count: live.changed })}
          </Button>
        </div>
      )}
      {pendingView(list, <RowSkeletons count={10} height={48} />) ??
        (monitors.length > 0 ? (
          <MonitorTable
            monitors={monitors}
            total={count.data?.total}
            selected={selected}
            hasMore={list.hasNextPage}
            onMore={more}
            onSelect={select}
            onSelectAll={selectAll}
            onOpen={(id) => void navigate({ to: "/heartbeats/$id", params: { id } })}
          />
        ) : (
          <Section>
            <Empty
              title={t(isFiltered ? "list.noMatch" : "monitor.empty.title")}
              text={t(isFiltered ? "list.noMatchText" : "monitor.empty.text")}
              action={
                isFiltered ? (
                  <Button
                    variant="default"
                    onClick={() =>
                      props.onSearch({ q: undefined, state: undefined, tag: undefined, source: undefined })
                    }
                  >
                    {t("list.clearFilters")}
                  </Button>
                ) : (
                  create
                )
              }
            />
          </Section>
        ))}
      <BulkBar selected={selected} onDone={() => setSelected(new Set())} />
    </Page>
  );
}
