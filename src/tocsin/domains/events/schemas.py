"""The event as tools send it (alerting reference §4.2)."""

from typing import Any

import msgspec

from tocsin.domains.events.rules import EVENT_TYPES, PRIORITIES
from tocsin.infra.web import Wire


class EventImage(Wire, omit_defaults=True):
    src: str
    href: str | None = None
    alt: str | None = None


class EventLink(Wire, omit_defaults=True):
    href: str
    text: str | None = None


class EventComment(Wire, omit_defaults=True):
    content: str
    creator: str | None = None


class EventServiceRef(Wire, omit_defaults=True):
    alias: str | None = None
    id: int | None = None


class EventLog(Wire, omit_defaults=True):
    timestamp: Any = None
    level: str | None = None
    body: str | None = None
    labels: dict[str, Any] | None = None


class EventIn(Wire, omit_defaults=True):
    """An event. Null is the same as absent; unknown fields are ignored. `integrationKey` has the alias `apiKey`,
    `alertKey` the alias `incidentKey`."""

    closed = {"eventType": EVENT_TYPES, "priority": PRIORITIES}

    integration_key: str | None = None
    api_key: str | None = None
    event_type: str | None = None
    summary: str | None = None
    details: str | None = None
    alert_key: str | None = None
    incident_key: str | None = None
    priority: str | None = None
    severity: int | None = None
    images: list[EventImage] | None = None
    links: list[EventLink] | None = None
    comments: list[EventComment] | None = None
    labels: dict[str, str] | None = None
    services: list[EventServiceRef] | None = None
    logs: list[EventLog] | None = None
    custom_details: dict[str, Any] | None = None
    routing_key: str | None = None
    runbook_url: str | None = None


class EventOut(Wire):
    """A row of the event explorer: what came, and what became of it and why."""

    id: int
    received_at: str
    correlation_id: str
    event_type: str
    alert_key: str | None
    disposition: str | None
    reason: str | None
    alert_id: int | None
    payload: dict[str, Any]


class EventAnswer(msgspec.Struct):
    """202: the empty object."""


class LegacyAnswer(Wire):
    incident_key: str | None
    alert_key: str | None
    incident_url: str | None
    alert_url: str | None
    response_code: str
