import { Button, Skeleton, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";

/** Nothing here: says why, and what to do about it. */
export function Empty(props: { title: string; text: ReactNode; action?: ReactNode }): ReactNode {
  return (
    <div style={{ padding: "32px 16px", textAlign: "center" }}>
      <Text fw={600}>{props.title}</Text>
      <Text c="dimmed" maw={460} mx="auto" mt={4}>
        {props.text}
      </Text>
      {props.action && <div style={{ marginTop: 16 }}>{props.action}</div>}
    </div>
  );
}

/** Something could not be loaded: the server's words and another try. */
export function Problem({ error, onRetry }: { error: Error; onRetry?: () => void }): ReactNode {
  const { t } = useText();
  return (
    <div role="alert" style={{ padding: "32px 16px", textAlign: "center" }}>
      <IconAlertTriangle size={24} color="var(--tone-bad)" aria-hidden />
      <Text fw={600} mt={4}>
        {t("problem.title")}
      </Text>
      <Text c="dimmed" mt={4}>
        {error.message}
      </Text>
      {onRetry && (
        <Button mt={16} variant="default" onClick={onRetry}>
          {t("action.retry")}
        </Button>
      )}
    </div>
  );
}

export function RowSkeletons({ count = 6, height = 44 }: { count?: number; height?: number }): ReactNode {
  const { t } = useText();
  return (
    <div aria-busy="true" role="status" aria-label={t("state.loading")}>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical placeholders have no identity
        <div key={index} style={{ height, padding: "12px 16px", borderBottom: "1px solid var(--line)" }}>
          <Skeleton height={14} width={`${70 - (index % 3) * 12}%`} />
        </div>
      ))}
    </div>
  );
}

/** What a query shows before it has data; null once it has. */
export function pendingView(
  query: { isPending: boolean; error: Error | null; data?: unknown; refetch: () => unknown },
  skeleton: ReactNode = <RowSkeletons />,
): ReactNode {
  if (query.data !== undefined) return null;
  if (query.error) return <Problem error={query.error} onRetry={() => query.refetch()} />;
  return skeleton;
}
