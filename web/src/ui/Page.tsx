import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";
import classes from "./Page.module.css";

/** Title, one line of state, primary action right, then the parts. */
export function Page(props: {
  title: string;
  line?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}): ReactNode {
  useDocumentTitle(`${props.title} · Tocsin`);
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div>
          <h1 className={classes.title}>{props.title}</h1>
          {props.line && <div className={classes.line}>{props.line}</div>}
        </div>
        {props.actions && <div className={classes.actions}>{props.actions}</div>}
      </header>
      {props.children}
    </div>
  );
}

export function Section(props: {
  title?: string;
  right?: ReactNode;
  flush?: boolean;
  children: ReactNode;
}): ReactNode {
  return (
    <section className={classes.section} aria-label={props.title}>
      {props.title && (
        <div className={classes.sectionHead}>
          <h2 className={classes.sectionTitle}>{props.title}</h2>
          {props.right}
        </div>
      )}
      <div className={props.flush ? classes.flush : classes.sectionBody}>{props.children}</div>
    </section>
  );
}

/**
 * The story left, the facts right. In one column, where there is no room for two, `lead` comes first: it heads
 * the facts otherwise.
 */
export function Columns(props: { left: ReactNode; lead?: ReactNode; right: ReactNode }): ReactNode {
  const hasLead = Boolean(props.lead);
  return (
    <div className={classes.columns} data-lead={hasLead || undefined}>
      {hasLead && <div className={`${classes.stack} ${classes.lead}`}>{props.lead}</div>}
      <div className={`${classes.stack} ${classes.left}`}>{props.left}</div>
      <div className={`${classes.stack} ${classes.right}`}>{props.right}</div>
    </div>
  );
}

export function Stack({ children }: { children: ReactNode }): ReactNode {
  return <div className={classes.stack}>{children}</div>;
}

export function Tight({ children }: { children: ReactNode }): ReactNode {
  return <div className={classes.tight}>{children}</div>;
}

export type Fact = { term: string; value: ReactNode };

export function Facts({ facts }: { facts: (Fact | null | false | undefined)[] }): ReactNode {
  return (
    <dl className={classes.facts}>
      {facts.map((fact) =>
        fact ? (
          <div key={fact.term} style={{ display: "contents" }}>
            <dt>{fact.term}</dt>
            <dd>{fact.value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
