"""A monitor turned bad, or good again: what its alert source is told, in the transaction that changes the state.

Set-based: a batch of the engine may hold hundreds of monitors.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.events import service as events
from tocsin.domains.events.service import IncomingEvent
from tocsin.domains.heartbeats import due_store
from tocsin.domains.heartbeats.facts import alert_key, facts_of, is_muted, schedule_of
from tocsin.domains.heartbeats.models import HeartbeatMonitor, HeartbeatStorm
from tocsin.domains.heartbeats.rules import wording
from tocsin.domains.heartbeats.rules.noise import NoiseSettings, is_flapping, is_storm, noise_settings
from tocsin.domains.heartbeats.rules.schedule import expected_pings, next_expected
from tocsin.domains.heartbeats.rules.verdict import life_base
from tocsin.domains.identity import service as identity
from tocsin.kernel.wire import instant_out

OVERDUE_LOG = "HeartbeatOverdueLogEntry"
RESOLVED_LOG = "HeartbeatResolvedLogEntry"
_MOST_MISSED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """kind: OVERDUE, FAILED or RUN_TOO_LONG. since: the deadline that passed, the fail signal, the end of the
    allowed run time."""

    monitor: HeartbeatMonitor
    kind: str
    since: datetime
    exit_code: int | None = None
    run_started_at: datetime | None = None


@dataclass(slots=True)
class _Outbox:
    """What is written at the end, in few statements."""

    events: list[IncomingEvent] = field(default_factory=list)
    transitions: list[dict[str, Any]] = field(default_factory=list)

    def note(self, monitor: HeartbeatMonitor, kind: str, *, at: datetime, **details: Any) -> None:
        self.transitions.append({"monitor_id": monitor.id, "at": at, "kind": kind, "details": details})

    async def write(self, session: AsyncSession, *, now: datetime) -> None:
        await session.flush()
        await due_store.add_transitions(session, self.transitions)
        await events.hand_over(session, self.events, now=now)


async def raise_alarms(session: AsyncSession, alarms: Sequence[Alarm], *, now: datetime) -> None:
    """Mark the (locked) monitors OVERDUE and hand over what must be told. A monitor that is spoken for already (its
    alert was not yet resolved) opens no second alert."""
    if not alarms:
        return
    outbox = _Outbox()
    for alarm in alarms:
        _turn_bad(alarm, now=now)
    new = [alarm for alarm in alarms if _must_tell(alarm.monitor, now=now)]
    settings = await _settings(session, {alarm.monitor.account_id for alarm in new})
    bodies = await due_store.last_bodies(session, [alarm.monitor for alarm in new])
    await session.flush()
    in_storm = await _join_storms(session, new, settings=settings, outbox=outbox, now=now)
    flapping = await _flapping(session, new, settings=settings, now=now)
    told = {alarm.monitor.id for alarm in new}
    for alarm in alarms:
        monitor = alarm.monitor
        is_told = monitor.id in told
        outbox.note(monitor, alarm.kind, at=alarm.since, reported=is_told, **_circumstances(alarm, now=now))
        if not is_told:
            continue
        monitor.reported_at = now
        monitor.reported_source_id = monitor.alert_source_id
        if monitor.id in in_storm:
            outbox.note(monitor, "STORM", at=now, stormId=monitor.storm_id)
            continue
        if monitor.id in flapping:
            monitor.flapping_since = now
            monitor.healthy_since = None
            outbox.note(monitor, "FLAPPING", at=now, alerts=flapping[monitor.id])
        outbox.events.append(
            _alert(
                alarm,
                body=bodies.get(monitor.id),
                alerts=flapping.get(monitor.id),
                settings=settings,
                now=now,
            )
        )
    await outbox.write(session, now=now)
    await due_store.notify_monitors(session, [alarm.monitor.id for alarm in alarms])


def _turn_bad(alarm: Alarm, *, now: datetime) -> None:
    monitor = alarm.monitor
    monitor.state = "OVERDUE"
    monitor.failed = alarm.kind == "FAILED"
    if monitor.overdue_since is None:
        monitor.overdue_since = alarm.since
    monitor.healthy_since = None
    monitor.check_at = monitor.muted_until if is_muted(monitor, now=now) else None


def _must_tell(monitor: HeartbeatMonitor, *, now: datetime) -> bool:
    return (
        monitor.alert_source_id is not None and monitor.reported_at is None and not is_muted(monitor, now=now)
    )


def _circumstances(alarm: Alarm, *, now: datetime) -> dict[str, Any]:
    details: dict[str, Any] = {}
    if alarm.exit_code is not None:
        details["exitCode"] = alarm.exit_code
    if is_muted(alarm.monitor, now=now):
        details["mutedUntil"] = instant_out(alarm.monitor.muted_until)
    return details


async def _settings(session: AsyncSession, account_ids: set[int]) -> dict[int, NoiseSettings]:
    return {
        account_id: noise_settings(await identity.account_settings(session, account_id))
        for account_id in account_ids
    }


async def _flapping(
    session: AsyncSession, alarms: Sequence[Alarm], *, settings: dict[int, NoiseSettings], now: datetime
) -> dict[int, int]:
    """Monitors that flap from this alarm on, with the number of alerts that make it so."""
    by_account: dict[int, list[int]] = defaultdict(list)
    for alarm in alarms:
        if alarm.monitor.flap_detection and settings[alarm.monitor.account_id].flap_threshold > 0:
            by_account[alarm.monitor.account_id].append(alarm.monitor.id)
    found: dict[int, int] = {}
    for account_id, monitor_ids in by_account.items():
        noise = settings[account_id]
        counts = await due_store.alarm_counts(session, monitor_ids, since=now - noise.flap_window)
        for monitor_id in monitor_ids:
            before = counts.get(monitor_id, 0)
            if is_flapping(alerts_before=before, settings=noise):
                found[monitor_id] = before + 1
    return found


async def _join_storms(
    session: AsyncSession,
    alarms: Sequence[Alarm],
    *,
    settings: dict[int, NoiseSettings],
    outbox: _Outbox,
    now: datetime,
) -> set[int]:
    """The monitors whose alert is a storm's; opens storms and tells of new members."""
    by_account: dict[int, list[HeartbeatMonitor]] = defaultdict(list)
    for alarm in alarms:
        if alarm.kind == "OVERDUE" and alarm.monitor.storm_grouping:
            by_account[alarm.monitor.account_id].append(alarm.monitor)
    joined: set[int] = set()
    for account_id, monitors in by_account.items():
        noise = settings[account_id]
        since = now - noise.storm_window
        storms = await due_store.joinable_storms(session, account_id, joined_after=since)
        armed = 0
        if not storms:
            silent = len(monitors) + await due_store.silent_since(session, account_id, since=since)
            if noise.storm_threshold <= 0 or silent < noise.storm_threshold:
                continue
            armed = await due_store.armed_count(session, account_id)
            if not is_storm(silent_together=silent, armed=armed, settings=noise):
                continue
        joined |= await _join(session, monitors, storms=storms, armed=armed, outbox=outbox, now=now)
    return joined


