"""Alerts on the wire (alerting reference §2)."""

from typing import Any

import msgspec

from tocsin.domains.alerts.rules import PRIORITIES, STATES
from tocsin.domains.timeline.entry_types import LOG_ENTRY_TYPES
from tocsin.domains.timeline.texts import FILTER_TYPES
from tocsin.infra.web import Wire
from tocsin.kernel.integration_types import INTEGRATION_TYPES

UNSET = msgspec.UNSET
Unset = msgspec.UnsetType


class UserRef(Wire):
    id: int
    first_name: str
    last_name: str


class TeamRef(Wire):
    id: int
    name: str | None


class SourceRef(Wire):
    closed = {"integrationType": INTEGRATION_TYPES}

    id: int
    name: str
    integration_type: str
    icon_url: str
    teams: list[TeamRef]


class PolicyRef(Wire):
    id: int
    name: str


class ResponderOut(Wire):
    closed = {"status": ("PENDING", "ACCEPTED")}

    user: UserRef
    status: str
    accepted_at: str | None


class ImageOut(Wire, omit_defaults=True):
    src: str
    href: str | None = None
    alt: str | None = None


class LinkOut(Wire, omit_defaults=True):
    href: str
    text: str | None = None


class AlertOut(Wire):
    """`escalationRules`, `nextEscalationUser` and `customDetails` only with `include`. Beyond the contract:
    eventCount, lastEventAt, isDrill, runbookUrl, services, acceptedAt, acknowledgedBy…, resolvedBy…"""

    closed = {
        "status": STATES,
        "priority": PRIORITIES,
        "mergeState": ("NONE", "MAIN", "MERGED"),
    }

    id: int
    summary: str
    details: str | None
    report_time: str
    resolved_on: str | None
    status: str
    alert_source: SourceRef | None
    escalation_policy: PolicyRef | None
    priority: str
    severity: int | None
    alert_key: str | None
    assigned_to: UserRef | None
    next_escalation: str | None
    next_escalation_rule_index: int | None
    images: list[ImageOut]
    links: list[LinkOut]
    responders: list[ResponderOut]
    labels: dict[str, str]
    linked_incident_id: int | None
    merged_into_id: int | None
    merge_state: str
    services: list[dict[str, Any]]
    event_count: int
    last_event_at: str
    is_drill: bool
    runbook_url: str | None
    accepted_at: str | None
    acknowledged_by: UserRef | None
    acknowledged_by_type: str | None
    resolved_by: UserRef | None
    resolved_by_type: str | None
    escalation_ended_reason: str | None
    escalation_rules: list[dict[str, Any]] | Unset = UNSET
    next_escalation_user: UserRef | Unset | None = UNSET
    custom_details: dict[str, Any] | Unset | None = UNSET


class Ref(Wire):
    id: int


class ResponderIn(Wire):
    user: Ref


class ImageIn(Wire):
    src: str
    href: str | None = None
    alt: str | None = None


class LinkIn(Wire):
    href: str
    text: str | None = None


class ManualAlert(Wire):
    """target precedence: responders, then policy, then the source's policy."""

    closed = {"priority": PRIORITIES}

    summary: str
    alert_source: Ref
    details: str | None = None
    escalation_policy: Ref | None = None
    priority: str | None = None
    severity: int | None = None
    images: list[ImageIn] | None = None
    links: list[LinkIn] | None = None
    labels: dict[str, str] | None = None
    responders: list[ResponderIn] | None = None
    assigned_to: Ref | None = None


class NewResponder(Wire):
    """`{user:{id}}`, or a suggested responder `{group, id}`."""

    user: Ref | None = None
    id: int | None = None
    group: str | None = None


class SuggestedResponder(Wire):
    closed = {"group": ("SUGGESTED", "USER", "ESCALATION_POLICY", "ON_CALL_SCHEDULE")}

    group: str
    id: int
    name: str
    disabled: bool


class LogEntryOut(Wire):
    closed = {"logEntryType": LOG_ENTRY_TYPES, "filterTypes": FILTER_TYPES}

    id: int
    timestamp: str
    log_entry_type: str
    text: str
    alert_id: int
    filter_types: list[str]
    vars: dict[str, Any] | Unset = UNSET


class CommentIn(Wire):
    content: str


class CommentOut(Wire):
    id: int
    content: str
    creator: str
    user_id: int | None
    created: str


class Count(Wire):
    count: int


class WhyOut(Wire):
    """One stored decision: what was decided when, as a sentence, and what it was made from."""

    at: str
    kind: str
    text: str
    user: UserRef | None
    vars: dict[str, Any]
