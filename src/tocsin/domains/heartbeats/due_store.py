"""What the engine reads and writes: due monitors, late runs, storms, transitions. All set-based."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.heartbeats.models import (
    HeartbeatMonitor,
    HeartbeatRun,
    HeartbeatStorm,
    HeartbeatTransition,
    IngestGap,
    IngestLiveness,
    Ping,
)
from tocsin.domains.heartbeats.ping_store import RING
from tocsin.domains.heartbeats.rules.gaps import Gap
from tocsin.domains.heartbeats.rules.verdict import COMMIT_SLACK
from tocsin.domains.heartbeats.rules.wording import BODY_TAIL
from tocsin.infra.db import notify

ALARMS = ("OVERDUE", "FAILED", "RUN_TOO_LONG")

# Most due monitors have pinged meanwhile: they only get their next look, without leaving the database. Our own gaps
# can only move a deadline further, so they need no thought here.
_POSTPONE = text("""
WITH due AS (
    SELECT id, check_at = armed_at AS is_new FROM heartbeat_monitors
    WHERE check_at <= :now AND state = 'HEALTHY' AND schedule_kind = 'INTERVAL' AND paused_at IS NULL
        AND overdue_since IS NULL AND flapping_since IS NULL
        AND greatest(last_ping, armed_at) + make_interval(secs => interval_sec + grace_sec) > :now
    ORDER BY check_at LIMIT :most FOR UPDATE SKIP LOCKED
), postponed AS (
    UPDATE heartbeat_monitors m SET check_at = greatest(last_ping, armed_at)
        + make_interval(secs => interval_sec + grace_sec) + CAST(:slack AS interval)
    FROM due WHERE m.id = due.id
    RETURNING m.id, due.is_new
)
SELECT count(*), array_agg(id) FILTER (WHERE is_new) FROM postponed
""")


async def postpone_pinged(session: AsyncSession, *, now: datetime, most: int) -> int:
    """How many. The pages that show a monitor hear of its first ping here, not on the hot path of pings."""
    done, newly_armed = (
        await session.execute(_POSTPONE, {"now": now, "most": most, "slack": COMMIT_SLACK})
    ).one()
    await notify_monitors(session, newly_armed or ())
    return int(done)


async def claim_due(
    session: AsyncSession, *, now: datetime, most: int, only_recovered: bool
) -> Sequence[HeartbeatMonitor]:
    """Lock due monitors that no other engine works on. only_recovered: leave alone those that might be overdue."""
    query = (
        select(HeartbeatMonitor)
        .where(HeartbeatMonitor.check_at <= now)
        .order_by(HeartbeatMonitor.check_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    if only_recovered:
        query = query.where(
            or_(
                HeartbeatMonitor.paused_at.is_not(None),
                (HeartbeatMonitor.state == "HEALTHY") & HeartbeatMonitor.overdue_since.is_not(None),
            )
        )
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def oldest_due(session: AsyncSession, *, now: datetime) -> datetime | None:
    found: datetime | None = await session.scalar(
        select(func.min(HeartbeatMonitor.check_at)).where(HeartbeatMonitor.check_at <= now)
    )
    return found


async def ingest_alive_at(session: AsyncSession) -> datetime | None:
    found: datetime | None = await session.scalar(
        select(IngestLiveness.alive_at).where(IngestLiveness.id == 1)
    )
    return found


async def gaps_since(session: AsyncSession, since: datetime) -> list[Gap]:
    rows = await session.execute(
        select(IngestGap.started_at, IngestGap.ended_at)
        .where(IngestGap.ended_at > since)
        .order_by(IngestGap.started_at)
    )
    return [Gap(started_at, ended_at) for started_at, ended_at in rows]


async def run_limits(session: AsyncSession, monitor_ids: Collection[int]) -> dict[int, datetime]:
    """For monitors with open runs: when the last of them becomes late."""
    rows = await session.execute(
        select(HeartbeatRun.monitor_id, func.max(HeartbeatRun.late_at))
        .where(
            HeartbeatRun.monitor_id.in_(monitor_ids),
            HeartbeatRun.late_at.is_not(None),
            HeartbeatRun.is_reported.is_(False),
        )
        .group_by(HeartbeatRun.monitor_id)
    )
    return {monitor_id: late_at for monitor_id, late_at in rows if late_at is not None}


async def claim_late_runs(
    session: AsyncSession, *, now: datetime, most: int
) -> list[tuple[HeartbeatRun, HeartbeatMonitor]]:
    """Runs over their time, with their monitors locked as well."""
    rows = await session.execute(
        select(HeartbeatRun, HeartbeatMonitor)
        .join(HeartbeatMonitor, HeartbeatMonitor.id == HeartbeatRun.monitor_id)
        .where(HeartbeatRun.late_at <= now, HeartbeatRun.is_reported.is_(False))
        .order_by(HeartbeatRun.late_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(run, monitor) for run, monitor in rows]


async def last_bodies(session: AsyncSession, monitors: Sequence[HeartbeatMonitor]) -> dict[int, str]:
    """The end of the last body each monitor was sent, where the last signal had one."""
    places = [(monitor.id, monitor.ping_count % RING) for monitor in monitors if monitor.ping_count]
    if not places:
        return {}
    rows = await session.execute(
        select(Ping.monitor_id, func.right(Ping.body, BODY_TAIL)).where(
            tuple_(Ping.monitor_id, Ping.slot).in_(places), Ping.body.is_not(None)
        )
    )
    return {row[0]: row[1] for row in rows}


async def alarm_counts(
    session: AsyncSession, monitor_ids: Collection[int], *, since: datetime
) -> dict[int, int]:
    """How many alarms each monitor had since then."""
    if not monitor_ids:
        return {}
    rows = await session.execute(
        select(HeartbeatTransition.monitor_id, func.count())
        .where(
            HeartbeatTransition.monitor_id.in_(monitor_ids),
            HeartbeatTransition.at > since,
            HeartbeatTransition.kind.in_(ALARMS),
            HeartbeatTransition.details["reported"].as_boolean().is_(True),
        )
        .group_by(HeartbeatTransition.monitor_id)
    )
    return {row[0]: row[1] for row in rows}


async def silent_since(session: AsyncSession, account_id: int, *, since: datetime) -> int:
    """Monitors of the account that were reported as overdue since then and still are."""
    found = await session.scalar(
        select(func.count()).where(
            HeartbeatMonitor.account_id == account_id,
            HeartbeatMonitor.state == "OVERDUE",
            HeartbeatMonitor.reported_at > since,
            HeartbeatMonitor.failed.is_(False),
        )
    )
    return found or 0


async def armed_count(session: AsyncSession, account_id: int) -> int:
    found = await session.scalar(
        select(func.count()).where(
            HeartbeatMonitor.account_id == account_id,
            HeartbeatMonitor.state.in_(("HEALTHY", "OVERDUE")),
            HeartbeatMonitor.paused_at.is_(None),
        )
    )
    return found or 0


async def joinable_storms(
    session: AsyncSession, account_id: int, *, joined_after: datetime
) -> dict[int, HeartbeatStorm]:
    """Open storms that grew lately, by alert source; locked."""
    rows = await session.scalars(
        select(HeartbeatStorm)
        .where(
            HeartbeatStorm.account_id == account_id,
            HeartbeatStorm.ended_at.is_(None),
            HeartbeatStorm.last_joined_at > joined_after,
        )
        .order_by(HeartbeatStorm.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {storm.source_id: storm for storm in rows}


async def add_storm(
    session: AsyncSession, *, account_id: int, source_id: int, now: datetime
) -> HeartbeatStorm:
    storm = HeartbeatStorm(
        account_id=account_id, source_id=source_id, started_at=now, last_joined_at=now, member_count=0
    )
    session.add(storm)
    await session.flush()
    return storm


async def end_storms_without_members(session: AsyncSession, *, now: datetime) -> list[HeartbeatStorm]:
    """Storms whose monitors have all come back (or gone); marked as ended."""
    is_member = select(HeartbeatMonitor.id).where(HeartbeatMonitor.storm_id == HeartbeatStorm.id).exists()
    ended = await session.scalars(
        select(HeartbeatStorm)
        .where(HeartbeatStorm.ended_at.is_(None), ~is_member)
        .with_for_update(skip_locked=True)
    )
    storms = list(ended)
    for storm in storms:
        storm.ended_at = now
    return storms


async def add_transitions(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """rows: monitor_id, at, kind, details."""
    if rows:
        await session.execute(insert(HeartbeatTransition), [dict(row) for row in rows])


async def forget_old(session: AsyncSession, *, before: datetime) -> None:
    """Transitions and gaps older than that no longer matter to anyone."""
    await session.execute(delete(HeartbeatTransition).where(HeartbeatTransition.at < before))
    await session.execute(delete(IngestGap).where(IngestGap.ended_at < before - timedelta(days=400)))


async def notify_monitors(session: AsyncSession, monitor_ids: Iterable[int]) -> None:
    """Tell the pages that show these monitors; one message when there are many."""
    ids = sorted(set(monitor_ids))
    for payload in ("many",) if len(ids) > 20 else map(str, ids):
        await notify(session, topic="monitor", payload=payload)


async def look_at_forgotten(session: AsyncSession, *, now: datetime, most: int) -> list[int]:
    """Armed monitors without a next look get one now; their ids."""
    found = await session.execute(
        text(
            "UPDATE heartbeat_monitors SET check_at = :now WHERE id IN (SELECT id FROM heartbeat_monitors "
            "WHERE state = 'HEALTHY' AND paused_at IS NULL AND check_at IS NULL LIMIT :most FOR UPDATE SKIP LOCKED) "
            "RETURNING id"
        ),
        {"now": now, "most": most},
    )
    return list(found.scalars())
