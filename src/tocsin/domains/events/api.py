from typing import Annotated, Any

from litestar import get, post
from litestar.params import QueryParameter

from tocsin.domains.alert_sources import service as alert_sources
from tocsin.domains.events import store
from tocsin.domains.events.schemas import EventAnswer, EventIn, EventOut
from tocsin.infra.web import Caller, Services, page
from tocsin.kernel.wire import instant_in, instant_out

MOST_EVENTS = 100


@post(
    "/events",
    status_code=202,
    opt={"public": True},
    security=[{}],
    tags=["Events"],
    summary="Send an event",
    description="ALERT opens an alert or is attached to the open one with the same key; ACCEPT, RESOLVE and COMMENT "
    "act on it. Needs no authorisation: the integration key says where the event goes. 202 means it is stored; what "
    "became of it is in the event explorer of the alert source.",
)
async def send_event(data: EventIn) -> EventAnswer:
    """Described here for the API document; answered by the gate in front of the framework."""
    raise AssertionError(f"the gate answers /api/events, got {data.event_type}")


@get(
    "/alert-sources/{source_id:int}/events",
    tags=["Events"],
    summary="The source's events and what became of each",
    description="Newest first. disposition: CREATED, ATTACHED, ACCEPTED, RESOLVED, COMMENTED, or why the event was "
    "dropped (PAUSED, NO_MATCH, NO_KEY, INVALID); null while it waits.",
)
async def list_events(
    services: Services,
    caller: Caller,
    source_id: int,
    start_index: Annotated[int, QueryParameter(name="start-index")] = 0,
    max_results: Annotated[int, QueryParameter(name="max-results")] = 50,
    since: Annotated[str | None, QueryParameter(name="from")] = None,
    until: str | None = None,
    words: Annotated[str | None, QueryParameter(name="query")] = None,
) -> list[EventOut]:
    caller.must_be("VIEWER", to="see events")
    start, limit = page(start_index, max_results, cap=MOST_EVENTS)
    async with services.database.transaction() as session:
        await alert_sources.source_of(session, caller.account_id, source_id)
        rows = await store.of_source(
            session,
            account_id=caller.account_id,
            source_id=source_id,
            since=instant_in(since, field="from") if since else None,
            until=instant_in(until, field="until") if until else None,
            words=words,
            start=start,
            limit=limit,
        )
    return [
        EventOut(
            id=row.id,
            received_at=instant_out(row.received_at) or "",
            correlation_id=str(row.correlation_id),
            event_type=row.event_type,
            alert_key=row.alert_key,
            disposition=row.disposition,
            reason=row.reason,
            alert_id=row.alert_id,
            payload=row.payload,
        )
        for row in rows
    ]


def routes() -> list[Any]:
    return [send_event, list_events]
