import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { DeliveryList } from "@/features/deliveries/DeliveryList";

const route = getRouteApi("/app/deliveries");

export default function DeliveriesRoute(): ReactNode {
  const { state } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <DeliveryList
      state={state}
      onState={(next) => void navigate({ search: { state: next }, replace: true })}
    />
  );
}
