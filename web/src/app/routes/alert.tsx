import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { AlertPage } from "@/features/alerts/AlertPage";

const route = getRouteApi("/app/alerts/$id");

export default function AlertRoute(): ReactNode {
  const { id } = route.useParams();
  return <AlertPage key={id} id={id} />;
}
