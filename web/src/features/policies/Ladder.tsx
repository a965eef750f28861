import { ActionIcon, Button, MultiSelect, NumberInput } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { fullName } from "@/lib/lookups";
import { durationText } from "@/lib/time";
import type { User } from "@/lib/wire";
import classes from "./Ladder.module.css";
import { type Level, levelStarts, moved, newLevel } from "./model";

/** The levels as a ladder with the time at which each is reached. */
export function Ladder(props: {
  levels: Level[];
  delayMin: number;
  users: User[];
  error?: string;
  onChange: (levels: Level[]) => void;
}): ReactNode {
  const { t, language } = useText();
  const { levels, onChange } = props;
  const starts = levelStarts({ escalationRules: levels, delayMin: props.delayMin });
  const people = props.users.map((user) => ({ value: String(user.id), label: fullName(user) }));
  const change = (index: number, patch: Partial<Level>): void =>
    onChange(levels.map((level, at) => (at === index ? { ...level, ...patch } : level)));
  return (
    <fieldset style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
      <legend style={{ fontWeight: 500, padding: 0 }}>{t("policy.levels")}</legend>
      {props.error && (
        <p role="alert" style={{ margin: "4px 0", color: "var(--tone-bad)", fontSize: 13 }}>
          {props.error}
        </p>
      )}
      <ol className={classes.ladder}>
        {levels.map((level, index) => (
          <li key={level.key} className={classes.rung}>
            <div className={classes.at}>
              {starts[index] === 0 ? t("policy.atOnce") : durationText((starts[index] ?? 0) * 60, language)}
            </div>
            <div className={classes.body}>
              <div className={classes.card}>
                <div className={classes.cardHead}>
                  <b>{t("policy.level", { level: index + 1 })}</b>
                  <span>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      disabled={index === 0}
                      aria-label={t("policy.up", { level: index + 1 })}
                      onClick={() => onChange(moved(levels, index, -1))}
                    >
                      <IconArrowUp size={15} />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      disabled={index === levels.length - 1}
                      aria-label={t("policy.down", { level: index + 1 })}
                      onClick={() => onChange(moved(levels, index, 1))}
                    >
                      <IconArrowDown size={15} />
                    </ActionIcon>
                    <ActionIcon
                      variant="subtle"
                      color="gray"
                      disabled={levels.length === 1}
                      aria-label={t("policy.removeLevel", { level: index + 1 })}
                      onClick={() => onChange(levels.toSpliced(index, 1))}
                    >
                      <IconTrash size={15} />
                    </ActionIcon>
                  </span>
                </div>
                <MultiSelect
                  label={t("policy.notify")}
                  data={people}
                  value={level.users}
                  onChange={(users) => change(index, { users })}
                  searchable
                  placeholder={level.users.length === 0 ? t("policy.choose") : undefined}
                />
                <div className={classes.wait}>
                  <NumberInput
                    label={t("policy.wait")}
                    suffix={` ${t("unit.minute")}`}
                    min={0}
                    max={1440}
                    value={level.timeoutMin}
                    onChange={(value) => change(index, { timeoutMin: Number(value) || 0 })}
                    w={280}
                  />
                </div>
              </div>
            </div>
          </li>
        ))}
      </ol>
      <Button
        variant="default"
        leftSection={<IconPlus size={15} />}
        onClick={() => onChange([...levels, newLevel()])}
      >
        {t("policy.addLevel")}
      </Button>
    </fieldset>
  );
}
