import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PolicyPage } from "@/features/policies/PolicyForm";

const route = getRouteApi("/app/escalation-policies/$id");

export default function PolicyRoute(): ReactNode {
  return <PolicyPage id={route.useParams().id} />;
}
