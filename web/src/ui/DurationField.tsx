import { Group, Input, NumberInput, Select } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";
import { useText } from "@/lib/i18n";

const UNITS = [
  ["second", 1],
  ["minute", 60],
  ["hour", 3600],
  ["day", 86_400],
] as const;
type Unit = (typeof UNITS)[number][0];

/** The largest unit in which a number of seconds is whole. */
export function wholeUnit(seconds: number): Unit {
  if (seconds === 0) return "minute";
  return UNITS.findLast(([, length]) => seconds % length === 0)?.[0] ?? "second";
}

/** A span of time in the unit people think in; the value is in seconds, null when empty. */
export function DurationField(props: {
  label: string;
  description?: ReactNode;
  value: number | null;
  error?: string;
  onChange: (seconds: number | null) => void;
  onBlur?: () => void;
}): ReactNode {
  const { t } = useText();
  const id = useId();
  const [unit, setUnit] = useState<Unit>(wholeUnit(props.value ?? 0));
  const length = UNITS.find(([name]) => name === unit)?.[1] ?? 1;
  const change = (value: number | string): void =>
    props.onChange(value === "" ? null : Math.round(Number(value) * length));
  const switchUnit = (next: string | null): void => {
    const to = UNITS.find(([name]) => name === next);
    if (!to) return;
    setUnit(to[0]);
    if (props.value !== null) props.onChange(Math.round((props.value / length) * to[1]));
  };
  return (
    <Input.Wrapper label={props.label} description={props.description} error={props.error} id={id}>
      <Group gap={8} wrap="nowrap" mt={4}>
        <NumberInput
          id={id}
          min={0}
          value={props.value === null ? "" : props.value / length}
          onChange={change}
          onBlur={props.onBlur}
          error={Boolean(props.error)}
          style={{ flex: 1, maxWidth: 140 }}
        />
        <Select
          aria-label={t("unit.label", { field: props.label })}
          data={UNITS.map(([name]) => ({ value: name, label: t(`unit.${name}`) }))}
          value={unit}
          onChange={switchUnit}
          allowDeselect={false}
          style={{ flex: 1, maxWidth: 140 }}
        />
      </Group>
    </Input.Wrapper>
  );
}
