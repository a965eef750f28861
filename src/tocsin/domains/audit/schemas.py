from typing import Any

from tocsin.infra.web import Wire


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
