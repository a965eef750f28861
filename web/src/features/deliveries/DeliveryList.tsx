import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { body, client } from "@/lib/http";
import { useText } from "@/lib/i18n";
import type { Delivery } from "@/lib/wire";
import { DeliveryRows } from "@/ui/DeliveryRows";
import { Empty, pendingView } from "@/ui/Empty";
import { FilterBar, StateFilter } from "@/ui/Filters";
import { Page, Section } from "@/ui/Page";

const PAGE = 50;
const STATES = [
  ["SENT", "good"],
  ["SCHEDULED", "info"],
  ["FAILED", "bad"],
  ["CANCELLED", "idle"],
  ["SUPPRESSED", "idle"],
] as const;

/** Every page of every alert: planned, sent, failed, cancelled, held back. */
export function DeliveryList(props: {
  state: string | undefined;
  onState: (state: string | undefined) => void;
}): ReactNode {
  const { t } = useText();
  const states = props.state ? [props.state] : undefined;
  const query = useInfiniteQuery({
    queryKey: ["deliveries", states ?? []],
    queryFn: ({ pageParam }) =>
      body(
        client.GET("/api/deliveries", {
          params: { query: { states, "start-index": pageParam, "max-results": PAGE } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last: Delivery[], pages) => (last.length < PAGE ? undefined : pages.length * PAGE),
  });
  const deliveries = query.data?.pages.flat() ?? [];
  return (
    <Page title={t("nav.deliveries")} line={t("delivery.line")}>
      <FilterBar>
        <StateFilter
          label={t("alert.states")}
          options={STATES.map(([value, tone]) => ({ value, tone, label: t(`delivery.state.${value}`) }))}
          chosen={states ?? []}
          onChange={(chosen) => props.onState(chosen?.at(-1))}
        />
      </FilterBar>
      <Section flush>
        {pendingView(query) ??
          (deliveries.length === 0 ? (
            <Empty
              title={t(states ? "list.noMatch" : "delivery.none")}
              text={t(states ? "list.noMatchText" : "delivery.noneText")}
            />
          ) : (
            <DeliveryRows deliveries={deliveries} />
          ))}
      </Section>
      {query.hasNextPage && (
        <Button
          mt={12}
          variant="default"
          fullWidth
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t("list.more")}
        </Button>
      )}
    </Page>
  );
}