async def _join(
    session: AsyncSession,
    monitors: Sequence[HeartbeatMonitor],
    *,
    storms: dict[int, HeartbeatStorm],
    armed: int,
    outbox: _Outbox,
    now: datetime,
) -> set[int]:
    """One storm and one alert for each alert source concerned, so that nobody in charge is left out."""
    by_source: dict[int, list[HeartbeatMonitor]] = defaultdict(list)
    for monitor in monitors:
        if monitor.alert_source_id is not None:
            by_source[monitor.alert_source_id].append(monitor)
    for source_id, members in by_source.items():
        storm = storms.get(source_id)
        if storm is None:
            storm = await due_store.add_storm(
                session, account_id=members[0].account_id, source_id=source_id, now=now
            )
        storm.member_count += len(members)
        storm.last_joined_at = now
        for monitor in members:
            monitor.storm_id = storm.id
        outbox.events.append(_storm_alert(storm, members, armed=armed, now=now))
    return {monitor.id for members in by_source.values() for monitor in members}


def _storm_alert(
    storm: HeartbeatStorm, members: Sequence[HeartbeatMonitor], *, armed: int, now: datetime
) -> IncomingEvent:
    names = sorted(monitor.name for monitor in members)
    return IncomingEvent(
        account_id=storm.account_id,
        source_id=storm.source_id,
        event_type="ALERT",
        alert_key=storm_key(storm.id),
        payload={
            "summary": wording.storm_summary(storm.member_count, armed=armed),
            "details": wording.storm_details(names),
            "customDetails": {"monitors": [{"id": m.id, "name": m.name} for m in members[:200]]},
        },
        received_at=now,
        log_type=OVERDUE_LOG,
    )


