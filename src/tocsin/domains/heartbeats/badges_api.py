from typing import Any

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.heartbeats import service, store
from tocsin.domains.heartbeats.rules import badge
from tocsin.domains.heartbeats.schemas import BadgeLinks, BadgesOut, TagBadgeOut
from tocsin.infra.web import Caller, Services
from tocsin.kernel.errors import NotFound
from tocsin.kernel.ids import random_base36

TAGS = ["Heartbeat Monitors"]
_KINDS = {"svg": "image/svg+xml", "json": "application/json", "shields": "application/json"}
_HEADERS = {"cache-control": "no-cache, max-age=0", "access-control-allow-origin": "*"}


def _links(base_url: str, key: str) -> BadgeLinks:
    svg, json, shields = (f"{base_url}/badges/{key}.{kind}" for kind in _KINDS)
    return BadgeLinks(svg=svg, json=json, shields=shields)


@get("/heartbeat-monitors/{monitor_id:int}/badges", tags=TAGS, summary="Links to status badges")
async def badges_of_monitor(services: Services, caller: Caller, monitor_id: int) -> BadgesOut:
    """Of the monitor and of each of its tags; whoever has a link can see the badge."""
    caller.must_be("USER", to="see badge links")
    base_url = services.settings.base_url
    async with services.database.transaction() as session:
        monitor = await service.monitor_of(session, caller.account_id, monitor_id)
        tags = [
            TagBadgeOut(tag=tag, links=_links(base_url, await _tag_key(session, caller, tag)))
            for tag in monitor.tags
        ]
        return BadgesOut(monitor=_links(base_url, monitor.badge_key), tags=tags)


async def _tag_key(session: AsyncSession, caller: Caller, tag: str) -> str:
    """The tag's badge key, made when it is first asked for."""
    found = await store.tag_badge(session, account_id=caller.account_id, tag=tag)
    if found is None:
        await store.add_tag_badge(session, account_id=caller.account_id, tag=tag, badge_key=random_base36(24))
        found = await store.tag_badge(session, account_id=caller.account_id, tag=tag)
    assert found is not None
    return found.badge_key


@get("/badges/{file:str}", opt={"public": True}, tags=TAGS, summary="A status badge", include_in_schema=False)
async def show_badge(services: Services, file: str) -> Response[Any]:
    """`{key}.svg`, `{key}.json` or `{key}.shields`; public, the key is unguessable."""
    key, _, kind = file.rpartition(".")
    if kind not in _KINDS or not key.isascii() or not key.isalnum():
        raise NotFound("There is no such badge")
    async with services.database.transaction() as session:
        label, word = await _status(session, key)
    content: Any
    match kind:
        case "svg":
            content = badge.svg(label, word).encode()
        case "shields":
            content = badge.shields(label, word)
        case _:
            content = {"name": label, "status": word}
    return Response(content, media_type=_KINDS[kind], headers=_HEADERS)


async def _status(session: AsyncSession, key: str) -> tuple[str, str]:
    monitor = await store.monitor_by_badge(session, key)
    if monitor is not None:
        return monitor.name, badge.monitor_word(monitor.state, is_paused=monitor.paused_at is not None)
    tag = await store.tag_badge_by_key(session, key)
    if tag is None:
        raise NotFound("There is no such badge")
    return tag.tag, badge.tag_word(await store.states_of_tag(session, account_id=tag.account_id, tag=tag.tag))


def routes() -> list[Any]:
    """Under /api."""
    return [badges_of_monitor]


def page_routes() -> list[Any]:
    """At the root: public badges."""
    return [show_badge]
