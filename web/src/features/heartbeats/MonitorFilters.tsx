import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { sourcesQuery } from "@/lib/lookups";
import type { MonitorCount } from "@/lib/wire";
import { FilterBar, StateFilter } from "@/ui/Filters";
import { SearchBox } from "@/ui/SearchBox";
import { tagsQuery } from "./api";
import type { MonitorSearch } from "./search";

export function MonitorFilters(props: {
  search: MonitorSearch;
  count: MonitorCount | undefined;
  onSearch: (patch: Partial<MonitorSearch>) => void;
}): ReactNode {
  const { t } = useText();
  const { search, count, onSearch } = props;
  const tags = useQuery(tagsQuery);
  const sources = useQuery(sourcesQuery);
  return (
    <FilterBar>
      <SearchBox value={search.q ?? ""} placeholder={t("monitor.search")} onChange={(q) => onSearch({ q })} />
      <StateFilter
        label={t("monitor.states")}
        chosen={search.state ?? []}
        onChange={(state) => onSearch({ state })}
        options={[
          { value: "OVERDUE", label: t("monitor.state.OVERDUE"), tone: "bad", count: count?.overdue },
          { value: "UNKNOWN", label: t("monitor.state.UNKNOWN"), tone: "idle", count: count?.unknown },
          { value: "HEALTHY", label: t("monitor.state.HEALTHY"), tone: "good", count: count?.healthy },
          { value: "PAUSED", label: t("monitor.state.PAUSED"), tone: "idle", count: count?.paused },
        ]}
      />
      {(tags.data?.length ?? 0) > 0 && (
        <MultiSelect
          aria-label={t("monitor.tags")}
          placeholder={search.tag ? undefined : t("monitor.tags")}
          data={tags.data?.map(({ tag, count: uses }) => ({ value: tag, label: `${tag} (${uses})` }))}
          value={search.tag ?? []}
          onChange={(tag) => onSearch({ tag: tag.length > 0 ? tag : undefined })}
          searchable
          clearable
          style={{ flex: "1 1 130px" }}
          maw={220}
        />
      )}
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
    </FilterBar>
  );
}
