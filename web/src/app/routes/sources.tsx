import type { ReactNode } from "react";
import { SourceList } from "@/features/sources/SourceList";

export default function SourcesRoute(): ReactNode {
  return <SourceList />;
}
