import type { ReactNode } from "react";
import classes from "./Rows.module.css";

/** A plain list: one line each, with a second line of what matters and something at its end. */
export function Rows({ children }: { children: ReactNode }): ReactNode {
  return <ul className={classes.list}>{children}</ul>;
}

export function Row(props: {
  lead?: ReactNode;
  name: ReactNode;
  sub?: ReactNode;
  side?: ReactNode;
}): ReactNode {
  return (
    <li className={classes.row}>
      {props.lead}
      <div className={classes.main}>
        <div className={classes.name}>{props.name}</div>
        {props.sub && <div className={classes.sub}>{props.sub}</div>}
      </div>
      {props.side && <div className={classes.side}>{props.side}</div>}
    </li>
  );
}
