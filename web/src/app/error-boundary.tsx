import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import { Empty, Problem } from "@/ui/Empty";

export function RouteProblem({ error, reset }: ErrorComponentProps): ReactNode {
  return <Problem error={error instanceof Error ? error : new Error(String(error))} onRetry={reset} />;
}

export function NotFoundPage(): ReactNode {
  const { t } = useText();
  return (
    <Empty
      title={t("notFound.title")}
      text={t("notFound.text")}
      action={
        <Button component={Link} to="/" variant="default">
          {t("nav.dashboard")}
        </Button>
      }
    />
  );
}
