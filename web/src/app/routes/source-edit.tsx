import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { EditSource } from "@/features/sources/SourceForm";

const route = getRouteApi("/app/alert-sources/$id/edit");

export default function EditSourceRoute(): ReactNode {
  return <EditSource id={route.useParams().id} />;
}
