"""A signal of a job: started, succeeded, failed, said something. One transaction, with the monitor's row locked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.heartbeats import due_store, provisioning, store
from tocsin.domains.heartbeats.alarms import Alarm, raise_alarms
from tocsin.domains.heartbeats.models import HeartbeatMonitor, HeartbeatRun
from tocsin.domains.heartbeats.ping_store import RING, Stored
from tocsin.domains.heartbeats.rules.signals import Signal, effect_on_life
from tocsin.infra.db import notify

MOST_OPEN_RUNS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What came in. slug: only with a provisioning key. is_ignored: sent by a link previewer; kept, counts not."""

    key: str
    slug: str | None
    signal: Signal
    rid: str | None
    method: str
    remote_addr: str
    user_agent: str
    body: str | None
    body_truncated: bool
    is_ignored: bool


async def receive_signal(session: AsyncSession, received: Received, *, now: datetime) -> Stored:
    """Find the monitor (or create it, with a provisioning key), and store and act on the signal."""
    if received.slug is not None:
        monitor = await provisioning.monitor_for(
            session, key=received.key, slug=received.slug, may_create=not received.is_ignored, now=now
        )
    else:
        monitor = await store.monitor_by_key(session, received.key, lock=True)
    if monitor is None:
        return Stored.UNKNOWN_KEY
    if monitor.post_only and received.method != "POST":
        return Stored.POST_ONLY
    monitor.ping_count += 1
    run = None
    if not received.is_ignored and received.signal.kind != "START":
        run = await store.open_run(session, monitor.id, rid=received.rid or "")
    await store.record_signal(session, monitor, _ring_row(monitor, received, run=run, now=now))
    if received.is_ignored:
        return Stored.ACCEPTED
    if received.signal.kind == "START":
        await _start_run(session, monitor, rid=received.rid or "", now=now)
    elif run is not None and received.signal.kind != "LOG":
        await session.delete(run)
    await _act(session, monitor, received, now=now)
    return Stored.ACCEPTED


async def _act(
    session: AsyncSession, monitor: HeartbeatMonitor, received: Received, *, now: datetime
) -> None:
    kind = received.signal.kind
    was_bad = monitor.state == "OVERDUE"
    if effect_on_life(kind, has_run_limit=monitor.max_run_time_sec is not None):
        monitor.last_ping = max(monitor.last_ping, now) if monitor.last_ping else now
        monitor.last_ping_kind = kind
    if kind == "LOG":
        return
    if monitor.state == "UNKNOWN":
        await _arm(session, monitor, now=now)
    if kind == "FAIL":
        await _fail(session, monitor, received, now=now)
        return
    is_revived = kind != "START" or (not monitor.failed and monitor.max_run_time_sec is None)
    if was_bad and is_revived:
        monitor.state, monitor.failed, monitor.check_at = "HEALTHY", False, now
    if monitor.check_at == now:
        await notify(session, topic="wake", payload="heartbeats")


async def _arm(session: AsyncSession, monitor: HeartbeatMonitor, *, now: datetime) -> None:
    monitor.state, monitor.armed_at, monitor.check_at = "HEALTHY", now, now
    await due_store.add_transitions(
        session, [{"monitor_id": monitor.id, "at": now, "kind": "ARMED", "details": {}}]
    )


async def _fail(
    session: AsyncSession, monitor: HeartbeatMonitor, received: Received, *, now: datetime
) -> None:
    """Opens the alert at once; a monitor that is paused only remembers the signal."""
    if monitor.paused_at is not None:
        return
    alarm = Alarm(monitor=monitor, kind="FAILED", since=now, exit_code=received.signal.exit_code)
    await raise_alarms(session, [alarm], now=now)


async def _start_run(session: AsyncSession, monitor: HeartbeatMonitor, *, rid: str, now: datetime) -> None:
    late_at = None
    if monitor.max_run_time_sec is not None:
        late_at = now + timedelta(seconds=monitor.max_run_time_sec + (monitor.start_grace_sec or 0))
    await store.put_run(session, monitor.id, rid=rid, started_at=now, late_at=late_at, most=MOST_OPEN_RUNS)


def _ring_row(
    monitor: HeartbeatMonitor, received: Received, *, run: HeartbeatRun | None, now: datetime
) -> dict[str, object]:
    ends_run = run is not None and received.signal.kind != "LOG"
    return {
        "monitor_id": monitor.id,
        "slot": monitor.ping_count % RING,
        "number": monitor.ping_count,
        "received_at": now,
        "kind": "IGNORED" if received.is_ignored else received.signal.kind,
        "exit_code": received.signal.exit_code,
        "rid": received.rid,
        "run_time_ms": int((now - run.started_at).total_seconds() * 1000) if ends_run and run else None,
        "method": received.method,
        "remote_addr": received.remote_addr,
        "user_agent": received.user_agent,
        "body": received.body,
        "body_truncated": received.body_truncated,
    }
