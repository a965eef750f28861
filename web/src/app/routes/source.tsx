import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { SourcePage } from "@/features/sources/SourcePage";

const route = getRouteApi("/app/alert-sources/$id");

export default function SourceRoute(): ReactNode {
  return <SourcePage id={route.useParams().id} />;
}
