"""Request and response shapes. Fields beyond the contract are optional; clients that do not know them lose nothing."""

from typing import Any

import msgspec

from tocsin.infra.web import Wire

Unset = msgspec.UnsetType
UNSET = msgspec.UNSET


class Ref(Wire):
    id: int


class MonitorIn(Wire):
    """A monitor as written. Of the contract's fields an absent `alertSummary` or `alertSource` is cleared on PUT,
    absent `teams` stay. Of the other fields an absent one stays as it is and null goes back to the default."""

    closed = {"scheduleKind": ("INTERVAL", "CRON", "ON_CALENDAR")}

    name: str
    interval_sec: int | Unset = UNSET
    alert_summary: str | None = None
    alert_source: Ref | None = None
    teams: list[Ref] | None = None
    schedule_kind: str | Unset | None = UNSET
    schedule_expression: str | Unset | None = UNSET
    timezone: str | Unset | None = UNSET
    grace_sec: int | Unset | None = UNSET
    max_run_time_sec: int | Unset | None = UNSET
    start_grace_sec: int | Unset | None = UNSET
    tags: list[str] | Unset | None = UNSET
    runbook_url: str | Unset | None = UNSET
    post_only: bool | Unset | None = UNSET
    flap_detection: bool | Unset | None = UNSET
    storm_grouping: bool | Unset | None = UNSET
    expect_first_ping_by: str | Unset | None = UNSET
    external_key: str | Unset | None = UNSET


class TeamOut(Wire):
    id: int
    name: str


class PolicyOut(Wire):
    id: int
    name: str


class SourceOut(Wire):
    id: int
    name: str
    integration_type: str
    escalation_policy: PolicyOut


class MonitorOut(Wire):
    """A monitor as read. `integrationKey`, `integrationUrl` and `alertSource` only when included."""

    closed = {"state": ("UNKNOWN", "HEALTHY", "OVERDUE"), "scheduleKind": ("INTERVAL", "CRON", "ON_CALENDAR")}

    id: int
    name: str
    state: str
    interval_sec: int
    alert_summary: str | None
    created_at: str
    updated_at: str
    teams: list[TeamOut]
    schedule_kind: str
    schedule_expression: str | None
    timezone: str
    grace_sec: int
    max_run_time_sec: int | None
    start_grace_sec: int | None
    tags: list[str]
    runbook_url: str | None
    post_only: bool
    flap_detection: bool
    storm_grouping: bool
    external_key: str | None
    paused_at: str | None
    muted_until: str | None
    mute_reason: str | None
    expect_first_ping_by: str | None
    last_ping: str | None
    last_ping_kind: str | None
    ping_count: int
    armed_at: str | None
    next_expected_at: str | None
    deadline: str | None
    overdue_since: str | None
    failed: bool
    flapping_since: str | None
    badge_key: str | None
    integration_key: str | Unset | None = UNSET
    integration_url: str | Unset | None = UNSET
    alert_source: SourceOut | Unset | None = UNSET


class CountOut(Wire):
    total: int
    unknown: int
    healthy: int
    overdue: int
    paused: int


class TagOut(Wire):
    tag: str
    count: int


class PingOut(Wire):
    number: int
    received_at: str
    kind: str
    exit_code: int | None
    rid: str | None
    run_time_ms: int | None
    method: str | None
    remote_addr: str | None
    user_agent: str | None
    body: str | None
    body_truncated: bool


class TransitionOut(Wire):
    """kind: ARMED, OVERDUE, FAILED, RUN_TOO_LONG, RECOVERED, PAUSED, RESUMED, MUTED, UNMUTED, FLAPPING,
    FLAPPING_ENDED, STORM, REKEYED, DRILL, or GAP (we could not receive pings; `details.until`)."""

    id: str
    at: str
    kind: str
    details: dict[str, Any]


class MonitorAlertOut(Wire):
    id: int
    summary: str
    status: str
    priority: str
    report_time: str
    accepted_at: str | None
    resolved_on: str | None
    is_drill: bool


class MuteIn(Wire):
    until: str
    reason: str | None = None


class BulkIn(Wire):
    ids: list[int]
    action: str
    tags: list[str] | None = None
    until: str | None = None
    reason: str | None = None
    alert_source_id: int | None = None


class BulkOut(Wire):
    changed: int


class DrillOut(Wire):
    """alertId is null when the alert source drops the event (it is paused, for instance); `reason` says why."""

    alert_id: int | None
    reason: str | None


class PreviewIn(Wire):
    schedule_kind: str = "INTERVAL"
    schedule_expression: str | None = None
    interval_sec: int = 300
    timezone: str = "UTC"
    grace_sec: int = 0


class ExpectedOut(Wire):
    local: str
    utc: str


class PreviewOut(Wire):
    description: str
    next: list[ExpectedOut]
    warnings: list[str]


class ProvisioningKeyIn(Wire):
    name: str
    interval_sec: int = 300
    grace_sec: int = 60
    tags: list[str] = msgspec.field(default_factory=list)
    quota: int = 100
    alert_source: Ref | None = None


class ProvisioningKeyOut(Wire):
    """`key` and `pingUrl` only in the answer that creates it."""

    id: int
    name: str
    prefix: str
    interval_sec: int
    grace_sec: int
    tags: list[str]
    quota: int
    created_count: int
    alert_source: Ref | None
    created_at: str
    key: str | Unset = UNSET
    ping_url: str | Unset = UNSET


class BadgeLinks(Wire):
    svg: str
    json: str
    shields: str


class TagBadgeOut(Wire):
    tag: str
    links: BadgeLinks


class BadgesOut(Wire):
    """Of the monitor, and of each of its tags."""

    monitor: BadgeLinks
    tags: list[TagBadgeOut]
