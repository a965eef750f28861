import { useDebouncedValue } from "@mantine/hooks";
import { IconAlertTriangle } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useText } from "@/lib/i18n";
import type { SchedulePreviewRequest } from "@/lib/wire";
import { Section } from "@/ui/Page";
import { previewQuery } from "./api";
import classes from "./Graphs.module.css";

function Warning({ text }: { text: string }): ReactNode {
  return (
    <p style={{ display: "flex", gap: 8, margin: "0 0 8px", color: "var(--tone-warn)" }}>
      <IconAlertTriangle size={16} aria-hidden style={{ flex: "none", marginTop: 2 }} />
      <span>{text}</span>
    </p>
  );
}

/** What the schedule means: the next five expected pings in its zone and in UTC, said while it is typed. */
export function SchedulePreview(props: {
  request: SchedulePreviewRequest | null;
  rekeys: boolean;
}): ReactNode {
  const { t } = useText();
  const [request] = useDebouncedValue(props.request, 300);
  const fallback = { scheduleKind: "INTERVAL", intervalSec: 300, timezone: "UTC", graceSec: 0 };
  const query = useQuery({
    ...previewQuery(request ?? fallback),
    enabled: request !== null,
    placeholderData: keepPreviousData,
  });
  const isUtc = request?.timezone === "UTC" || request?.timezone === "Etc/UTC";
  const shown = query.error ? undefined : query.data;
  return (
    <Section title={t("preview.title")}>
      <div aria-live="polite">
        {props.rekeys && <Warning text={t("preview.rekeys")} />}
        {!request && <span style={{ color: "var(--mantine-color-dimmed)" }}>{t("preview.none")}</span>}
        {request && query.error && <Warning text={query.error.message} />}
        {request && shown && (
          <>
            <p style={{ margin: "0 0 8px", fontWeight: 550 }}>{shown.description}</p>
            {shown.warnings.map((text) => (
              <Warning key={text} text={text} />
            ))}
            <table className={classes.list} style={{ margin: "0 -16px -16px", width: "calc(100% + 32px)" }}>
              <thead>
                <tr>
                  {!isUtc && <th>{request.timezone}</th>}
                  <th>UTC</th>
                </tr>
              </thead>
              <tbody>
                {shown.next.map((each) => (
                  <tr key={each.utc}>
                    {!isUtc && <td>{each.local.replace("T", " ").replace(/\.\d+/, "")}</td>}
                    <td>{each.utc.replace("T", " ").replace(/(\.\d+)?Z$/, "")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </div>
    </Section>
  );
}
