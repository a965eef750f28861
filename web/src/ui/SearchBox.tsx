import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useState } from "react";
import { useText } from "@/lib/i18n";

export function SearchBox(props: {
  value: string;
  placeholder: string;
  onChange: (value: string | undefined) => void;
}): ReactNode {
  const { t } = useText();
  const [text, setText] = useState(props.value);
  useEffect(() => setText(props.value), [props.value]);
  const report = useDebouncedCallback((value: string) => props.onChange(value.trim() || undefined), 250);
  const change = (value: string): void => {
    setText(value);
    report(value);
  };
  return (
    <TextInput
      type="text"
      role="searchbox"
      aria-label={t("list.search")}
      placeholder={props.placeholder}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={15} aria-hidden />}
      rightSection={
        text ? <CloseButton size="sm" aria-label={t("list.clear")} onClick={() => change("")} /> : null
      }
      style={{ flex: "1 1 240px", maxWidth: 420 }}
    />
  );
}
