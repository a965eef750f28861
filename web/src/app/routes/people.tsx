import type { ReactNode } from "react";
import { PeopleList } from "@/features/people/PeoplePages";

export default function PeopleRoute(): ReactNode {
  return <PeopleList />;
}
