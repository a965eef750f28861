from typing import Any

import msgspec

from tocsin.domains.alert_sources.rules import ALERT_CREATION, PRIORITY_RULES, SETUP_STATUS
from tocsin.infra.web import Wire
from tocsin.kernel.integration_types import INTEGRATION_TYPES

Unset = msgspec.UnsetType
UNSET = msgspec.UNSET


class Ref(Wire):
    id: int


class LegacyHeartbeatIn(Wire):
    """Of a source of type HEARTBEAT (§7.4)."""

    summary: str | None = None
    interval_sec: int = 900
    status: str | None = None


class SourceIn(Wire):
    """A source as written. Absent `teams` and `active` stay as they are on PUT; other absent fields go back to
    their defaults. The legacy names (`incidentCreation`, `incidentPriorityRule`) are read as well."""

    closed = {
        "integrationType": INTEGRATION_TYPES,
        "alertCreation": ALERT_CREATION,
        "alertPriorityRule": PRIORITY_RULES,
        "setupStatus": SETUP_STATUS,
    }

    name: str
    escalation_policy: Ref
    integration_type: str
    integration_key: str | None = None
    active: bool | None = None
    alert_creation: str | None = None
    incident_creation: str | None = None
    alert_grouping_window: str | None = None
    auto_resolution_timeout: str | None = None
    alert_priority_rule: str | None = None
    incident_priority_rule: str | None = None
    severity: int | None = None
    runbook_url: str | None = None
    teams: list[Ref] | Unset | None = UNSET
    heartbeat: LegacyHeartbeatIn | None = None
    summary_template: dict[str, Any] | None = None
    details_template: dict[str, Any] | None = None
    routing_template: dict[str, Any] | None = None
    alert_key_template: dict[str, Any] | None = None
    priority_template: dict[str, Any] | None = None
    severity_template: dict[str, Any] | None = None
    link_templates: list[dict[str, Any]] | None = None
    services_template: list[dict[str, Any]] | None = None
    event_filter: str | None = None
    event_type_filter_create: str | None = None
    event_type_filter_accept: str | None = None
    event_type_filter_resolve: str | None = None
    auto_raise_alerts: bool | None = None
    score_threshold: float | None = None
    services: list[dict[str, Any]] | None = None
    setup_status: str | None = None
    auto_create_services: bool | None = None
    support_hours: dict[str, Any] | None = None
    email_filtered: bool | None = None
    email_resolve_filtered: bool | None = None
    email_predicates: list[dict[str, Any]] | None = None
    email_resolve_predicates: list[dict[str, Any]] | None = None
    resolve_key_extractor: dict[str, Any] | None = None
    filter_operator: str | None = None
    resolve_filter_operator: str | None = None
    autotask_metadata: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


class NamedRef(Wire):
    id: int
    name: str | None


class SourceOut(Wire, omit_defaults=True):
    """Templates and filters only with `include`, lists never carry them. `integrationKey` and `integrationUrl` are
    null for callers who may not edit the source."""

    closed = {
        "integrationType": INTEGRATION_TYPES,
        "alertCreation": ALERT_CREATION,
        "alertPriorityRule": PRIORITY_RULES,
        "setupStatus": SETUP_STATUS,
        "status": ("PENDING", "ALL_ACCEPTED", "ALL_RESOLVED", "IN_MAINTENANCE", "DISABLED"),
    }

    id: int
    name: str
    teams: list[NamedRef]
    integration_type: str
    integration_key: str | None
    integration_url: str | None
    icon_url: str
    light_icon_url: str
    dark_icon_url: str
    escalation_policy: dict[str, Any]
    active: bool
    status: str
    alert_creation: str
    alert_grouping_window: str | None
    auto_resolution_timeout: str | None
    alert_priority_rule: str
    severity: int | None
    runbook_url: str | None
    bidirectional: bool
    created_at: str
    updated_at: str
    rate_limited_until: str | None
    heartbeat: dict[str, Any] | Unset = UNSET
    summary_template: dict[str, Any] | Unset = UNSET
    details_template: dict[str, Any] | Unset = UNSET
    routing_template: dict[str, Any] | Unset = UNSET
    alert_key_template: dict[str, Any] | Unset = UNSET
    priority_template: dict[str, Any] | Unset = UNSET
    severity_template: dict[str, Any] | Unset = UNSET
    link_templates: list[dict[str, Any]] | Unset = UNSET
    services_template: list[dict[str, Any]] | Unset = UNSET
    event_filter: str | Unset = UNSET
    event_type_filter_create: str | Unset = UNSET
    event_type_filter_accept: str | Unset = UNSET
    event_type_filter_resolve: str | Unset = UNSET
    auto_raise_alerts: bool | Unset = UNSET
    score_threshold: float | Unset = UNSET
    services: list[dict[str, Any]] | Unset = UNSET
    setup_status: str | Unset = UNSET
    auto_create_services: bool | Unset = UNSET
    support_hours: dict[str, Any] | Unset = UNSET
    email_filtered: bool | Unset = UNSET
    email_resolve_filtered: bool | Unset = UNSET
    email_predicates: list[dict[str, Any]] | Unset = UNSET
    email_resolve_predicates: list[dict[str, Any]] | Unset = UNSET
    resolve_key_extractor: dict[str, Any] | Unset = UNSET
    filter_operator: str | Unset = UNSET
    resolve_filter_operator: str | Unset = UNSET
    autotask_metadata: dict[str, Any] | Unset = UNSET
    metadata: dict[str, Any] | Unset = UNSET
