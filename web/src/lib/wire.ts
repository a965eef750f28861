// The names features use for what travels over the API; one place to follow the generated document.
import type { components } from "@/generated/api";

type S = components["schemas"];

export type User = S["User"];
export type UserRef = S["UserRel"];
export type UserWrite = S["UserWrite"];
export type Session = S["Session"];
export type Contact = S["Contact"];
export type Preference = S["Preference"];
export type ApiKey = S["ApiKey"];
export type Monitor = S["Monitor"];
export type MonitorWrite = S["MonitorWrite"];
export type MonitorCount = S["MonitorCount"];
export type Ping = S["Ping"];
export type Transition = S["Transition"];
export type SchedulePreview = S["SchedulePreview"];
export type SchedulePreviewRequest = S["SchedulePreviewRequest"];
export type BulkRequest = S["BulkRequest"];
export type Alert = S["Alert"];
export type LogEntry = S["LogEntry"];
export type Delivery = S["Delivery"];
export type Why = S["Why"];
export type SuggestedResponder = S["SuggestedResponder"];
export type AlertSource = S["AlertSource"];
export type AlertSourceWrite = S["AlertSourceWrite"];
export type SourceEvent = S["SourceEvent"];
export type EscalationRule = S["EscalationRule"];
export type EscalationPolicy = S["EscalationPolicy"];
export type EscalationPolicyWrite = S["EscalationPolicyWrite"];
export type SimulateRequest = S["SimulateRequest"];
export type SimulationStep = S["SimulationStep"];
export type Dashboard = S["Dashboard"];
export type Account = S["Account"];
export type AccountWrite = S["AccountWrite"];
