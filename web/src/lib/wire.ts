// The names features use for what travels over the API; one place to follow the generated document.
import type { components } from "@/generated/api";

type S = components["schemas"];

export type User = S["UserOut"];
export type UserRef = S["alerts_schemas_UserRef"];
export type UserWrite = S["UserBody"];
export type Session = S["SessionOut"];
export type WebSession = S["WebSessionOut"];
export type Contact = S["ContactEmailOut"];
export type Preference = S["PreferenceOut"];
export type ApiKey = S["ApiKeyOut"];
export type Monitor = S["MonitorOut"];
export type MonitorAlert = S["MonitorAlertOut"];
export type MonitorWrite = S["MonitorIn"];
export type MonitorCount = S["CountOut"];
export type Ping = S["PingOut"];
export type Transition = S["TransitionOut"];
export type SchedulePreview = S["PreviewOut"];
export type SchedulePreviewRequest = S["PreviewIn"];
export type BulkRequest = S["BulkIn"];
export type Alert = S["AlertOut"];
export type LogEntry = S["LogEntryOut"];
export type Delivery = S["DeliveryOut"];
export type Why = S["WhyOut"];
export type SuggestedResponder = S["SuggestedResponder"];
export type AlertSource = S["alert_sources_schemas_SourceOut"];
export type AlertSourceWrite = S["SourceIn"];
export type SourceEvent = S["EventOut"];
export type EscalationRule = S["RuleOut"];
export type EscalationPolicy = S["escalations_schemas_PolicyOut"];
export type EscalationPolicyWrite = S["PolicyIn"];
export type SimulateRequest = S["SimulateIn"];
export type SimulationStep = S["SimulatedOut"];
export type Dashboard = S["DashboardOut"];
export type Account = S["AccountOut"];
export type AccountWrite = Omit<Account, "id" | "tenant" | "createdAt">;

// The document leaves these two objects open; here is what they hold.

export function rulesOf(alert: Pick<Alert, "escalationRules">): EscalationRule[] {
  return (alert.escalationRules ?? []) as unknown as EscalationRule[];
}

export function policyOf(source: Pick<AlertSource, "escalationPolicy">): { id: number; name?: string } {
  return source.escalationPolicy as { id: number; name?: string };
}
