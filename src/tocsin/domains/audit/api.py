from typing import Annotated, Any

from litestar import get
from litestar.params import QueryParameter

from tocsin.domains.audit import views
from tocsin.domains.audit.models import AuditEntry
from tocsin.domains.audit.schemas import ActorOut, AuditEntryOut
from tocsin.infra.web import Caller, Services, clean_text, page
from tocsin.kernel.wire import instant_out

_CAP = 100


@get("/audit-entries", tags=["Audit"], summary="List what people changed")
async def list_entries(
    services: Services,
    caller: Caller,
    start_index: Annotated[int, QueryParameter(name="start-index")] = 0,
    max_results: Annotated[int, QueryParameter(name="max-results", description=f"Up to {_CAP}.")] = 50,
    object_type: Annotated[
        str | None, QueryParameter(name="object-type", description="Such as USER, TEAM or API_KEY.")
    ] = None,
) -> list[AuditEntryOut]:
    """Newest first. Needs the role ADMIN."""
    caller.must_be("ADMIN", to="read the audit trail")
    offset, limit = page(start_index, max_results, cap=_CAP)
    kind = clean_text(object_type, field="object-type", longest=100)
    async with services.database.transaction() as session:
        rows = await views.list_entries(
            session, account_id=caller.account_id, object_type=kind, offset=offset, limit=limit
        )
    return [_entry_out(entry, actor) for entry, actor in rows]


def _entry_out(entry: AuditEntry, actor: views.Actor | None) -> AuditEntryOut:
    shown = ActorOut(id=actor.id, first_name=actor.first_name, last_name=actor.last_name) if actor else None
    return AuditEntryOut(
        id=entry.id,
        at=instant_out(entry.at),
        actor=shown,
        actor_user_id=entry.actor_user_id,
        action=entry.action,
        object_type=entry.object_type,
        object_id=entry.object_id,
        details=entry.details,
    )


def routes() -> list[Any]:
    return [list_entries]
