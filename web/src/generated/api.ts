// Types of the HTTP API. `npm run types -- <file or URL of openapi.json> -o src/generated/api.ts` writes this file anew.
type Answer<T> = { headers: Record<string, unknown>; content: { "application/json": T } };
type Empty = { headers: Record<string, unknown>; content?: never };
type Op<Parameters, Body, Result> = {
  parameters: Parameters;
  responses: { 200: Result extends undefined ? Empty : Answer<Result> };
} & (Body extends undefined ? { requestBody?: never } : { requestBody: { content: { "application/json": Body } } });
type Get<Result, Query = undefined, Path = undefined> = Op<Params<Query, Path>, undefined, Result>;
type Write<Body, Result, Path = undefined, Query = undefined> = Op<Params<Query, Path>, Body, Result>;
type Params<Query, Path> = (Query extends undefined ? { query?: never } : { query?: Query }) &
  (Path extends undefined ? { path?: never } : { path: Path }) & { header?: never; cookie?: never };
type Id = { id: number };
type Paging = { "start-index"?: number; "max-results"?: number };

export interface components {
  schemas: {
    UserRel: { id: number; firstName: string; lastName: string };
    User: {
      id: number;
      username?: string;
      firstName: string;
      lastName: string;
      email: string;
      role: string;
      timezone?: string | null;
      language?: string | null;
      position?: string | null;
      department?: string | null;
      region?: string | null;
      mutedUntil?: string | null;
      avatarUrl?: string | null;
      createdAt?: string;
      updatedAt?: string;
    };
    UserWrite: {
      firstName: string;
      lastName: string;
      email: string;
      role?: string;
      timezone?: string | null;
      language?: string | null;
      position?: string | null;
      department?: string | null;
      mutedUntil?: string | null;
      password?: string;
    };
    Session: { user: components["schemas"]["User"]; account: { id: number; name: string }; csrfToken: string };
    Contact: { id: number; target: string; status?: string };
    Preference: {
      id: number;
      method: string;
      contact?: components["schemas"]["Contact"] | null;
      type?: string | null;
      delayMin?: number | null;
      repeatEveryMin?: number | null;
    };
    PreferenceWrite: {
      method: string;
      contact?: { id: number } | null;
      type?: string;
      delayMin?: number;
      repeatEveryMin?: number | null;
    };
    ApiKey: {
      id: number;
      name: string;
      prefix: string;
      key?: string;
      createdAt: string;
      expiresAt?: string | null;
      lastUsedAt?: string | null;
      lastUsedIp?: string | null;
    };
    Monitor: {
      id: number;
      name: string;
      state: string;
      intervalSec: number;
      alertSummary?: string | null;
      alertSource?: { id: number; name?: string } | null;
      teams?: { id: number; name?: string }[];
      integrationKey?: string | null;
      integrationUrl?: string | null;
      createdAt?: string;
      updatedAt?: string;
      scheduleKind?: string;
      scheduleExpression?: string | null;
      timezone?: string;
      graceSec?: number;
      maxRunTimeSec?: number | null;
      startGraceSec?: number | null;
      tags?: string[];
      runbookUrl?: string | null;
      postOnly?: boolean;
      flapDetection?: boolean;
      stormGrouping?: boolean;
      externalKey?: string | null;
      pausedAt?: string | null;
      mutedUntil?: string | null;
      muteReason?: string | null;
      expectFirstPingBy?: string | null;
      lastPing?: string | null;
      lastPingKind?: string | null;
      pingCount?: number;
      armedAt?: string | null;
      nextExpectedAt?: string | null;
      deadline?: string | null;
      overdueSince?: string | null;
      failed?: boolean;
      flappingSince?: string | null;
      badgeKey?: string | null;
    };
    MonitorWrite: {
      name: string;
      intervalSec: number;
      alertSummary?: string | null;
      alertSource?: { id: number } | null;
      scheduleKind?: string;
      scheduleExpression?: string | null;
      timezone?: string;
      graceSec?: number;
      maxRunTimeSec?: number | null;
      startGraceSec?: number | null;
      tags?: string[];
      runbookUrl?: string | null;
      postOnly?: boolean;
      flapDetection?: boolean;
      stormGrouping?: boolean;
      expectFirstPingBy?: string | null;
    };
    MonitorCount: { total: number; unknown: number; healthy: number; overdue: number; paused: number };
    Ping: {
      number: number;
      receivedAt: string;
      kind: string;
      exitCode?: number | null;
      rid?: string | null;
      runTimeMs?: number | null;
      method?: string | null;
      remoteAddr?: string | null;
      userAgent?: string | null;
      body?: string | null;
      bodyTruncated?: boolean;
    };
    Transition: { id: number; at: string; kind: string; details: Record<string, unknown> };
    SchedulePreviewRequest: {
      scheduleKind: string;
      scheduleExpression?: string | null;
      intervalSec?: number;
      timezone: string;
      graceSec: number;
    };
    SchedulePreview: { description: string; next: { local: string; utc: string }[]; warnings: string[] };
    BulkRequest: {
      ids: number[];
      action: string;
      tags?: string[];
      until?: string;
      reason?: string;
      alertSourceId?: number;
    };
    Alert: {
      id: number;
      summary: string;
      details?: string | null;
      reportTime: string;
      resolvedOn?: string | null;
      status: string;
      alertSource?: { id: number; name?: string; integrationType?: string } | null;
      escalationPolicy?: { id: number; name?: string } | null;
      priority: string;
      severity?: number | null;
      alertKey?: string | null;
      nextEscalation?: string | null;
      nextEscalationUser?: components["schemas"]["UserRel"] | null;
      nextEscalationRuleIndex?: number | null;
      escalationRules?: components["schemas"]["EscalationRule"][];
      images?: { src: string; href?: string | null; alt?: string | null }[];
      links?: { href: string; text?: string | null }[];
      responders?: {
        user: components["schemas"]["UserRel"];
        status: string;
        acceptedAt?: string | null;
      }[];
      labels?: Record<string, string>;
      customDetails?: Record<string, unknown> | null;
      eventCount?: number;
      lastEventAt?: string | null;
      isDrill?: boolean;
      runbookUrl?: string | null;
      acceptedAt?: string | null;
      acknowledgedBy?: components["schemas"]["UserRel"] | null;
      acknowledgedByType?: string | null;
      resolvedBy?: components["schemas"]["UserRel"] | null;
      resolvedByType?: string | null;
    };
    LogEntry: {
      id: number;
      timestamp: string;
      logEntryType: string;
      text: string;
      alertId?: number;
      filterTypes?: string[];
      vars?: Record<string, unknown>;
    };
    Comment: { id: number; content: string; creator?: string | null; created?: string };
    Delivery: {
      id: number;
      kind: string;
      method: string;
      target: string;
      state: string;
      user: components["schemas"]["UserRel"];
      plannedAt: string;
      scheduledFor: string;
      finishedAt?: string | null;
      attempts: {
        startedAt: string;
        finishedAt?: string | null;
        outcome?: string | null;
        provider?: string | null;
        response?: string | null;
      }[];
      error?: string | null;
      why?: Record<string, unknown> | null;
      alert?: { id: number; summary: string } | null;
    };
    Why: { at: string; text: string; kind: string; user?: components["schemas"]["UserRel"] | null };
    SuggestedResponder: { group: string; id: number; name: string; disabled?: boolean };
    AlertSource: {
      id: number;
      name: string;
      integrationType: string;
      integrationKey?: string | null;
      integrationUrl?: string | null;
      escalationPolicy: { id: number; name?: string };
      alertCreation?: string;
      alertGroupingWindow?: string | null;
      autoResolutionTimeout?: string | null;
      alertPriorityRule?: string;
      status?: string;
      active?: boolean;
      severity?: number | null;
      runbookUrl?: string | null;
      createdAt?: string;
      updatedAt?: string;
    };
    AlertSourceWrite: {
      name: string;
      integrationType: string;
      escalationPolicy: { id: number };
      alertCreation?: string;
      alertGroupingWindow?: string | null;
      autoResolutionTimeout?: string | null;
      alertPriorityRule?: string;
      active?: boolean;
      severity?: number | null;
      runbookUrl?: string | null;
    };
    SourceEvent: {
      id: number;
      receivedAt: string;
      eventType: string;
      alertKey?: string | null;
      disposition?: string | null;
      reason?: string | null;
      alertId?: number | null;
      payload?: Record<string, unknown>;
    };
    EscalationRule: {
      escalationTimeout: number;
      users?: components["schemas"]["UserRel"][];
      schedules?: { id: number; name?: string }[];
      teams?: { id: number; name?: string }[];
    };
    EscalationPolicy: {
      id: number;
      name: string;
      escalationRules: components["schemas"]["EscalationRule"][];
      repeating?: boolean;
      frequency?: number;
      delayMin?: number;
      routingKey?: string | null;
      teams?: { id: number; name?: string }[];
    };
    EscalationPolicyWrite: {
      name: string;
      escalationRules: { escalationTimeout: number; users: { id: number }[] }[];
      repeating?: boolean;
      frequency?: number;
      delayMin?: number;
      routingKey?: string | null;
    };
    SimulateRequest: {
      escalationRules: { escalationTimeout: number; users: { id: number }[] }[];
      repeating: boolean;
      frequency: number;
      delayMin: number;
      priority: string;
      at?: string;
    };
    SimulationStep: {
      at: string;
      afterSec: number;
      level: number;
      pass: number;
      users: components["schemas"]["UserRel"][];
      pages: { userId: number; method: string; target: string; at: string }[];
      note?: string | null;
    };
    Dashboard: {
      alerts: {
        pending: number;
        accepted: number;
        unattended: { id: number; summary: string; reportTime: string; priority: string }[];
      };
      monitors: components["schemas"]["MonitorCount"];
      onCall: { policy: { id: number; name: string }; users: components["schemas"]["UserRel"][] }[];
      engine: { alive: boolean; turnedAt?: string | null; lagSec?: number | null };
      mail: { configured: boolean };
    };
    Account: {
      id: number;
      name: string;
      stormThreshold: number;
      stormWindowSec: number;
      stormSharePercent: number;
      flapThreshold: number;
      flapWindowSec: number;
      flapHoldSec: number;
    };
    AccountWrite: Omit<components["schemas"]["Account"], "id">;
    ProvisioningKey: {
      id: number;
      name: string;
      prefix: string;
      key?: string;
      intervalSec: number;
      graceSec: number;
      tags?: string[];
      quota: number;
      createdCount?: number;
      createdAt?: string;
    };
  };
}

