import { Button, CloseButton, Group, Menu, Modal, Select, TagsInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";
import { sourcesQuery } from "@/lib/lookups";
import type { BulkRequest } from "@/lib/wire";
import { Confirm } from "@/ui/Confirm";
import { say, sayProblem } from "@/ui/toast";
import { useBulk } from "./api";
import classes from "./BulkBar.module.css";

type Asking = "DELETE" | "ADD_TAGS" | "REMOVE_TAGS" | "SET_SOURCE" | null;
const HOURS = [1, 4, 24];

export function BulkBar({
  selected,
  onDone,
}: {
  selected: ReadonlySet<number>;
  onDone: () => void;
}): ReactNode {
  const { t } = useText();
  const bulk = useBulk();
  const sources = useQuery({ ...sourcesQuery, enabled: selected.size > 0 });
  const [asking, setAsking] = useState<Asking>(null);
  const [tags, setTags] = useState<string[]>([]);
  const [source, setSource] = useState<string | null>(null);
  if (selected.size === 0) return null;

  const run = (rest: Omit<BulkRequest, "ids">): void =>
    bulk.mutate(
      { ids: [...selected], ...rest },
      {
        onSuccess: ({ changed }) => {
          say(t("bulk.done", { count: changed }));
          setAsking(null);
          onDone();
        },
        onError: sayProblem,
      },
    );
  const mute = (hours: number): void =>
    run({ action: "MUTE", until: new Date(Date.now() + hours * 3_600_000).toISOString() });
  const isTags = asking === "ADD_TAGS" || asking === "REMOVE_TAGS";
  const apply = (): void => {
    if (asking === "SET_SOURCE") run({ action: asking, alertSourceId: Number(source) });
    else if (asking) run({ action: asking, tags });
  };
  return (
    <div role="toolbar" className={classes.bar} aria-label={t("bulk.label")}>
      <b className="tabular">{t("bulk.selected", { count: selected.size })}</b>
      <Button variant="default" onClick={() => run({ action: "PAUSE" })}>
        {t("action.pause")}
      </Button>
      <Button variant="default" onClick={() => run({ action: "RESUME" })}>
        {t("action.resume")}
      </Button>
      <Menu position="top">
        <Menu.Target>
          <Button variant="default">{t("action.mute")}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {HOURS.map((hours) => (
            <Menu.Item key={hours} onClick={() => mute(hours)}>
              {t("mute.hours", { count: hours })}
            </Menu.Item>
          ))}
          <Menu.Item onClick={() => run({ action: "UNMUTE" })}>{t("action.unmute")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Menu position="top">
        <Menu.Target>
          <Button variant="default">{t("bulk.more")}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAsking("ADD_TAGS")}>{t("bulk.addTags")}</Menu.Item>
          <Menu.Item onClick={() => setAsking("REMOVE_TAGS")}>{t("bulk.removeTags")}</Menu.Item>
          <Menu.Item onClick={() => setAsking("SET_SOURCE")}>{t("bulk.setSource")}</Menu.Item>
          <Menu.Item color="red" onClick={() => setAsking("DELETE")}>
            {t("action.delete")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <CloseButton aria-label={t("bulk.clear")} onClick={onDone} />
      <Confirm
        opened={asking === "DELETE"}
        title={t("bulk.deleteTitle", { count: selected.size })}
        verb={t("action.delete")}
        isBusy={bulk.isPending}
        onConfirm={() => run({ action: "DELETE" })}
        onClose={() => setAsking(null)}
      >
        {t("monitor.deleteText")}
      </Confirm>
      <Modal
        opened={isTags || asking === "SET_SOURCE"}
        onClose={() => setAsking(null)}
        title={t(
          asking === "SET_SOURCE"
            ? "bulk.setSource"
            : asking === "REMOVE_TAGS"
              ? "bulk.removeTags"
              : "bulk.addTags",
        )}
      >
        {isTags ? (
          <TagsInput label={t("monitor.tags")} value={tags} onChange={setTags} data-autofocus />
        ) : (
          <Select
            label={t("monitor.source")}
            data={sources.data?.map((each) => ({ value: String(each.id), label: each.name }))}
            value={source}
            onChange={setSource}
          />
        )}
        <Group justify="flex-end" mt={16}>
          <Button onClick={apply} loading={bulk.isPending} disabled={isTags ? tags.length === 0 : !source}>
            {t("bulk.apply", { count: selected.size })}
          </Button>
        </Group>
      </Modal>
    </div>
  );
}
