from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Response, delete, get, post, put
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.heartbeats import actions_api, badges_api, list_store, presenting, service, store, views
from tocsin.domains.heartbeats.models import HeartbeatMonitor
from tocsin.domains.heartbeats.presenting import KEY, SOURCE
from tocsin.domains.heartbeats.reading import (
    cursor_out,
    failing_cursor_in,
    fields_in,
    filters_in,
    includes_in,
    name_cursor_in,
)
from tocsin.domains.heartbeats.schemas import (
    CountOut,
    MonitorAlertOut,
    MonitorIn,
    MonitorOut,
    PingOut,
    TagOut,
    TransitionOut,
)
from tocsin.infra.web import Caller, Services, name_in_path, one_of
from tocsin.kernel.errors import ValidationError
from tocsin.kernel.wire import instant_in, instant_out

PATH = "/heartbeat-monitors"
TAGS = ["Heartbeat Monitors"]
MOST, USUAL = 200, 100
SINGLE = (KEY, SOURCE)
MOST_TRANSITIONS = 1000

Include = Annotated[
    list[str] | None,
    QueryParameter(name="include", description="integrationKey, integrationUrl, alertSource"),
]


async def shown(
    session: AsyncSession,
    monitor: HeartbeatMonitor,
    *,
    services: Services,
    caller: Caller,
    include: list[str] | None = None,
) -> MonitorOut:
    parts = includes_in(include, default=SINGLE)
    base_url = services.settings.base_url
    return (await presenting.present(session, [monitor], caller=caller, base_url=base_url, include=parts))[0]


@get(PATH, tags=TAGS, summary="List heartbeat monitors")
async def list_monitors(
    services: Services,
    caller: Caller,
    cursor: str | None = None,
    max_results: Annotated[int, QueryParameter(name="max-results")] = USUAL,
    include: Include = None,
    words: Annotated[str | None, QueryParameter(name="query", description="Part of the name.")] = None,
    states: list[str] | None = None,
    tags: list[str] | None = None,
    sources: list[int] | None = None,
    order: str = "name",
) -> Response[list[MonitorOut]]:
    """One page; the header `next-cursor` leads to the next one, and is absent on the last. `order`: `name`, or
    `failing` for trouble first. `query`: part of the name."""
    if not 1 <= max_results <= MOST:
        raise ValidationError(f"max-results: must be between 1 and {MOST}")
    one_of(order, ("name", "failing"), field="order")
    filters = filters_in(query=words, states=states, tags=tags, sources=sources)
    parts = includes_in(include, default=()) - {SOURCE}
    async with services.database.transaction() as session:
        if order == "name":
            after_name = name_cursor_in(cursor)
            found = await list_store.by_name(
                session, caller.account_id, filters=filters, after=after_name, limit=max_results + 1
            )
        else:
            after = failing_cursor_in(cursor)
            found = await list_store.failing_first(
                session, caller.account_id, filters=filters, after=after, limit=max_results + 1
            )
        page = found[:max_results]
        base_url = services.settings.base_url
        out = await presenting.present(session, page, caller=caller, base_url=base_url, include=parts)
    headers = {"next-cursor": cursor_out(order, page[-1])} if len(found) > max_results else {}
    return Response(out, headers=headers)


@post(PATH, tags=TAGS, summary="Create a heartbeat monitor")
async def create_monitor(
    services: Services, caller: Caller, data: MonitorIn, include: Include = None
) -> Response[MonitorOut]:
    """When a monitor with this name exists the answer is 409 with that monitor as its body, so that an install
    script may simply post and read the ping URL."""
    caller.must_be("USER", to="create heartbeat monitors")
    now = await services.now()
    async with services.database.transaction() as session:
        monitor, is_new = await service.create(
            session,
            account_id=caller.account_id,
            user_id=caller.user_id,
            fields=fields_in(data, current=None),
            now=now,
        )
        out = await shown(session, monitor, services=services, caller=caller, include=include)
    headers = {"Location": f"{services.settings.base_url}/api{PATH}/{monitor.id}"} if is_new else {}
    return Response(out, status_code=201 if is_new else 409, headers=headers)


@get(f"{PATH}/{{monitor_id:int}}", tags=TAGS, summary="Get a heartbeat monitor")
async def get_monitor(
    services: Services, caller: Caller, monitor_id: int, include: Include = None
) -> MonitorOut:
    """One monitor by its id."""
    async with services.database.transaction() as session:
        monitor = await service.monitor_of(session, caller.account_id, monitor_id)
        return await shown(session, monitor, services=services, caller=caller, include=include)


@get(f"{PATH}/name/{{name:path}}", tags=TAGS, summary="Get a heartbeat monitor by name")
async def get_monitor_by_name(
    services: Services, caller: Caller, name: str, include: Include = None
) -> MonitorOut:
    """One monitor by its exact name."""
    async with services.database.transaction() as session:
        monitor = await service.monitor_named(session, caller.account_id, name_in_path(name))
        return await shown(session, monitor, services=services, caller=caller, include=include)


@put(f"{PATH}/{{monitor_id:int}}", tags=TAGS, summary="Change a heartbeat monitor")
async def put_monitor(
    services: Services, caller: Caller, monitor_id: int, data: MonitorIn, include: Include = None
) -> MonitorOut:
    """A new `intervalSec` makes a new `integrationKey` and the monitor starts anew as UNKNOWN; a key in the body
    is ignored. A paused monitor stays paused."""
    caller.must_be("USER", to="change heartbeat monitors")
    now = await services.now()
    async with services.database.transaction() as session:
        monitor = await service.monitor_of(session, caller.account_id, monitor_id, lock=True)
        fields = fields_in(data, current=monitor)
        await service.update(session, monitor, user_id=caller.user_id, fields=fields, now=now)
        return await shown(session, monitor, services=services, caller=caller, include=include)


