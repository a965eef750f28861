from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post, put
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources import rules, service, store, views
from tocsin.domains.alert_sources.models import AlertSource
from tocsin.domains.alert_sources.schemas import SourceIn, SourceOut
from tocsin.domains.alert_sources.service import SourceFields
from tocsin.infra.web import Caller, Services, clean_text, name_in_path, one_of, page
from tocsin.kernel.errors import NotFound, ValidationError

MOST = 50
TAGS = ["Alert Sources"]

Include = Annotated[
    list[str] | None, QueryParameter(name="include", description="Optional parts of the answer.")
]


def fields_of(data: SourceIn, *, current: AlertSource | None) -> SourceFields:
    """Checked fields of a source as written; raises ValidationError naming the field."""
    clean_text(data.name, field="name", longest=255, shortest=1)
    clean_text(data.integration_type, field="integrationType", longest=100, shortest=1)
    creation = data.alert_creation or data.incident_creation or "ONE_ALERT_PER_EMAIL"
    creation = rules.LEGACY_ALERT_CREATION.get(creation, creation)
    priority_rule = data.alert_priority_rule or data.incident_priority_rule or "HIGH"
    if data.setup_status is not None:
        one_of(data.setup_status, rules.SETUP_STATUS, field="setupStatus")
    if data.heartbeat is not None and data.heartbeat.interval_sec not in rules.LEGACY_HEARTBEAT_INTERVALS:
        raise ValidationError(
            f"heartbeat.intervalSec: use one of {', '.join(map(str, rules.LEGACY_HEARTBEAT_INTERVALS))}"
        )
    check_link_templates(data.link_templates or [])
    return SourceFields(
        name=data.name,
        integration_type=data.integration_type,
        escalation_policy_id=data.escalation_policy.id,
        active=data.active if data.active is not None else (current.active if current else True),
        alert_creation=one_of(creation, rules.ALERT_CREATION, field="alertCreation"),
        alert_grouping_window=data.alert_grouping_window or None,
        auto_resolution_timeout=data.auto_resolution_timeout or None,
        alert_priority_rule=one_of(priority_rule, rules.PRIORITY_RULES, field="alertPriorityRule"),
        severity=data.severity,
        runbook_url=clean_text(data.runbook_url, field="runbookUrl", longest=2000),
        team_ids=tuple(ref.id for ref in data.teams) if isinstance(data.teams, list) else None,
        integration_key=clean_text(data.integration_key, field="integrationKey", longest=320),
        extra=_extra(data),
    )


def check_link_templates(templates: Sequence[dict[str, Any]]) -> None:
    """At most 10, each with a text or a text template (alerting reference §6.1)."""
    if len(templates) > 10:
        raise ValidationError(f"linkTemplates: has {len(templates)} entries, at most 10 are allowed")
    for index, template in enumerate(templates):
        if not template.get("text") and not template.get("linkTextTemplate"):
            raise ValidationError(f"linkTemplates[{index}]: needs text or linkTextTemplate")


def _extra(data: SourceIn) -> dict[str, Any]:
    sent: dict[str, Any] = msgspec.to_builtins(data)
    return {
        name: sent[name]
        for name in (*rules.ROUND_TRIP, *rules.ROUND_TRIP_ALWAYS)
        if sent.get(name) is not None
    }


async def _one(
    session: AsyncSession, services: Services, caller: Caller, source: AlertSource, include: Sequence[str]
) -> SourceOut:
    shown = await views.present(
        session,
        [source],
        base_url=services.settings.base_url,
        include=include,
        with_keys=caller.at_least("USER"),
    )
    return shown[0]


async def _legacy_heartbeat(
    session: AsyncSession, services: Services, source: AlertSource, data: SourceIn, *, now: datetime
) -> None:
    if source.integration_type == "HEARTBEAT":
        for follower in services.on_legacy_heartbeat:
            await follower(session, source, data.heartbeat, now)


@get("/alert-sources", tags=TAGS, summary="List alert sources")
async def list_sources(
    services: Services,
    caller: Caller,
    start_index: Annotated[int, QueryParameter(name="start-index")] = 0,
    max_results: Annotated[int, QueryParameter(name="max-results", description="At most 50.")] = 50,
) -> list[SourceOut]:
    caller.must_be("VIEWER", to="see alert sources")
    start, limit = page(start_index, max_results, cap=MOST)
    async with services.database.transaction() as session:
        rows = await store.sources(session, account_id=caller.account_id, start=start, limit=limit)
        return await views.present(
            session, rows, base_url=services.settings.base_url, with_keys=caller.at_least("USER")
        )


@post("/alert-sources", tags=TAGS, summary="Create an alert source")
async def create_source(
    services: Services, caller: Caller, data: SourceIn, include: Include = None
) -> Response[SourceOut]:
    caller.must_be("USER", to="create alert sources")
    now = await services.now()
    async with services.database.transaction() as session:
        source = await service.create_source(
            session, account_id=caller.account_id, fields=fields_of(data, current=None), now=now
        )
        await _legacy_heartbeat(session, services, source, data, now=now)
        shown = await _one(session, services, caller, source, include or ())
    return Response(shown, status_code=201, headers={"Location": f"/api/alert-sources/{shown.id}"})


@get("/alert-sources/{source:str}", tags=TAGS, summary="Get an alert source by its id or integration key")
async def get_source(services: Services, caller: Caller, source: str, include: Include = None) -> SourceOut:
    caller.must_be("VIEWER", to="see alert sources")
    async with services.database.transaction() as session:
        found = await service.source_by_id_or_key(session, account_id=caller.account_id, text=source)
        return await _one(session, services, caller, found, include or ())


@get("/alert-sources/name/{name:path}", tags=TAGS, summary="Get an alert source by its name")
async def get_source_by_name(
    services: Services, caller: Caller, name: str, include: Include = None
) -> SourceOut:
    caller.must_be("VIEWER", to="see alert sources")
    async with services.database.transaction() as session:
        found = await store.source_by_name(session, account_id=caller.account_id, name=name_in_path(name))
        if found is None:
            raise NotFound(f"There is no alert source named {name_in_path(name)[:80]!r}")
        return await _one(session, services, caller, found, include or ())


@put("/alert-sources/{source:str}", tags=TAGS, summary="Replace an alert source")
async def update_source(
    services: Services, caller: Caller, source: str, data: SourceIn, include: Include = None
) -> SourceOut:
    caller.must_be("USER", to="change alert sources")
    now = await services.now()
    async with services.database.transaction() as session:
        found = await service.source_by_id_or_key(session, account_id=caller.account_id, text=source)
        await service.update_source(session, found, fields=fields_of(data, current=found), now=now)
        await _legacy_heartbeat(session, services, found, data, now=now)
        return await _one(session, services, caller, found, include or ())


@delete("/alert-sources/{source:str}", tags=TAGS, summary="Delete an alert source")
async def delete_source(services: Services, caller: Caller, source: str) -> None:
    """Its open alerts are resolved; their history stays."""
    caller.must_be("USER", to="delete alert sources")
    now = await services.now()
    async with services.database.transaction() as session:
        found = await service.source_by_id_or_key(session, account_id=caller.account_id, text=source)
        await service.delete_source(session, found, now=now)


def routes() -> list[Any]:
    return [list_sources, create_source, get_source, get_source_by_name, update_source, delete_source]
