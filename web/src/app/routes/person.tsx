import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { PersonPage } from "@/features/people/PeoplePages";

const route = getRouteApi("/app/people/$id");

export default function PersonRoute(): ReactNode {
  return <PersonPage id={route.useParams().id} />;
}
