import { ActionIcon, Button, Group, NumberInput, Select, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useText } from "@/lib/i18n";
import { useSession } from "@/lib/session";
import { durationText } from "@/lib/time";
import type { Contact, Preference } from "@/lib/wire";
import { pendingView } from "@/ui/Empty";
import { FieldRow } from "@/ui/FormFrame";
import { methodText } from "@/ui/method";
import { Section, Stack } from "@/ui/Page";
import { Row, Rows } from "@/ui/Rows";
import { sayProblem } from "@/ui/toast";
import { contactsQuery, preferencesQuery, useContactDeed } from "./api";
import classes from "./Me.module.css";
import { moments, targetOf } from "./model";

type Kind = "HIGH_PRIORITY" | "LOW_PRIORITY";

function AddRule({ type, contacts }: { type: Kind; contacts: Contact[] }): ReactNode {
  const { t } = useText();
  const { user } = useSession();
  const deed = useContactDeed(user.id);
  const [contact, setContact] = useState<string | null>(null);
  const [delay, setDelay] = useState<number | string>(0);
  const [repeat, setRepeat] = useState<number | string>("");
  const chosen = contact ?? (contacts[0] ? String(contacts[0].id) : null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const write = {
      method: "EMAIL" as const,
      type,
      delayMin: Number(delay) || 0,
      ...(chosen ? { contact: { id: Number(chosen) } } : {}),
      ...(Number(repeat) > 0 ? { repeatEveryMin: Number(repeat) } : {}),
    };
    deed.mutate({ kind: "addPreference", write }, { onError: sayProblem });
  };
  return (
    <form onSubmit={submit} className={classes.add}>
      <Select
        label={t("rule.email")}
        data={contacts.map((each) => ({ value: String(each.id), label: each.target }))}
        value={chosen}
        onChange={setContact}
        placeholder={user.email}
        style={{ flex: "2 1 180px" }}
      />
      <NumberInput
        label={t("rule.after")}
        suffix={` ${t("unit.minute")}`}
        min={0}
        max={120}
        value={delay}
        onChange={setDelay}
        style={{ flex: "1 1 110px" }}
      />
      <NumberInput
        label={t("rule.repeat")}
        suffix={` ${t("unit.minute")}`}
        min={1}
        max={120}
        value={repeat}
        onChange={setRepeat}
        style={{ flex: "1 1 110px" }}
      />
      <Button
        type="submit"
        size="sm"
        variant="default"
        leftSection={<IconPlus size={15} />}
        loading={deed.isPending}
      >
        {t("rule.add")}
      </Button>
    </form>
  );
}

function Rule(props: { preference: Preference; target: string }): ReactNode {
  const { t, language } = useText();
  const { user } = useSession();
  const deed = useContactDeed(user.id);
  const { preference } = props;
  return (
    <div className={classes.rule}>
      <span>
        {methodText(preference.method, t)} {props.target}
        {preference.repeatEveryMin
          ? `, ${t("rule.again", { every: durationText(preference.repeatEveryMin * 60, language) })}`
          : ""}
      </span>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={t("rule.remove", { target: props.target })}
        onClick={() => deed.mutate({ kind: "removePreference", id: preference.id }, { onError: sayProblem })}
      >
        <IconX size={14} />
      </ActionIcon>
    </div>
  );
}

/** What happens to me when: one line of time for each priority. */
function Rules(props: { type: Kind; preferences: Preference[]; contacts: Contact[] }): ReactNode {
  const { t, language } = useText();
  const { user } = useSession();
  const line = moments(props.preferences, props.type);
  return (
    <Section title={t(props.type === "HIGH_PRIORITY" ? "rule.high" : "rule.low")}>
      {line.length === 0 && (
        <p className={classes.hint}>{t(props.type === "HIGH_PRIORITY" ? "rule.noneHigh" : "rule.noneLow")}</p>
      )}
      <ol className={classes.line}>
        {line.map((moment) => (
          <li key={moment.minute} className={classes.moment}>
            <span className={classes.at}>
              {moment.minute === 0 ? t("policy.atOnce") : durationText(moment.minute * 60, language)}
            </span>
            <div>
              {moment.preferences.map((preference) => (
                <Rule
                  key={preference.id}
                  preference={preference}
                  target={targetOf(preference, props.contacts, user.email)}
                />
              ))}
            </div>
          </li>
        ))}
      </ol>
      <AddRule type={props.type} contacts={props.contacts} />
    </Section>
  );
}

function Contacts({ contacts }: { contacts: Contact[] }): ReactNode {
  const { t } = useText();
  const { user } = useSession();
  const deed = useContactDeed(user.id);
  const [target, setTarget] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    deed.mutate(
      { kind: "addContact", target: target.trim() },
      { onSuccess: () => setTarget(""), onError: sayProblem },
    );
  };
  return (
    <Section title={t("contact.title")} flush>
      <Rows>
        {contacts.map((contact) => (
          <Row
            key={contact.id}
            name={contact.target}
            side={
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t("rule.remove", { target: contact.target })}
                onClick={() =>
                  deed.mutate({ kind: "removeContact", id: contact.id }, { onError: sayProblem })
                }
              >
                <IconX size={14} />
              </ActionIcon>
            }
          />
        ))}
      </Rows>
      <form onSubmit={submit} style={{ padding: 16 }}>
        <Group gap={8} align="end">
          <TextInput
            label={t("contact.add")}
            type="email"
            value={target}
            onChange={(event) => setTarget(event.currentTarget.value)}
            style={{ flex: 1 }}
          />
          <Button
            type="submit"
            size="sm"
            variant="default"
            disabled={!target.includes("@")}
            loading={deed.isPending}
          >
            {t("action.add")}
          </Button>
        </Group>
      </form>
    </Section>
  );
}

export function NotificationRules(): ReactNode {
  const { user } = useSession();
  const preferences = useQuery(preferencesQuery(user.id));
  const contacts = useQuery(contactsQuery(user.id));
  if (!preferences.data || !contacts.data) return pendingView(preferences.data ? contacts : preferences);
  return (
    <Stack>
      <Rules type="HIGH_PRIORITY" preferences={preferences.data} contacts={contacts.data} />
      <Rules type="LOW_PRIORITY" preferences={preferences.data} contacts={contacts.data} />
      <FieldRow>
        <Contacts contacts={contacts.data} />
      </FieldRow>
    </Stack>
  );
}
