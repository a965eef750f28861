from typing import Any, Protocol

from tocsin.domains.audit.models import AuditEntry
from tocsin.infra.web import Wire
from tocsin.kernel.wire import instant_out


class Person(Protocol):
    """A user, as far as the audit trail shows him."""

    id: Any
    first_name: Any
    last_name: Any


class ActorOut(Wire):
    id: int
    first_name: str
    last_name: str


class AuditEntryOut(Wire):
    """actor: null when the product itself or the command line acted, or when the user was deleted since."""

    id: int
    at: str | None
    actor: ActorOut | None
    actor_user_id: int | None
    action: str
    object_type: str
    object_id: int | None
    details: dict[str, Any]


def entry_out(entry: AuditEntry, user: Person | None) -> AuditEntryOut:
    actor = ActorOut(id=user.id, first_name=user.first_name, last_name=user.last_name) if user else None
    return AuditEntryOut(
        id=entry.id,
        at=instant_out(entry.at),
        actor=actor,
        actor_user_id=entry.actor_user_id,
        action=entry.action,
        object_type=entry.object_type,
        object_id=entry.object_id,
        details=entry.details,
    )