@put(f"{PATH}/external/{{key:str}}", tags=TAGS, summary="Create or change a monitor by your own key")
async def put_external(
    services: Services, caller: Caller, key: str, data: MonitorIn, include: Include = None
) -> Response[MonitorOut]:
    """Idempotent: 201 when it is new, 200 when it exists."""
    caller.must_be("USER", to="change heartbeat monitors")
    now = await services.now()
    async with services.database.transaction() as session:
        current = await store.monitor_by_external_key(session, key, account_id=caller.account_id, lock=True)
        monitor, is_new = await service.put_external(
            session,
            key,
            account_id=caller.account_id,
            user_id=caller.user_id,
            fields=fields_in(data, current=current),
            now=now,
        )
        out = await shown(session, monitor, services=services, caller=caller, include=include)
    return Response(out, status_code=201 if is_new else 200)


@delete(f"{PATH}/{{monitor_id:int}}", tags=TAGS, summary="Delete a heartbeat monitor")
async def delete_monitor(services: Services, caller: Caller, monitor_id: int) -> None:
    """Its key stops working; an open alert stays open."""
    caller.must_be("USER", to="delete heartbeat monitors")
    now = await services.now()
    async with services.database.transaction() as session:
        monitor = await service.monitor_of(session, caller.account_id, monitor_id, lock=True)
        await service.delete_monitor(session, monitor, user_id=caller.user_id, now=now)


@get(f"{PATH}/count", tags=TAGS, summary="Count monitors by state")
async def count_monitors(services: Services, caller: Caller) -> CountOut:
    """Paused monitors are counted as paused only."""
    async with services.database.transaction() as session:
        found = await service.counts(session, caller.account_id)
    return CountOut(
        total=sum(found.values()),
        unknown=found["UNKNOWN"],
        healthy=found["HEALTHY"],
        overdue=found["OVERDUE"],
        paused=found["PAUSED"],
    )


@get(f"{PATH}/tags", tags=TAGS, summary="List tags in use")
async def list_tags(services: Services, caller: Caller) -> list[TagOut]:
    """Each with the number of monitors that have it."""
    async with services.database.transaction() as session:
        found = await list_store.tags(session, caller.account_id)
    return [TagOut(tag=tag, count=count) for tag, count in found]


@get(f"{PATH}/{{monitor_id:int}}/pings", tags=TAGS, summary="List the last pings")
async def list_pings(services: Services, caller: Caller, monitor_id: int) -> list[PingOut]:
    """The last 100 signals, newest first; IGNORED ones came from crawlers and link previewers."""
    async with services.database.transaction() as session:
        monitor = await service.monitor_of(session, caller.account_id, monitor_id)
        return [presenting.ping_out(ping) for ping in await store.pings_of(session, monitor.id)]


@get(f"{PATH}/{{monitor_id:int}}/transitions", tags=TAGS, summary="List what happened to the monitor")
async def list_transitions(
    services: Services,
    caller: Caller,
    monitor_id: int,
    since: Annotated[str | None, QueryParameter(name="from")] = None,
    until: str | None = None,
) -> list[TransitionOut]:
    """Newest first, from inclusive, until exclusive; without them the last 30 days."""
    now = await services.now()
    end = instant_in(until, field="until") if until else now + timedelta(seconds=1)
    begin = instant_in(since, field="from") if since else end - timedelta(days=30)
    async with services.database.transaction() as session:
        monitor = await service.monitor_of(session, caller.account_id, monitor_id)
        begin = max(begin, monitor.created_at)
        rows = await store.transitions_of(session, monitor.id, since=begin, until=end, most=MOST_TRANSITIONS)
        gaps = await store.gaps_between(session, since=begin, until=end)
        return presenting.timeline_out(rows, gaps)


@get(f"{PATH}/{{monitor_id:int}}/alerts", tags=TAGS, summary="List alerts of the monitor")
async def list_alerts(services: Services, caller: Caller, monitor_id: int) -> list[MonitorAlertOut]:
    """The last 100 alerts that this monitor opened, newest first."""
    async with services.database.transaction() as session:
        monitor = await service.monitor_of(session, caller.account_id, monitor_id)
        found = await views.alerts_of_monitor(
            session,
            monitor.id,
            account_id=caller.account_id,
            source_ids=[id_ for id_ in (monitor.alert_source_id, monitor.reported_source_id) if id_],
        )
    return [
        MonitorAlertOut(
            id=alert.id,
            summary=alert.summary,
            status=alert.status,
            priority=alert.priority,
            report_time=_instant(alert.report_time),
            accepted_at=instant_out(alert.accepted_at),
            resolved_on=instant_out(alert.resolved_on),
            is_drill=alert.is_drill,
        )
        for alert in found
    ]


def _instant(at: datetime) -> str:
    return instant_out(at) or ""


def routes() -> list[Any]:
    """Under /api."""
    return [
        list_monitors,
        create_monitor,
        get_monitor,
        get_monitor_by_name,
        put_monitor,
        put_external,
        delete_monitor,
        count_monitors,
        list_tags,
        list_pings,
        list_transitions,
        list_alerts,
        *actions_api.routes(),
        *badges_api.routes(),
    ]
