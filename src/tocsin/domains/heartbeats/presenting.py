"""From rows to answers: monitors with their times, teams, keys and sources."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.heartbeats import due_store, views
from tocsin.domains.heartbeats.facts import facts_of, schedule_of
from tocsin.domains.heartbeats.models import HeartbeatMonitor, HeartbeatTransition, IngestGap, Ping
from tocsin.domains.heartbeats.rules.gaps import Gap
from tocsin.domains.heartbeats.rules.schedule import next_expected
from tocsin.domains.heartbeats.rules.verdict import effective_deadline, life_base
from tocsin.domains.heartbeats.schemas import (
    UNSET,
    MonitorOut,
    PingOut,
    PolicyOut,
    SourceOut,
    TeamOut,
    TransitionOut,
)
from tocsin.domains.heartbeats.views import SourceRef
from tocsin.infra.web import Caller
from tocsin.kernel.wire import instant_out

KEY, URL, SOURCE = "integrationKey", "integrationUrl", "alertSource"


def ping_url(base_url: str, key: str) -> str:
    return f"{base_url}/api/pings/{key}"


async def present(
    session: AsyncSession,
    monitors: Sequence[HeartbeatMonitor],
    *,
    caller: Caller,
    base_url: str,
    include: Collection[str],
) -> list[MonitorOut]:
    """include: which of integrationKey, integrationUrl and alertSource; keys are null for those who may not edit."""
    teams = await views.team_names(
        session, caller.account_id, {team for monitor in monitors for team in monitor.team_ids}
    )
    sources: dict[int, SourceRef] = {}
    if SOURCE in include:
        wanted = {monitor.alert_source_id for monitor in monitors} - {None}
        sources = await views.source_refs(
            session, caller.account_id, [id_ for id_ in wanted if id_ is not None]
        )
    gaps = await _gaps(session, monitors)
    return [
        _one(
            monitor,
            teams=teams,
            sources=sources,
            gaps=gaps,
            base_url=base_url,
            include=include,
            may_edit=caller.at_least("USER"),
        )
        for monitor in monitors
    ]


async def _gaps(session: AsyncSession, monitors: Sequence[HeartbeatMonitor]) -> list[Gap]:
    bases = [base for monitor in monitors if (base := life_base(facts_of(monitor))) is not None]
    return await due_store.gaps_since(session, min(bases)) if bases else []


def _one(
    monitor: HeartbeatMonitor,
    *,
    teams: dict[int, str],
    sources: dict[int, SourceRef],
    gaps: Sequence[Gap],
    base_url: str,
    include: Collection[str],
    may_edit: bool,
) -> MonitorOut:
    key = monitor.integration_key if may_edit else None
    source = sources.get(monitor.alert_source_id or 0)
    expected_at, deadline = _times(monitor, gaps=gaps)
    return MonitorOut(
        id=monitor.id,
        name=monitor.name,
        state=monitor.state,
        interval_sec=monitor.interval_sec,
        alert_summary=monitor.alert_summary,
        created_at=_instant(monitor.created_at),
        updated_at=_instant(monitor.updated_at),
        teams=[TeamOut(id=id_, name=teams[id_]) for id_ in sorted(monitor.team_ids) if id_ in teams],
        schedule_kind=monitor.schedule_kind,
        schedule_expression=monitor.schedule_expression,
        timezone=monitor.timezone,
        grace_sec=monitor.grace_sec,
        max_run_time_sec=monitor.max_run_time_sec,
        start_grace_sec=monitor.start_grace_sec,
        tags=list(monitor.tags),
        runbook_url=monitor.runbook_url,
        post_only=monitor.post_only,
        flap_detection=monitor.flap_detection,
        storm_grouping=monitor.storm_grouping,
        external_key=monitor.external_key,
        paused_at=instant_out(monitor.paused_at),
        muted_until=instant_out(monitor.muted_until),
        mute_reason=monitor.mute_reason,
        expect_first_ping_by=instant_out(monitor.expect_first_ping_by),
        last_ping=instant_out(monitor.last_ping),
        last_ping_kind=monitor.last_ping_kind,
        ping_count=monitor.ping_count,
        armed_at=instant_out(monitor.armed_at),
        next_expected_at=instant_out(expected_at),
        deadline=instant_out(deadline),
        overdue_since=instant_out(monitor.overdue_since if monitor.state == "OVERDUE" else None),
        failed=monitor.failed,
        flapping_since=instant_out(monitor.flapping_since),
        badge_key=monitor.badge_key if may_edit else None,
        integration_key=key if KEY in include else UNSET,
        integration_url=(ping_url(base_url, key) if key else None) if URL in include else UNSET,
        alert_source=(_source(source) if source else None) if SOURCE in include else UNSET,
    )


def _times(monitor: HeartbeatMonitor, *, gaps: Sequence[Gap]) -> tuple[datetime | None, datetime | None]:
    """When the next ping is expected, and when silence becomes too long."""
    facts = facts_of(monitor)
    base = life_base(facts)
    if monitor.paused_at is not None or monitor.state == "OVERDUE" or base is None:
        return None, None
    deadline = effective_deadline(facts, gaps=gaps)
    if monitor.state == "UNKNOWN":
        return monitor.expect_first_ping_by, deadline
    return next_expected(schedule_of(monitor), base), deadline


def _source(source: SourceRef) -> SourceOut:
    return SourceOut(
        id=source.id,
        name=source.name,
        integration_type=source.integration_type,
        escalation_policy=PolicyOut(id=source.policy_id, name=source.policy_name),
    )


def ping_out(ping: Ping) -> PingOut:
    return PingOut(
        number=ping.number,
        received_at=_instant(ping.received_at),
        kind=ping.kind,
        exit_code=ping.exit_code,
        rid=ping.rid,
        run_time_ms=ping.run_time_ms,
        method=ping.method,
        remote_addr=ping.remote_addr,
        user_agent=ping.user_agent,
        body=ping.body,
        body_truncated=ping.body_truncated,
    )


def timeline_out(
    transitions: Sequence[HeartbeatTransition], gaps: Sequence[IngestGap]
) -> list[TransitionOut]:
    """What happened, newest first, our own gaps among it."""
    found = [
        (row.at, TransitionOut(id=str(row.id), at=_instant(row.at), kind=row.kind, details=row.details))
        for row in transitions
    ]
    for gap in gaps:
        until = {"until": instant_out(gap.ended_at)}
        out = TransitionOut(id=f"gap-{gap.id}", at=_instant(gap.started_at), kind="GAP", details=until)
        found.append((gap.started_at, out))
    return [out for _, out in sorted(found, key=lambda pair: pair[0], reverse=True)]


def _instant(at: datetime) -> str:
    return instant_out(at) or ""
