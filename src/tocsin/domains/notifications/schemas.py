"""Notifications on the wire: the contract's shape, and the fuller delivery list."""

from typing import Any

from tocsin.infra.web import Wire


class NotifiedUser(Wire):
    """The contract writes the names of this one object in lower case."""

    id: int
    firstname: str
    lastname: str


class NotificationOut(Wire):
    """status: SCHEDULED, SUCCESS or ERROR. target: shown in full to the user himself and to administrators."""

    closed = {
        "method": ("PUSH", "VOICE", "SMS", "EMAIL", "WHATSAPP"),
        "status": ("SCHEDULED", "SUCCESS", "ERROR"),
    }

    id: int
    method: str
    target: str
    subject: str | None
    alert_id: int
    user: NotifiedUser
    notification_time: str
    status: str
    error_message: str | None


class DeliveryUser(Wire):
    id: int
    first_name: str
    last_name: str


class DeliveryAlert(Wire):
    id: int
    summary: str


class AttemptOut(Wire):
    """One try. outcome: SENT, RETRY, FAILED, INTERRUPTED; null while it is under way. response: the provider's."""

    started_at: str
    finished_at: str | None
    outcome: str | None
    provider: str
    response: str | None


class TestPlanned(Wire):
    notification_id: int


class DeliveryOut(Wire):
    """A planned message and its whole story. why: the decision at planning time."""

    id: int
    kind: str
    method: str
    target: str
    state: str
    user: DeliveryUser
    planned_at: str
    scheduled_for: str
    finished_at: str | None
    attempts: list[AttemptOut]
    error: str | None
    why: dict[str, Any]
    alert: DeliveryAlert | None
