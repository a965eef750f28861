"""Alert sources as answers show them: with their policy, teams and state."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources import rules
from tocsin.domains.alert_sources.models import AlertSource
from tocsin.domains.alert_sources.schemas import NamedRef, SourceOut
from tocsin.domains.alerts.models import Alert
from tocsin.domains.escalations.models import EscalationPolicy
from tocsin.domains.heartbeats.models import HeartbeatMonitor
from tocsin.domains.people.models import Team
from tocsin.kernel.wire import instant_out

# Types with an ingest URL of their own; the others use the generic one.
_NO_URL = ("HEARTBEAT2", "CALLFLOW")


async def present(
    session: AsyncSession,
    sources: Sequence[AlertSource],
    *,
    base_url: str,
    include: Sequence[str] = (),
    with_keys: bool = True,
) -> list[SourceOut]:
    """include: the contract's optional parts (templates, filters). with_keys: false for callers who may not edit."""
    policies = await _policies(session, sources)
    states = await _open_states(session, [source.id for source in sources])
    teams = await _teams(session, sources)
    heartbeats = await _legacy_heartbeats(session, sources)
    shown: list[SourceOut] = []
    for source in sources:
        data = _data(source, base_url=base_url, with_keys=with_keys)
        data["escalationPolicy"] = policies[source.escalation_policy_id]
        data["status"] = _status(source, states.get(source.id, set()))
        data["teams"] = [NamedRef(id=team, name=teams.get(team)) for team in source.team_ids]
        if source.id in heartbeats:
            data["heartbeat"] = heartbeats[source.id]
        data |= _optional(source, include)
        shown.append(msgspec.convert(msgspec.to_builtins(data), SourceOut))
    return shown


def _data(source: AlertSource, *, base_url: str, with_keys: bool) -> dict[str, Any]:
    icon = f"{base_url}/icons/{source.integration_type.lower()}.svg"
    return {
        "id": source.id,
        "name": source.name,
        "integrationType": source.integration_type,
        "integrationKey": source.integration_key if with_keys else None,
        "integrationUrl": integration_url(source, base_url) if with_keys else None,
        "iconUrl": icon,
        "lightIconUrl": icon,
        "darkIconUrl": icon,
        "active": source.active,
        "alertCreation": source.alert_creation,
        "alertGroupingWindow": source.alert_grouping_window,
        "autoResolutionTimeout": source.auto_resolution_timeout,
        "alertPriorityRule": source.alert_priority_rule,
        "severity": source.severity,
        "runbookUrl": source.runbook_url,
        "bidirectional": False,
        "createdAt": instant_out(source.created_at),
        "updatedAt": instant_out(source.updated_at),
        "rateLimitedUntil": instant_out(source.rate_limited_until),
    }


def integration_url(source: AlertSource, base_url: str) -> str | None:
    """Ready to paste. A heartbeat source is the target of monitors and has no URL of its own (§7.4)."""
    if source.integration_type in _NO_URL:
        return None
    if source.integration_type == "HEARTBEAT":
        return f"{base_url}/api/heartbeats/{source.integration_key}"
    if source.integration_type in ("EMAIL", "EMAIL2"):
        return source.integration_key
    if source.integration_type == "API":
        return f"{base_url}/api/events"
    return f"{base_url}/api/v1/events/{source.integration_type.lower()}/{source.integration_key}"


def _status(source: AlertSource, states: set[str]) -> str:
    if not source.active:
        return "DISABLED"
    if "PENDING" in states:
        return "PENDING"
    return "ALL_ACCEPTED" if "ACCEPTED" in states else "ALL_RESOLVED"


def _optional(source: AlertSource, include: Sequence[str]) -> dict[str, Any]:
    """Kept fields: templates and filters only when asked for; `textTemplate` changes their shape (§1.6)."""
    extra = {name: source.extra[name] for name in rules.ROUND_TRIP_ALWAYS if name in source.extra}
    as_text = "textTemplate" in include
    for name in rules.ROUND_TRIP:
        if name in include and source.extra.get(name) is not None:
            extra[name] = shaped(source.extra[name], as_text=as_text)
    return extra


def shaped(value: Any, *, as_text: bool) -> Any:
    """Template objects carry `textTemplate`, or `elements` for clients that do not ask for the text."""
    if isinstance(value, list):
        return [shaped(item, as_text=as_text) for item in value]
    if not isinstance(value, dict):
        return value
    if "textTemplate" in value and not as_text:
        return {"elements": [{"type": "TEXT", "val": value["textTemplate"]}]}
    return {
        key: shaped(item, as_text=as_text) if key.endswith("emplate") else item for key, item in value.items()
    }


async def _policies(session: AsyncSession, sources: Sequence[AlertSource]) -> dict[int, dict[str, Any]]:
    ids = {source.escalation_policy_id for source in sources}
    rows = await session.execute(
        select(EscalationPolicy.id, EscalationPolicy.name).where(EscalationPolicy.id.in_(ids))
    )
    return {row.id: {"id": row.id, "name": row.name} for row in rows}


async def _open_states(session: AsyncSession, source_ids: Sequence[int]) -> dict[int, set[str]]:
    rows = await session.execute(
        select(Alert.source_id, Alert.status, func.count())
        .where(Alert.source_id.in_(source_ids), Alert.status != "RESOLVED")
        .group_by(Alert.source_id, Alert.status)
    )
    states: dict[int, set[str]] = {}
    for source_id, status, _ in rows:
        assert source_id is not None
        states.setdefault(source_id, set()).add(status)
    return states


async def _teams(session: AsyncSession, sources: Sequence[AlertSource]) -> dict[int, str]:
    ids = {team for source in sources for team in source.team_ids}
    if not ids:
        return {}
    rows = await session.execute(select(Team.id, Team.name).where(Team.id.in_(ids)))
    return {row.id: row.name for row in rows}


async def _legacy_heartbeats(
    session: AsyncSession, sources: Sequence[AlertSource]
) -> dict[int, dict[str, Any]]:
    ids = [source.id for source in sources if source.integration_type == "HEARTBEAT"]
    if not ids:
        return {}
    rows = await session.execute(select(HeartbeatMonitor).where(HeartbeatMonitor.legacy_source_id.in_(ids)))
    return {
        row.legacy_source_id: {
            "summary": row.alert_summary,
            "intervalSec": row.interval_sec,
            "status": {"HEALTHY": "ON", "OVERDUE": "OFF"}.get(row.state, "UNKNOWN"),
        }
        for row in rows.scalars()
        if row.legacy_source_id is not None
    }
