import type { ReactNode } from "react";
import { NewSource } from "@/features/sources/SourceForm";

export default function NewSourceRoute(): ReactNode {
  return <NewSource />;
}
