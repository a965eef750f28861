import { Button, Checkbox, MultiSelect } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useMemo, useState } from "react";
import { useText } from "@/lib/i18n";
import { dashboardQuery, sourcesQuery } from "@/lib/lookups";
import { useMay, useSession } from "@/lib/session";
import { AlertRow } from "@/ui/AlertRows";
import rows from "@/ui/AlertRows.module.css";
import { Empty, pendingView, RowSkeletons } from "@/ui/Empty";
import { FilterBar, StateFilter } from "@/ui/Filters";
import { useListCursor } from "@/ui/list-cursor";
import { Page, Section } from "@/ui/Page";
import { SearchBox } from "@/ui/SearchBox";
import { AnswerButtons } from "./AnswerButtons";
import { alertListQuery } from "./api";
import { useAnswer } from "./deeds";
import { useNews } from "./live-list";
import { isOpen, mayAccept } from "./model";
import { type AlertSearch, alertFilter } from "./search";

type Props = { search: AlertSearch; onSearch: (patch: Partial<AlertSearch>) => void };

function Filters({ search, onSearch }: Props): ReactNode {
  const { t } = useText();
  const sources = useQuery(sourcesQuery);
  const dashboard = useQuery(dashboardQuery);
  return (
    <FilterBar>
      <SearchBox value={search.q ?? ""} placeholder={t("alert.search")} onChange={(q) => onSearch({ q })} />
      <StateFilter
        label={t("alert.states")}
        chosen={search.state ?? []}
        onChange={(state) => onSearch({ state })}
        options={[
          {
            value: "PENDING",
            label: t("alert.status.PENDING"),
            tone: "bad",
            count: dashboard.data?.alerts.pending,
          },
          {
            value: "ACCEPTED",
            label: t("alert.status.ACCEPTED"),
            tone: "warn",
            count: dashboard.data?.alerts.accepted,
          },
          { value: "RESOLVED", label: t("alert.status.RESOLVED"), tone: "good" },
        ]}
      />
      {(sources.data?.length ?? 0) > 1 && (
        <MultiSelect
          aria-label={t("nav.sources")}
          placeholder={search.source ? undefined : t("monitor.source")}
          data={sources.data?.map((source) => ({ value: String(source.id), label: source.name }))}
          value={search.source?.map(String) ?? []}
          onChange={(ids) => onSearch({ source: ids.length > 0 ? ids.map(Number) : undefined })}
          searchable
          clearable
          style={{ flex: "1 1 130px" }}
          maw={220}
        />
      )}
      <Checkbox
        label={t("alert.mine")}
        checked={search.mine ?? false}
        onChange={(event) => onSearch({ mine: event.currentTarget.checked || undefined })}
      />
    </FilterBar>
  );
}

function StateLine(): ReactNode {
  const { t } = useText();
  const { data } = useQuery(dashboardQuery);
  if (!data) return " ";
  const { pending, accepted } = data.alerts;
  if (pending === 0) return accepted > 0 ? t("dash.inHand", { count: accepted }) : t("dash.calmText");
  return (
    <span style={{ color: "var(--tone-bad)", fontWeight: 600 }}>
      {t("dash.needsYou", { count: pending })}
    </span>
  );
}

export function AlertList({ search, onSearch }: Props): ReactNode {
  const { t } = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { user } = useSession();
  const may = useMay("RESPONDER");
  const filter = alertFilter(search, user.id);
  const list = useInfiniteQuery(alertListQuery(filter));
  const alerts = useMemo(() => list.data?.pages.flat() ?? [], [list.data]);
  const news = useNews(filter, alerts);
  const answer = useAnswer();
  const [isStale, setIsStale] = useState(false);

  const open = (index: number): void => {
    const alert = alerts[index];
    if (alert) void navigate({ to: "/alerts/$id", params: { id: alert.id } });
  };
  const accept = (index: number): void => {
    const alert = alerts[index];
    if (may && alert && mayAccept(alert)) answer(alert, "accept");
  };
  const resolve = (index: number): void => {
    const alert = alerts[index];
    if (may && alert && isOpen(alert)) answer(alert, "resolve");
  };
  const cursor = useListCursor({
    count: alerts.length,
    onMove: (index) =>
      document.getElementById(`alert-${alerts[index]?.id}`)?.scrollIntoView({ block: "nearest" }),
    keys: { Enter: open, a: accept, r: resolve },
  });
  const refresh = (): void => {
    setIsStale(true);
    void queries.resetQueries({ queryKey: ["alert-list"] }).finally(() => setIsStale(false));
    window.scrollTo({ top: 0 });
  };
  const isFiltered = Boolean(search.q || search.state || search.source || search.mine);
  return (
    <Page title={t("nav.alerts")} line={<StateLine />}>
      <Filters search={search} onSearch={onSearch} />
      {news > 0 && (
        <div style={{ display: "flex", justifyContent: "center", paddingBottom: 8 }}>
          <Button variant="light" onClick={refresh} loading={isStale}>
            {t("alert.news", { count: news })}
          </Button>
        </div>
      )}
      <Section flush>
        {pendingView(list, <RowSkeletons count={8} height={56} />) ??
          (alerts.length === 0 ? (
            <Empty
              title={t(isFiltered ? "list.noMatch" : "alert.empty.title")}
              text={t(isFiltered ? "list.noMatchText" : "alert.empty.text")}
              action={
                <Button variant="default" onClick={() => onSearch({ q: undefined, state: ["RESOLVED"] })}>
                  {t("alert.empty.past")}
                </Button>
              }
            />
          ) : (
            <ul className={rows.list}>
              {alerts.map((alert, index) => (
                <AlertRow
                  key={alert.id}
                  alert={alert}
                  isCursor={cursor === index}
                  actions={may && <AnswerButtons alert={alert} onAnswer={answer} />}
                />
              ))}
            </ul>
          ))}
      </Section>
      {list.hasNextPage && (
        <Button
          variant="default"
          mt={12}
          fullWidth
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("list.more")}
        </Button>
      )}
    </Page>
  );
}
