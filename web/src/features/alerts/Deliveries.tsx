import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { DeliveryRows } from "@/ui/DeliveryRows";
import { Empty, pendingView } from "@/ui/Empty";
import { Section } from "@/ui/Page";
import { deliveriesQuery } from "./api";

/** Every planned, sent, failed and cancelled page of this alert. */
export function Deliveries({ id }: { id: number }): ReactNode {
  const { t } = useText();
  const query = useQuery(deliveriesQuery(id));
  return (
    <Section flush>
      {pendingView(query) ??
        (query.data?.length === 0 ? (
          <Empty title={t("delivery.none")} text={t("delivery.noneText")} />
        ) : (
          <DeliveryRows deliveries={query.data ?? []} />
        ))}
    </Section>
  );
}
