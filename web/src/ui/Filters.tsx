import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import classes from "./Filters.module.css";
import { type Tone, toneFill } from "./theme";

export function FilterBar({ children }: { children: ReactNode }): ReactNode {
  return <div className={classes.bar}>{children}</div>;
}

export type StateOption = { value: string; label: string; tone?: Tone; count?: number };

/** Toggles for states with their counts; none pressed means all. */
export function StateFilter(props: {
  label: string;
  options: StateOption[];
  chosen: readonly string[];
  onChange: (chosen: string[] | undefined) => void;
}): ReactNode {
  const { language } = useText();
  const toggle = (value: string): void => {
    const next = props.chosen.includes(value)
      ? props.chosen.filter((each) => each !== value)
      : [...props.chosen, value];
    props.onChange(next.length > 0 ? next : undefined);
  };
  return (
    <fieldset className={classes.states} style={{ border: 0, margin: 0, minWidth: 0 }}>
      <legend className="visually-hidden">{props.label}</legend>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          className={classes.state}
          aria-pressed={props.chosen.includes(option.value)}
          onClick={() => toggle(option.value)}
        >
          {option.tone && <span className={classes.dot} style={{ background: toneFill(option.tone) }} />}
          {option.label}
          {option.count !== undefined && (
            <b className="tabular">{new Intl.NumberFormat(language).format(option.count)}</b>
          )}
        </button>
      ))}
    </fieldset>
  );
}
