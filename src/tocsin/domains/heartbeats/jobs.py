"""What the engine does for heartbeats: notice silence, announce recoveries."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.heartbeats import due_store
from tocsin.domains.heartbeats.alarms import (
    Alarm,
    announce_recoveries,
    end_flapping,
    end_storms,
    raise_alarms,
)
from tocsin.domains.heartbeats.facts import facts_of, is_muted
from tocsin.domains.heartbeats.models import HeartbeatMonitor
from tocsin.domains.heartbeats.rules.gaps import Gap
from tocsin.domains.heartbeats.rules.noise import noise_settings
from tocsin.domains.heartbeats.rules.verdict import (
    COMMIT_SLACK,
    effective_deadline,
    is_overdue,
    life_base,
    plain_deadline,
)
from tocsin.domains.identity import service as identity
from tocsin.infra.web import Services

BATCH = 500
_POSTPONE_BATCH = 5_000
# Silence only means something while pings could have been received.
ALIVE_WITHIN = timedelta(seconds=5)
# A schedule that never fires again is looked at once a day, so that no armed monitor is without a next look.
_NOTHING_EXPECTED = timedelta(days=1)


class HeartbeatWork:
    """Due monitors in batches, each batch one transaction, shared by any number of engines."""

    name = "heartbeats"

    def __init__(self, services: Services) -> None:
        self._database = services.database

    async def run_due(self, now: datetime) -> int:
        async with self._database.transaction() as session:
            done = await due_store.postpone_pinged(session, now=now, most=_POSTPONE_BATCH)
        async with self._database.transaction() as session:
            heard_until = await _heard_until(session, now=now)
            done += await _look(session, heard_until=heard_until, now=now)
        async with self._database.transaction() as session:
            done += await _late_runs(session, now=heard_until) if heard_until is not None else 0
            done += await end_storms(session, now=now)
        return done

    async def oldest_due(self, now: datetime) -> datetime | None:
        async with self._database.transaction() as session:
            if await _heard_until(session, now=now) is None:
                return None
            return await due_store.oldest_due(session, now=now)


async def _heard_until(session: AsyncSession, *, now: datetime) -> datetime | None:
    """Up to when silence can be told from our own deafness; None when nobody has received pings lately.

    Later than the last beat nothing is known: a gap may just have begun, and is written down with the next beat.
    """
    alive_at = await due_store.ingest_alive_at(session)
    return min(now, alive_at) if alive_at is not None and now - alive_at <= ALIVE_WITHIN else None


async def _look(session: AsyncSession, *, heard_until: datetime | None, now: datetime) -> int:
    """Claim and decide. Only while ingest is alive may a monitor become overdue."""
    is_alive = heard_until is not None
    monitors = await due_store.claim_due(
        session, now=heard_until or now, most=BATCH, only_recovered=not is_alive
    )
    if not monitors:
        return 0
    await due_store.notify_monitors(session, [m.id for m in monitors if m.check_at == m.armed_at])
    recovered = [m for m in monitors if m.state == "HEALTHY" and m.overdue_since is not None]
    await announce_recoveries(session, recovered, now=now)
    deadlines = await _deadlines(session, [m for m in monitors if m.paused_at is None], now=now)
    holds = await _hold_times(session, monitors)
    alarms: list[Alarm] = []
    calmed: list[HeartbeatMonitor] = []
    for monitor in monitors:
        deadline = deadlines.get(monitor.id)
        hold_until = _hold_until(monitor, holds)
        if monitor.paused_at is not None:
            monitor.check_at = None
        elif monitor.state == "OVERDUE":
            _after_mute(monitor, alarms, now=now)
        elif deadline is not None and is_overdue(deadline, now=heard_until or now):
            if is_alive:
                alarms.append(Alarm(monitor=monitor, kind="OVERDUE", since=deadline))
            else:
                monitor.check_at = deadline + COMMIT_SLACK
        else:
            if hold_until is not None and hold_until <= now:
                calmed.append(monitor)
                hold_until = None
            monitor.check_at = _next_look(monitor, deadline=deadline, hold_until=hold_until, now=now)
    await end_flapping(session, calmed, now=now)
    await raise_alarms(session, alarms, now=now)
    return len(monitors)


def _after_mute(monitor: HeartbeatMonitor, alarms: list[Alarm], *, now: datetime) -> None:
    """Overdue and due: its mute has ended. What was not told is told now."""
    monitor.check_at = monitor.muted_until if is_muted(monitor, now=now) else None
    if monitor.reported_at is None and monitor.check_at is None and monitor.alert_source_id is not None:
        kind = "FAILED" if monitor.failed else "OVERDUE"
        alarms.append(Alarm(monitor=monitor, kind=kind, since=monitor.overdue_since or now))


def _next_look(
    monitor: HeartbeatMonitor, *, deadline: datetime | None, hold_until: datetime | None, now: datetime
) -> datetime | None:
    if deadline is None:
        return None if monitor.state == "UNKNOWN" else now + _NOTHING_EXPECTED
    look = deadline + COMMIT_SLACK
    return min(look, hold_until) if hold_until is not None else look


async def _deadlines(
    session: AsyncSession, monitors: Sequence[HeartbeatMonitor], *, now: datetime
) -> dict[int, datetime]:
    """Deadlines with open runs and our own gaps counted in. Gaps are only read when one could matter."""
    watched = [m for m in monitors if m.state != "OVERDUE"]
    limits = await due_store.run_limits(session, [m.id for m in watched])
    facts = {m.id: facts_of(m, run_late_at=limits.get(m.id)) for m in watched}
    gaps: list[Gap] = []
    passed = [f for f in facts.values() if (at := plain_deadline(f)) is not None and at <= now]
    if passed:
        gaps = await due_store.gaps_since(
            session, min(life_base(f) or now - timedelta(days=366) for f in passed)
        )
    found = {key: effective_deadline(value, gaps=gaps) for key, value in facts.items()}
    return {key: at for key, at in found.items() if at is not None}


async def _hold_times(session: AsyncSession, monitors: Sequence[HeartbeatMonitor]) -> dict[int, timedelta]:
    accounts = {m.account_id for m in monitors if m.flapping_since is not None}
    return {
        account_id: noise_settings(await identity.account_settings(session, account_id)).flap_hold
        for account_id in accounts
    }


def _hold_until(monitor: HeartbeatMonitor, holds: dict[int, timedelta]) -> datetime | None:
    if monitor.flapping_since is None or monitor.healthy_since is None:
        return None
    return monitor.healthy_since + holds[monitor.account_id]


async def _late_runs(session: AsyncSession, *, now: datetime) -> int:
    """Runs that take longer than allowed, each told once."""
    late = await due_store.claim_late_runs(session, now=now, most=BATCH)
    alarms: dict[int, Alarm] = {}
    for run, monitor in late:
        run.is_reported = True
        if monitor.paused_at is None and run.late_at is not None:
            alarms.setdefault(
                monitor.id,
                Alarm(monitor=monitor, kind="RUN_TOO_LONG", since=run.late_at, run_started_at=run.started_at),
            )
    await raise_alarms(session, list(alarms.values()), now=now)
    return len(late)