type S = components["schemas"];
type AlertFilter = {
  states?: string[];
  sources?: number[];
  policies?: number[];
  responders?: string[];
  from?: string;
  until?: string;
  query?: string;
};
type MonitorFilter = { query?: string; states?: string[]; tags?: string[]; sources?: number[] };
type MonitorInclude = { include?: string[] };

export interface paths {
  "/api/session": {
    get: Get<S["Session"]>;
    post: Write<{ email: string; password: string }, S["Session"]>;
    delete: Get<undefined>;
  };
  "/api/account": { get: Get<S["Account"]>; put: Write<S["AccountWrite"], S["Account"]> };
  "/api/dashboard": { get: Get<S["Dashboard"]> };
  "/api/api-keys": { get: Get<S["ApiKey"][]>; post: Write<{ name: string; expiresAt?: string }, S["ApiKey"]> };
  "/api/api-keys/{id}": { delete: Get<undefined, undefined, Id> };
  "/api/users": { get: Get<S["User"][], Paging>; post: Write<S["UserWrite"], S["User"]> };
  "/api/users/current": { get: Get<S["User"]>; put: Write<S["UserWrite"], S["User"]> };
  "/api/users/{id}": {
    get: Get<S["User"], undefined, Id>;
    put: Write<S["UserWrite"], S["User"], Id>;
    delete: Get<undefined, undefined, Id>;
  };
  "/api/users/{user-id}/contacts/emails": {
    get: Get<S["Contact"][], undefined, { "user-id": number }>;
    post: Write<{ target: string }, S["Contact"], { "user-id": number }>;
  };
  "/api/users/{user-id}/contacts/emails/{id}": { delete: Get<undefined, undefined, Id & { "user-id": number }> };
  "/api/users/{user-id}/notification-preferences/alerts": {
    get: Get<S["Preference"][], undefined, { "user-id": number }>;
    post: Write<S["PreferenceWrite"], S["Preference"], { "user-id": number }>;
  };
  "/api/users/{user-id}/notification-preferences/alerts/{id}": {
    delete: Get<undefined, undefined, Id & { "user-id": number }>;
  };
  "/api/heartbeat-monitors": {
    get: Get<
      S["Monitor"][],
      MonitorFilter & MonitorInclude & { order?: string; cursor?: string; "max-results"?: number }
    >;
    post: Write<S["MonitorWrite"], S["Monitor"], undefined, MonitorInclude>;
  };
  "/api/heartbeat-monitors/count": { get: Get<S["MonitorCount"], MonitorFilter> };
  "/api/heartbeat-monitors/tags": { get: Get<{ tag: string; count: number }[]> };
  "/api/heartbeat-monitors/bulk": { post: Write<S["BulkRequest"], { changed: number }> };
  "/api/heartbeat-monitors/schedule-preview": {
    post: Write<S["SchedulePreviewRequest"], S["SchedulePreview"]>;
  };
  "/api/heartbeat-monitors/{id}": {
    get: Get<S["Monitor"], MonitorInclude, Id>;
    put: Write<S["MonitorWrite"], S["Monitor"], Id, MonitorInclude>;
    delete: Get<undefined, undefined, Id>;
  };
  "/api/heartbeat-monitors/{id}/pings": { get: Get<S["Ping"][], undefined, Id> };
  "/api/heartbeat-monitors/{id}/transitions": {
    get: Get<S["Transition"][], { from?: string; until?: string }, Id>;
  };
  "/api/heartbeat-monitors/{id}/alerts": { get: Get<S["Alert"][], Paging, Id> };
  "/api/heartbeat-monitors/{id}/badges": { get: Get<Record<string, string>, undefined, Id> };
  "/api/heartbeat-monitors/{id}/pause": { put: Write<undefined, S["Monitor"], Id> };
  "/api/heartbeat-monitors/{id}/resume": { put: Write<undefined, S["Monitor"], Id> };
  "/api/heartbeat-monitors/{id}/mute": {
    put: Write<{ until: string; reason?: string }, S["Monitor"], Id>;
  };
  "/api/heartbeat-monitors/{id}/unmute": { put: Write<undefined, S["Monitor"], Id> };
  "/api/heartbeat-monitors/{id}/simulate-miss": { post: Write<undefined, { alertId: number | null }, Id> };
  "/api/alerts": { get: Get<S["Alert"][], AlertFilter & Paging & { include?: string[] }> };
  "/api/alerts/count": { get: Get<{ count: number }, AlertFilter> };
  "/api/alerts/{id}": { get: Get<S["Alert"], { include?: string[] }, Id> };
  "/api/alerts/{id}/accept": { put: Write<undefined, S["Alert"], Id> };
  "/api/alerts/{id}/resolve": { put: Write<undefined, S["Alert"], Id> };
  "/api/alerts/{id}/raise": { put: Write<undefined, S["Alert"], Id> };
  "/api/alerts/{id}/escalate": { put: Write<undefined, S["Alert"], Id, { level?: number }> };
  "/api/alerts/{id}/assign": { put: Write<undefined, S["Alert"], Id, { user?: string; policy?: string }> };
  "/api/alerts/{id}/responders": { post: Write<{ user: { id: number } }, unknown, Id> };
  "/api/alerts/{id}/responders/{user-id}": { delete: Get<undefined, undefined, Id & { "user-id": number }> };
  "/api/alerts/{id}/suggested-responders": { get: Get<S["SuggestedResponder"][], { lang?: string }, Id> };
  "/api/alerts/{id}/log-entries": {
    get: Get<S["LogEntry"][], Paging & { lang?: string; include?: string[]; "filter-types"?: string[] }, Id>;
  };
  "/api/alerts/{id}/comments": {
    get: Get<S["Comment"][], undefined, Id>;
    post: Write<{ content: string }, S["Comment"], Id>;
  };
  "/api/alerts/{id}/deliveries": { get: Get<S["Delivery"][], undefined, Id> };
  "/api/alerts/{id}/why": { get: Get<S["Why"][], { lang?: string }, Id> };
  "/api/deliveries": { get: Get<S["Delivery"][], Paging & { states?: string[] }> };
  "/api/alert-sources": {
    get: Get<S["AlertSource"][], Paging>;
    post: Write<S["AlertSourceWrite"], S["AlertSource"]>;
  };
  "/api/alert-sources/{id}": {
    get: Get<S["AlertSource"], undefined, Id>;
    put: Write<S["AlertSourceWrite"], S["AlertSource"], Id>;
    delete: Get<undefined, undefined, Id>;
  };
  "/api/alert-sources/{id}/events": {
    get: Get<S["SourceEvent"][], Paging & { from?: string; until?: string; query?: string }, Id>;
  };
  "/api/escalation-policies": {
    get: Get<S["EscalationPolicy"][], Paging>;
    post: Write<S["EscalationPolicyWrite"], S["EscalationPolicy"]>;
  };
  "/api/escalation-policies/simulate": { post: Write<S["SimulateRequest"], S["SimulationStep"][]> };
  "/api/escalation-policies/{id}": {
    get: Get<S["EscalationPolicy"], undefined, Id>;
    put: Write<S["EscalationPolicyWrite"], S["EscalationPolicy"], Id>;
    delete: Get<undefined, undefined, Id>;
  };
}
