import type { ReactNode } from "react";
import { NewPolicy } from "@/features/policies/PolicyForm";

export default function NewPolicyRoute(): ReactNode {
  return <NewPolicy />;
}
