import { ActionIcon, CopyButton as Copier, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import classes from "./Copy.module.css";

export function CopyButton({ value, label }: { value: string; label?: string }): ReactNode {
  const { t } = useText();
  return (
    <Copier value={value} timeout={1500}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t("action.copied") : (label ?? t("action.copy"))} withArrow>
          <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={label ?? t("action.copy")}>
            {copied ? <IconCheck size={15} color="var(--tone-good)" /> : <IconCopy size={15} />}
          </ActionIcon>
        </Tooltip>
      )}
    </Copier>
  );
}

/** One value (a key, an address) with its copy button. */
export function CopyLine({ value, label }: { value: string; label?: string }): ReactNode {
  return (
    <div className={classes.line}>
      <code className={classes.value} title={value}>
        {value}
      </code>
      <CopyButton value={value} label={label} />
    </div>
  );
}

/** A piece of code with its copy button. */
export function CodeBlock({ code, label }: { code: string; label?: string }): ReactNode {
  return (
    <figure className={classes.block} aria-label={label} style={{ margin: 0 }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <pre className={classes.pre} tabIndex={0}>
        {code}
      </pre>
      <div className={classes.corner}>
        <CopyButton value={code} />
      </div>
    </figure>
  );
}
