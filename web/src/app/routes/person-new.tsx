import type { ReactNode } from "react";
import { NewPerson } from "@/features/people/PeoplePages";

export default function NewPersonRoute(): ReactNode {
  return <NewPerson />;
}
