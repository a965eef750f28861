import type { ReactNode } from "react";
import { PolicyList } from "@/features/policies/PolicyList";

export default function PoliciesRoute(): ReactNode {
  return <PolicyList />;
}
