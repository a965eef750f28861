import { Button, SegmentedControl, Textarea, UnstyledButton } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCheck,
  IconInbox,
  IconMessage,
  IconRobot,
  IconSend,
  IconUser,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ComponentType, type FormEvent, type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";
import { useMay } from "@/lib/session";
import type { Alert } from "@/lib/wire";
import { pendingView } from "@/ui/Empty";
import { Section } from "@/ui/Page";
import { Time } from "@/ui/Time";
import type { Tone } from "@/ui/theme";
import { sayProblem } from "@/ui/toast";
import { logQuery, useAlertDeed } from "./api";
import { type StoryItem, type StoryKind, story } from "./model";
import classes from "./Story.module.css";

const LOOK: Record<StoryKind, { icon: ComponentType<{ size?: number; color?: string }>; tone: Tone }> = {
  comment: { icon: IconMessage, tone: "info" },
  person: { icon: IconUser, tone: "info" },
  trouble: { icon: IconAlertTriangle, tone: "bad" },
  good: { icon: IconCheck, tone: "good" },
  page: { icon: IconSend, tone: "idle" },
  event: { icon: IconInbox, tone: "idle" },
  machine: { icon: IconRobot, tone: "idle" },
};

function Item({ item }: { item: StoryItem }): ReactNode {
  const { t } = useText();
  const [opened, setOpened] = useState(false);
  const { icon: Mark, tone } = LOOK[item.kind];
  const repeats = item.entries.length;
  const isSame = item.entries.every((entry) => entry.text === item.last.text);
  return (
    <li className={classes.item} data-actor={item.actor}>
      <span className={classes.icon} aria-hidden>
        <Mark size={15} color={`var(--tone-${tone})`} />
      </span>
      <div className={classes.text}>
        {item.last.text}
        {repeats > 1 && (
          <div>
            <UnstyledButton
              className={classes.repeat}
              onClick={() => setOpened(!opened)}
              aria-expanded={opened}
            >
              {isSame ? t("story.repeats", { count: repeats }) : t("story.more", { count: repeats - 1 })}
            </UnstyledButton>
            {opened && (
              <ul className={classes.repeats}>
                {item.entries.map((entry) => (
                  <li key={entry.id}>
                    {!isSame && `${entry.text}, `}
                    <Time at={entry.timestamp} />
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
      </div>
      <span className={classes.when}>
        <Time at={item.last.timestamp} />
      </span>
    </li>
  );
}

function CommentBox({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const [content, setContent] = useState("");
  const deed = useAlertDeed();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!content.trim()) return;
    deed.mutate(
      { id, deed: { kind: "comment", content: content.trim() } },
      { onSuccess: () => setContent(""), onError: sayProblem },
    );
  };
  return (
    <form className={classes.comment} onSubmit={submit}>
      <Textarea
        aria-label={t("story.comment")}
        placeholder={t("story.commentPlaceholder")}
        autosize
        minRows={1}
        maxRows={8}
        value={content}
        onChange={(event) => setContent(event.currentTarget.value)}
        onKeyDown={(event) => (event.ctrlKey || event.metaKey) && event.key === "Enter" && submit(event)}
      />
      {content.trim() && (
        <div>
          <Button type="submit" loading={deed.isPending}>
            {t("story.send")}
          </Button>
        </div>
      )}
    </form>
  );
}

/** What happened, newest on top; people's deeds stand out from the machine's. */
export function Story({ alert }: { alert: Alert }): ReactNode {
  const { t, language } = useText();
  const may = useMay("RESPONDER");
  const query = useQuery(logQuery(alert.id, language));
  const [who, setWho] = useState("all");
  const items = story(query.data ?? []).filter((item) => who === "all" || item.actor === who);
  return (
    <Section
      title={t("story.heading")}
      flush
      right={
        <SegmentedControl
          size="xs"
          aria-label={t("story.filter")}
          value={who}
          onChange={setWho}
          data={[
            { value: "all", label: t("story.all") },
            { value: "person", label: t("story.people") },
            { value: "machine", label: t("story.machine") },
          ]}
        />
      }
    >
      {may && <CommentBox id={alert.id} />}
      {pendingView(query) ?? (
        <ol className={classes.list}>
          {items.map((item) => (
            <Item key={item.last.id} item={item} />
          ))}
        </ol>
      )}
    </Section>
  );
}
