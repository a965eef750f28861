"""Use cases of monitors: create, change, delete, and what other slices may ask."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit import service as audit
from tocsin.domains.heartbeats import alarms, creation, due_store, list_store, store
from tocsin.domains.heartbeats.creation import MonitorFields
from tocsin.domains.heartbeats.facts import schedule_of
from tocsin.domains.heartbeats.keys import key_hash
from tocsin.domains.heartbeats.models import HeartbeatMonitor, HeartbeatRun
from tocsin.domains.heartbeats.rules.schedule import Schedule
from tocsin.infra.db import notify
from tocsin.kernel.errors import NotFound, ValidationError

ALLOWED_WAIT = timedelta(days=366)


async def monitor_of(
    session: AsyncSession, account_id: int, monitor_id: int, *, lock: bool = False
) -> HeartbeatMonitor:
    """Raises NotFound, also for another account's monitor."""
    found = await store.monitor_by_id(session, monitor_id, account_id=account_id, lock=lock)
    if found is None:
        raise NotFound(f"There is no heartbeat monitor {monitor_id}")
    return found


async def monitor_named(session: AsyncSession, account_id: int, name: str) -> HeartbeatMonitor:
    found = await store.monitor_by_name(session, name, account_id=account_id)
    if found is None:
        raise NotFound(f"There is no heartbeat monitor named {name[:80]!r}")
    return found


async def create(
    session: AsyncSession, *, account_id: int, user_id: int, fields: MonitorFields, now: datetime
) -> tuple[HeartbeatMonitor, bool]:
    """The monitor, and whether it is new: when one with this name exists, that one is returned unchanged."""
    await creation.check(session, fields, account_id=account_id, now=now)
    _check_first_ping(fields, now=now)
    existing = await store.monitor_by_name(session, fields.name, account_id=account_id)
    if existing is not None:
        return existing, False
    monitor = await creation.create_unless_taken(session, account_id=account_id, fields=fields, now=now)
    if monitor is None:
        if fields.external_key is not None:
            existing = await store.monitor_by_external_key(
                session, fields.external_key, account_id=account_id
            )
        existing = existing or await store.monitor_by_name(session, fields.name, account_id=account_id)
        if existing is None:
            raise ValidationError("name: another monitor has just taken it; try again")
        return existing, False
    await _changed(session, monitor, user_id=user_id, action="CREATE", now=now)
    return monitor, True


async def put_external(
    session: AsyncSession,
    external_key: str,
    *,
    account_id: int,
    user_id: int,
    fields: MonitorFields,
    now: datetime,
) -> tuple[HeartbeatMonitor, bool]:
    """Create or change the monitor with this key of the caller's own; the same request twice changes nothing."""
    monitor = await store.monitor_by_external_key(session, external_key, account_id=account_id, lock=True)
    if monitor is not None:
        await update(session, monitor, user_id=user_id, fields=fields, now=now)
        return monitor, False
    fields = replace(fields, external_key=external_key)
    monitor, is_new = await create(session, account_id=account_id, user_id=user_id, fields=fields, now=now)
    if not is_new and monitor.external_key != external_key:
        raise ValidationError(f"name: monitor {monitor.id} already has the name {fields.name[:80]!r}")
    return monitor, is_new


async def update(
    session: AsyncSession, monitor: HeartbeatMonitor, *, user_id: int, fields: MonitorFields, now: datetime
) -> None:
    """Change a (locked) monitor. A new interval makes a new key and starts anew; nothing here un-pauses."""
    await creation.check(session, fields, account_id=monitor.account_id, now=now)
    if fields.expect_first_ping_by != monitor.expect_first_ping_by:
        _check_first_ping(fields, now=now)
    before, first_by = schedule_of(monitor), monitor.expect_first_ping_by
    if monitor.name != fields.name:
        taken = await store.monitor_by_name(session, fields.name, account_id=monitor.account_id)
        if taken is not None and taken.id != monitor.id:
            raise ValidationError(f"name: monitor {taken.id} already has the name {fields.name[:80]!r}")
    creation.apply(monitor, fields, now=now)
    if before.interval_sec != fields.schedule.interval_sec:
        await _rekey(session, monitor, now=now)
    elif before != fields.schedule and monitor.state == "HEALTHY":
        if replace(before, grace_sec=0) != replace(fields.schedule, grace_sec=0):
            monitor.armed_at = now
        _look_now(monitor, now=now)
    if monitor.state == "UNKNOWN" and first_by != fields.expect_first_ping_by:
        is_expected = fields.expect_first_ping_by is not None
        monitor.armed_at = monitor.check_at = now if is_expected else None
    try:
        await session.flush()
    except IntegrityError as error:
        raise ValidationError("name: another monitor has just taken it; choose another") from error
    await _changed(session, monitor, user_id=user_id, action="UPDATE", now=now)


