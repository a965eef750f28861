"""Monitors, their pings, runs and timeline: reads and single writes. The engine's statements are in `due_store`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.heartbeats.keys import key_hash, provisioning_key_hash
from tocsin.domains.heartbeats.models import (
    HeartbeatMonitor,
    HeartbeatRun,
    HeartbeatTransition,
    IngestGap,
    Ping,
    ProvisioningKey,
    TagBadge,
)

Monitor = HeartbeatMonitor


async def monitor_by_id(
    session: AsyncSession, monitor_id: int, *, account_id: int, lock: bool = False
) -> HeartbeatMonitor | None:
    query = _visible(account_id).where(Monitor.id == monitor_id)
    return await _one(session, query, lock=lock)


async def monitor_by_name(session: AsyncSession, name: str, *, account_id: int) -> HeartbeatMonitor | None:
    return await _one(session, _visible(account_id).where(Monitor.name == name))


async def monitor_by_external_key(
    session: AsyncSession, external_key: str, *, account_id: int, lock: bool = False
) -> HeartbeatMonitor | None:
    query = select(Monitor).where(Monitor.account_id == account_id, Monitor.external_key == external_key)
    return await _one(session, query, lock=lock)


async def monitor_by_key(session: AsyncSession, key: str, *, lock: bool = False) -> HeartbeatMonitor | None:
    """Whichever account the key belongs to."""
    query = select(Monitor).where(Monitor.key_hash == key_hash(key), Monitor.integration_key == key)
    return await _one(session, query, lock=lock)


async def monitor_of_source(session: AsyncSession, source_id: int) -> HeartbeatMonitor | None:
    """The monitor of a legacy HEARTBEAT source; locked."""
    return await _one(session, select(Monitor).where(Monitor.legacy_source_id == source_id), lock=True)


async def monitor_by_badge(session: AsyncSession, badge_key: str) -> HeartbeatMonitor | None:
    return await _one(session, select(Monitor).where(Monitor.badge_key == badge_key))


async def monitors_by_ids(
    session: AsyncSession, ids: Collection[int], *, account_id: int
) -> Sequence[HeartbeatMonitor]:
    """Locked, in the order of ids."""
    query = _visible(account_id).where(Monitor.id.in_(ids)).order_by(Monitor.id).with_for_update()
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


def _visible(account_id: int) -> Select[HeartbeatMonitor]:
    return select(Monitor).where(Monitor.account_id == account_id, Monitor.legacy_source_id.is_(None))


async def _one(
    session: AsyncSession, query: Select[HeartbeatMonitor], *, lock: bool = False
) -> HeartbeatMonitor | None:
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def add_monitor(session: AsyncSession, monitor: HeartbeatMonitor) -> None:
    session.add(monitor)
    await session.flush()


async def delete_monitors(session: AsyncSession, ids: Collection[int]) -> None:
    """The pings go after the monitor, so that a ping under way cannot leave one behind."""
    await session.execute(delete(Monitor).where(Monitor.id.in_(ids)))
    await session.execute(delete(Ping).where(Ping.monitor_id.in_(ids)))


async def record_signal(session: AsyncSession, monitor: HeartbeatMonitor, row: Mapping[str, Any]) -> None:
    """Write into the monitor's ring, over the signal of 100 signals ago."""
    await session.flush()
    statement = insert(Ping).values(**row)
    changes = {name: statement.excluded[name] for name in row if name not in ("monitor_id", "slot")}
    await session.execute(
        statement.on_conflict_do_update(index_elements=["monitor_id", "slot"], set_=changes)
    )


async def open_run(session: AsyncSession, monitor_id: int, *, rid: str) -> HeartbeatRun | None:
    return await session.get(HeartbeatRun, (monitor_id, rid))


async def put_run(
    session: AsyncSession,
    monitor_id: int,
    *,
    rid: str,
    started_at: datetime,
    late_at: datetime | None,
    most: int,
) -> None:
    """A run begins (again, when one with this id is open). Beyond `most` open runs the oldest are forgotten."""
    values = {"started_at": started_at, "late_at": late_at, "is_reported": False}
    statement = insert(HeartbeatRun).values(monitor_id=monitor_id, rid=rid, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["monitor_id", "rid"], set_=values))
    kept = (
        select(HeartbeatRun.rid)
        .where(HeartbeatRun.monitor_id == monitor_id)
        .order_by(HeartbeatRun.started_at.desc(), HeartbeatRun.rid)
        .limit(most)
    )
    await session.execute(
        delete(HeartbeatRun).where(HeartbeatRun.monitor_id == monitor_id, HeartbeatRun.rid.not_in(kept))
    )


async def pings_of(session: AsyncSession, monitor_id: int) -> Sequence[Ping]:
    """Newest first, at most the ring."""
    query = select(Ping).where(Ping.monitor_id == monitor_id).order_by(Ping.number.desc())
    return (await session.scalars(query)).all()


async def transitions_of(
    session: AsyncSession, monitor_id: int, *, since: datetime, until: datetime, most: int
) -> Sequence[HeartbeatTransition]:
    """Newest first."""
    query = (
        select(HeartbeatTransition)
        .where(
            HeartbeatTransition.monitor_id == monitor_id,
            HeartbeatTransition.at >= since,
            HeartbeatTransition.at < until,
        )
        .order_by(HeartbeatTransition.at.desc(), HeartbeatTransition.id.desc())
        .limit(most)
    )
    return (await session.scalars(query)).all()


async def gaps_between(session: AsyncSession, *, since: datetime, until: datetime) -> Sequence[IngestGap]:
    query = select(IngestGap).where(IngestGap.ended_at >= since, IngestGap.started_at < until)
    return (await session.scalars(query.order_by(IngestGap.started_at.desc()).limit(500))).all()


async def provisioning_key(session: AsyncSession, key: str, *, lock: bool = False) -> ProvisioningKey | None:
    query = select(ProvisioningKey).where(
        ProvisioningKey.key_hash == provisioning_key_hash(key), ProvisioningKey.revoked_at.is_(None)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(query)).one_or_none()


async def provisioning_keys_of(session: AsyncSession, account_id: int) -> Sequence[ProvisioningKey]:
    query = select(ProvisioningKey).where(
        ProvisioningKey.account_id == account_id, ProvisioningKey.revoked_at.is_(None)
    )
    return (await session.scalars(query.order_by(ProvisioningKey.id))).all()


async def tag_badge(session: AsyncSession, *, account_id: int, tag: str) -> TagBadge | None:
    query = select(TagBadge).where(TagBadge.account_id == account_id, TagBadge.tag == tag)
    return (await session.scalars(query)).one_or_none()


async def tag_badge_by_key(session: AsyncSession, badge_key: str) -> TagBadge | None:
    return (await session.scalars(select(TagBadge).where(TagBadge.badge_key == badge_key))).one_or_none()


async def add_tag_badge(session: AsyncSession, *, account_id: int, tag: str, badge_key: str) -> None:
    """Two requests may make it at once; the first one's key stays."""
    await session.execute(
        insert(TagBadge).values(account_id=account_id, tag=tag, badge_key=badge_key).on_conflict_do_nothing()
    )


async def states_of_tag(session: AsyncSession, *, account_id: int, tag: str) -> dict[str, int]:
    """Number of monitors with this tag, by state; paused ones do not count."""
    rows = await session.execute(
        select(Monitor.state, func.count())
        .where(Monitor.account_id == account_id, Monitor.tags.contains([tag]), Monitor.paused_at.is_(None))
        .group_by(Monitor.state)
    )
    return {row[0]: row[1] for row in rows}