def storm_key(storm_id: int) -> str:
    return f"hbt-storm-{storm_id}"


def _alert(
    alarm: Alarm,
    *,
    body: str | None,
    alerts: int | None,
    settings: dict[int, NoiseSettings],
    now: datetime,
) -> IncomingEvent:
    monitor = alarm.monitor
    assert monitor.alert_source_id is not None
    payload = alert_payload(alarm, body=body, now=now)
    if alerts is not None:
        noise = settings[monitor.account_id]
        within = wording.span_text(noise.flap_window)
        payload["summary"] = (
            f"Heartbeat monitor '{monitor.name}' is flapping: {alerts} alerts within {within}"
        )
        payload["details"] = (
            f"{payload['details']}\n\nThis alert stays open until the monitor was healthy for "
            f"{wording.span_text(noise.flap_hold)}; no further alerts are opened meanwhile."
        )
    return IncomingEvent(
        account_id=monitor.account_id,
        source_id=monitor.alert_source_id,
        event_type="ALERT",
        alert_key=alert_key(monitor.id),
        payload=payload,
        received_at=now,
        log_type=OVERDUE_LOG,
    )


def alert_payload(alarm: Alarm, *, body: str | None, now: datetime) -> dict[str, Any]:
    """The event's fields: what happened, what was expected when, the last ping, what to do."""
    monitor = alarm.monitor
    schedule = schedule_of(monitor)
    base = life_base(facts_of(monitor))
    silence = wording.Silence(
        name=monitor.name,
        schedule=schedule,
        last_ping=monitor.last_ping,
        expected_at=next_expected(schedule, base) if base is not None else None,
        deadline=alarm.since,
        body_tail=body,
    )
    match alarm.kind:
        case "FAILED":
            summary = f"Heartbeat monitor '{monitor.name}' reported a failure"
            details = wording.failure_details(silence, exit_code=alarm.exit_code, now=now)
        case "RUN_TOO_LONG" if alarm.run_started_at is not None:
            summary = f"Heartbeat monitor '{monitor.name}': a run takes too long"
            details = wording.late_run_details(
                silence, started_at=alarm.run_started_at, allowed=alarm.since - alarm.run_started_at, now=now
            )
        case _:
            summary = wording.overdue_summary(monitor.name)
            details = wording.silence_details(silence, now=now)
    payload: dict[str, Any] = {
        "summary": monitor.alert_summary or summary,
        "details": details,
        "customDetails": {
            "monitorId": monitor.id,
            "monitorName": monitor.name,
            "intervalSec": monitor.interval_sec,
            "lastPing": instant_out(monitor.last_ping),
            "overdueSince": instant_out(alarm.since),
            "kind": alarm.kind,
        },
    }
    if monitor.runbook_url:
        payload["runbookUrl"] = monitor.runbook_url
        payload["links"] = [{"href": monitor.runbook_url, "text": "Runbook"}]
    return payload