async def _rekey(session: AsyncSession, monitor: HeartbeatMonitor, *, now: datetime) -> None:
    """The old key stops working; the monitor is UNKNOWN until its first ping with the new one."""
    key = await creation.new_key(session, account_id=monitor.account_id, interval_sec=monitor.interval_sec)
    monitor.integration_key, monitor.key_hash = key, key_hash(key)
    await alarms.withdraw(
        session, monitor, reason="The interval was changed; the monitor starts anew", now=now
    )
    monitor.state = "UNKNOWN"
    monitor.last_ping = monitor.last_ping_kind = None
    is_expected = monitor.expect_first_ping_by is not None and monitor.expect_first_ping_by > now
    monitor.armed_at = monitor.check_at = now if is_expected else None
    await session.execute(delete(HeartbeatRun).where(HeartbeatRun.monitor_id == monitor.id))
    await due_store.add_transitions(
        session, [{"monitor_id": monitor.id, "at": now, "kind": "REKEYED", "details": {}}]
    )


def _look_now(monitor: HeartbeatMonitor, *, now: datetime) -> None:
    """Let the engine work out the next look; a paused monitor is not looked at."""
    if monitor.paused_at is None:
        monitor.check_at = now


def _check_first_ping(fields: MonitorFields, *, now: datetime) -> None:
    by = fields.expect_first_ping_by
    if by is not None and not now < by <= now + ALLOWED_WAIT:
        raise ValidationError("expectFirstPingBy: must lie in the future, within a year")


async def delete_monitor(
    session: AsyncSession, monitor: HeartbeatMonitor, *, user_id: int, now: datetime
) -> None:
    """Its alert stays open (§7.3 no. 6)."""
    await _changed(session, monitor, user_id=user_id, action="DELETE", now=now)
    await store.delete_monitors(session, [monitor.id])


async def _changed(
    session: AsyncSession, monitor: HeartbeatMonitor, *, user_id: int, action: str, now: datetime
) -> None:
    await audit.record(
        session,
        account_id=monitor.account_id,
        actor_user_id=user_id,
        action=action,
        object_type="HEARTBEAT_MONITOR",
        object_id=monitor.id,
        details={"name": monitor.name},
        now=now,
    )
    await notify(session, topic="monitor", payload=str(monitor.id))


async def counts(session: AsyncSession, account_id: int) -> dict[str, int]:
    """`{"UNKNOWN": n, "HEALTHY": n, "OVERDUE": n, "PAUSED": n}`, for dashboards."""
    return await list_store.counts(session, account_id)


async def ensure_legacy_monitor(
    session: AsyncSession,
    *,
    account_id: int,
    source_id: int,
    name: str,
    key: str,
    interval_sec: int,
    summary: str | None,
    now: datetime,
) -> HeartbeatMonitor:
    """The hidden monitor behind a legacy HEARTBEAT source (§7.4): created, or brought up to date. Its key is the
    source's and does not change with the interval."""
    monitor = await store.monitor_of_source(session, source_id)
    is_new = monitor is None
    if monitor is None:
        monitor = creation.blank_monitor(account_id=account_id, name=name, key=key, now=now)
        monitor.legacy_source_id = source_id
    fields = MonitorFields(
        name=name,
        schedule=Schedule(interval_sec=interval_sec),
        alert_summary=summary,
        alert_source_id=source_id,
    )
    is_other_interval = monitor.interval_sec != interval_sec
    creation.apply(monitor, fields, now=now)
    monitor.integration_key, monitor.key_hash = key, key_hash(key)
    if is_other_interval and monitor.state == "HEALTHY":
        _look_now(monitor, now=now)
    if is_new:
        await store.add_monitor(session, monitor)
    return monitor
