import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { Empty, pendingView } from "@/ui/Empty";
import { Section } from "@/ui/Page";
import { Time } from "@/ui/Time";
import { whyQuery } from "./api";
import classes from "./Story.module.css";

/** Why somebody was paged, or was not: the decisions as they were made at the time. */
export function WhyList({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const query = useQuery(whyQuery(id));
  return (
    <Section flush>
      {pendingView(query) ??
        (query.data?.length === 0 ? (
          <Empty title={t("why.none")} text={t("why.noneText")} />
        ) : (
          <ol className={classes.list}>
            {query.data?.map((each, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: decisions have no identity and never change places
              <li key={index} className={classes.item} style={{ gridTemplateColumns: "minmax(0, 1fr) auto" }}>
                <span className={classes.text}>{each.text}</span>
                <span className={classes.when}>
                  <Time at={each.at} />
                </span>
              </li>
            ))}
          </ol>
        ))}
    </Section>
  );
}