async def announce_recoveries(
    session: AsyncSession, monitors: Sequence[HeartbeatMonitor], *, now: datetime
) -> None:
    """A ping made these (locked) monitors HEALTHY again: resolve what was told, once."""
    if not monitors:
        return
    outbox = _Outbox()
    for monitor in monitors:
        since = monitor.overdue_since or now
        until = monitor.last_ping if monitor.last_ping and monitor.last_ping > since else now
        missed = _missed(monitor, since=since, until=until)
        outbox.note(monitor, "RECOVERED", at=until, since=instant_out(since), missed=missed)
        monitor.overdue_since = None
        if monitor.flapping_since is not None:
            monitor.healthy_since = until
            continue
        if monitor.storm_id is not None:
            monitor.storm_id = None
            monitor.reported_at = monitor.reported_source_id = None
        else:
            _resolve(
                monitor,
                outbox,
                details=wording.recovery_details(since=since, until=until, missed=missed),
                now=now,
            )
    await outbox.write(session, now=now)
    await due_store.notify_monitors(session, [monitor.id for monitor in monitors])


async def end_flapping(session: AsyncSession, monitors: Sequence[HeartbeatMonitor], *, now: datetime) -> None:
    """Healthy for the hold time: the flapping alert is resolved."""
    if not monitors:
        return
    outbox = _Outbox()
    for monitor in monitors:
        outbox.note(monitor, "FLAPPING_ENDED", at=now)
        monitor.flapping_since = monitor.healthy_since = monitor.storm_id = None
        _resolve(monitor, outbox, details="Healthy for the whole hold time", now=now)
    await outbox.write(session, now=now)
    await due_store.notify_monitors(session, [monitor.id for monitor in monitors])


async def withdraw(session: AsyncSession, monitor: HeartbeatMonitor, *, reason: str, now: datetime) -> None:
    """The monitor starts anew (its key changed): resolve what was told and forget the trouble."""
    outbox = _Outbox()
    _resolve(monitor, outbox, details=reason, now=now)
    monitor.overdue_since = monitor.flapping_since = monitor.healthy_since = None
    monitor.storm_id = None
    monitor.failed = False
    await outbox.write(session, now=now)


async def end_storms(session: AsyncSession, *, now: datetime) -> int:
    """Resolve the alert of each storm whose monitors have all come back."""
    storms = await due_store.end_storms_without_members(session, now=now)
    await session.flush()
    await events.hand_over(
        session,
        [
            IncomingEvent(
                account_id=storm.account_id,
                source_id=storm.source_id,
                event_type="RESOLVE",
                alert_key=storm_key(storm.id),
                payload={"summary": "All heartbeat monitors of this storm report again"},
                received_at=now,
                log_type=RESOLVED_LOG,
            )
            for storm in storms
        ],
        now=now,
    )
    return len(storms)


def _resolve(monitor: HeartbeatMonitor, outbox: _Outbox, *, details: str, now: datetime) -> None:
    source_id = monitor.reported_source_id
    was_reported = monitor.reported_at is not None
    monitor.reported_at = monitor.reported_source_id = None
    if not was_reported or source_id is None:
        return
    outbox.events.append(
        IncomingEvent(
            account_id=monitor.account_id,
            source_id=source_id,
            event_type="RESOLVE",
            alert_key=alert_key(monitor.id),
            payload={"summary": f"Heartbeat monitor '{monitor.name}' is healthy again", "details": details},
            received_at=now,
            log_type=RESOLVED_LOG,
        )
    )


def _missed(monitor: HeartbeatMonitor, *, since: datetime, until: datetime) -> int:
    """Expected pings that did not come, the first included; counted up to a bound."""
    count = 1
    for at in expected_pings(schedule_of(monitor), since):
        if at >= until or count >= _MOST_MISSED:
            break
        count += 1
    return count
