import { Select } from "@mantine/core";
import type { ReactNode } from "react";

const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

export function ZoneSelect(props: {
  label: string;
  value: string;
  error?: string;
  onChange: (zone: string) => void;
}): ReactNode {
  const data = ZONES.includes(props.value) ? ZONES : [props.value, ...ZONES];
  return (
    <Select
      label={props.label}
      data={data}
      value={props.value}
      error={props.error}
      onChange={(zone) => zone && props.onChange(zone)}
      searchable
      allowDeselect={false}
      limit={40}
    />
  );
}
