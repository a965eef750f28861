"""The demo's monitors with their pings and transitions, as if they had run for weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.heartbeats import service as heartbeats
from tocsin.domains.heartbeats.creation import MonitorFields
from tocsin.domains.heartbeats.rules.schedule import Schedule, deadline, expected_pings
from tocsin.entrypoints.demo.cast import MONITORS, Monitor, Silence
from tocsin.kernel.wire import instant_out

HISTORY = timedelta(days=30)
KEPT_PINGS = 100
MUTED_FOR = timedelta(days=2)
ADDRESSES = ("10.20.4.11", "10.20.4.12", "10.20.7.3", "10.31.0.20")
AGENTS = ("curl/8.5.0", "Wget/1.21.4", "python-httpx/0.28.1", "kube-probe/1.31")

PING = """
INSERT INTO heartbeat_pings (monitor_id, slot, number, received_at, kind, exit_code, rid, run_time_ms, method,
    remote_addr, user_agent, body) VALUES (:monitor_id, :slot, :number, :received_at, :kind, :exit_code, :rid,
    :run_time_ms, :method, :remote_addr, :user_agent, :body)
"""
TRANSITION = """
INSERT INTO heartbeat_transitions (monitor_id, at, kind, details)
VALUES (:monitor_id, :at, :kind, CAST(:details AS jsonb))
"""


@dataclass(frozen=True, slots=True)
class Outage:
    """A silence of the cast with its instants: until is None while it lasts."""

    monitor_id: int
    monitor: Monitor
    since: datetime
    until: datetime | None
    last_ping: datetime | None
    failed: bool


async def create_monitors(
    session: AsyncSession, *, account_id: int, user_id: int, source_id: int, now: datetime, random: Random
) -> list[Outage]:
    """Create the monitors with their histories. Gives their outages, to be told as events."""
    outages: list[Outage] = []
    for one in MONITORS:
        fields = MonitorFields(
            name=one.name,
            schedule=one.schedule,
            alert_source_id=source_id,
            tags=one.tags,
            runbook_url=one.runbook,
            max_run_time_sec=one.run_seconds * 3 or None,
        )
        monitor, _ = await heartbeats.create(
            session, account_id=account_id, user_id=user_id, fields=fields, now=now - HISTORY
        )
        if one.state == "UNKNOWN":
            continue
        silences = [_outage(monitor.id, one, silence, now=now) for silence in one.silences]
        signals = list(_signals(one, silences, now=now, random=random))
        await _store_pings(session, monitor.id, signals)
        living = [signal for signal in signals if signal["kind"] in {"PING", "SUCCESS"}]
        monitor.armed_at = signals[0]["received_at"]
        monitor.last_ping, monitor.last_ping_kind = living[-1]["received_at"], living[-1]["kind"]
        monitor.ping_count = len(signals)
        _set_state(monitor, one, silences, source_id=source_id, now=now)
        await session.flush()
        await _store_transitions(
            session, monitor.id, one, silences, armed_at=signals[0]["received_at"], now=now
        )
        outages += [_with_last_ping(outage, living) for outage in silences]
    return outages


def _outage(monitor_id: int, monitor: Monitor, silence: Silence, *, now: datetime) -> Outage:
    since = now - silence.ago
    until = None if silence.lasted is None else since + silence.lasted
    return Outage(monitor_id, monitor, since, until, None, silence.failed)


def _with_last_ping(outage: Outage, living: list[dict[str, Any]]) -> Outage:
    before = [ping["received_at"] for ping in living if ping["received_at"] < outage.since]
    last = before[-1] if before else None
    return Outage(outage.monitor_id, outage.monitor, outage.since, outage.until, last, outage.failed)


def _set_state(monitor: Any, one: Monitor, outages: list[Outage], *, source_id: int, now: datetime) -> None:
    monitor.state = "OVERDUE" if one.state == "OVERDUE" else "HEALTHY"
    if one.state == "OVERDUE":
        current = outages[-1]
        monitor.overdue_since, monitor.failed = current.since, current.failed
        monitor.reported_at, monitor.reported_source_id = current.since, source_id
    elif one.state == "PAUSED":
        monitor.paused_at = now - timedelta(days=3)
    else:
        monitor.check_at = deadline(one.schedule, monitor.last_ping)
    if one.state == "MUTED":
        monitor.muted_until, monitor.mute_reason = now + MUTED_FOR, "The printer is being replaced"


def _instants(
    schedule: Schedule, outages: list[Outage], *, until: datetime, random: Random
) -> Iterator[datetime]:
    """When pings came: a little after they were expected, none in an outage, one at its end."""
    span = HISTORY - timedelta(days=1)
    if schedule.kind == "INTERVAL":
        most = timedelta(seconds=schedule.interval_sec * KEPT_PINGS)
        rhythm = timedelta(seconds=schedule.interval_sec)
        begin = max(until - span, until - most) + rhythm * random.uniform(0.1, 0.5)
        every: Iterator[datetime] = (begin + rhythm * step for step in range(KEPT_PINGS))
    else:
        every = expected_pings(schedule, until - max(span, timedelta(days=70)))
    ends = [outage.until for outage in outages if outage.until is not None]
    pings = []
    for expected in every:
        at = expected + timedelta(seconds=random.uniform(0.4, 9))
        if at >= until:
            break
        if not any(_is_silent(outage, schedule, at=at, until=until) for outage in outages):
            pings.append(at)
    yield from sorted([*pings, *ends])


def _is_silent(outage: Outage, schedule: Schedule, *, at: datetime, until: datetime) -> bool:
    """The ping that would have kept the monitor healthy is missing too, so silence starts before the deadline."""
    lead = timedelta(seconds=schedule.grace_sec)
    if schedule.kind == "INTERVAL":
        lead += timedelta(seconds=schedule.interval_sec * 0.999)
    return outage.since - lead < at <= (outage.until or until)


def _signals(
    one: Monitor, outages: list[Outage], *, now: datetime, random: Random
) -> Iterator[dict[str, Any]]:
    until = now - timedelta(days=3) if one.state == "PAUSED" else now
    address, agent = random.choice(ADDRESSES), random.choice(AGENTS)
    failures = [outage.since for outage in outages if outage.failed]
    origin = {"method": "POST" if one.run_seconds else "GET", "remote_addr": address, "user_agent": agent}
    instants = list(_instants(one.schedule, outages, until=until, random=random))
    for at, following in pairwise([*instants, until + timedelta(days=999)]):
        if not one.run_seconds:
            yield {**_empty(), **origin, "received_at": at, "kind": "PING"}
        else:
            run_ms = int(one.run_seconds * 1000 * random.uniform(0.85, 1.25))
            end = min(at + timedelta(milliseconds=run_ms), following, until)
            rid = f"{random.getrandbits(32):08x}"
            yield {**_empty(), **origin, "received_at": at, "kind": "START", "rid": rid}
            if end > at:
                body = f"{one.name}: done, {random.randint(800, 90_000):,} records in {run_ms / 1000:.1f} s\n"
                took = int((end - at).total_seconds() * 1000)
                yield {
                    **_empty(),
                    **origin,
                    "received_at": end,
                    "kind": "SUCCESS",
                    "rid": rid,
                    "run_time_ms": took,
                    "body": body,
                }
        for failed_at in failures:
            if at < failed_at <= following:
                body = f"{one.name}: aborted\nTotals differ by 312.40 EUR in batch 2214\n"
                yield {
                    **_empty(),
                    **origin,
                    "received_at": failed_at,
                    "kind": "FAIL",
                    "exit_code": 1,
                    "body": body,
                }


def _empty() -> dict[str, Any]:
    return {"exit_code": None, "rid": None, "run_time_ms": None, "body": None}


async def _store_pings(session: AsyncSession, monitor_id: int, signals: list[dict[str, Any]]) -> None:
    numbered = [
        {**signal, "monitor_id": monitor_id, "number": number, "slot": number % KEPT_PINGS}
        for number, signal in enumerate(sorted(signals, key=lambda one: one["received_at"]), start=1)
    ]
    await session.execute(text(PING), numbered[-KEPT_PINGS:])


async def _store_transitions(
    session: AsyncSession,
    monitor_id: int,
    one: Monitor,
    outages: list[Outage],
    *,
    armed_at: datetime,
    now: datetime,
) -> None:
    told: list[tuple[datetime, str, dict[str, Any]]] = [(armed_at, "ARMED", {})]
    for outage in outages:
        told.append((outage.since, "FAILED" if outage.failed else "OVERDUE", {"reported": True}))
        if outage.until is not None:
            details = {"since": instant_out(outage.since), "missed": 1}
            told.append((outage.until, "RECOVERED", details))
    if one.state == "PAUSED":
        told.append((now - timedelta(days=3), "PAUSED", {}))
    if one.state == "MUTED":
        until = instant_out(now + MUTED_FOR)
        told.append(
            (now - timedelta(hours=5), "MUTED", {"until": until, "reason": "The printer is being replaced"})
        )
    rows = [
        {"monitor_id": monitor_id, "at": at, "kind": kind, "details": msgspec.json.encode(details).decode()}
        for at, kind, details in sorted(told, key=lambda one: one[0])
    ]
    await session.execute(text(TRANSITION), rows)
