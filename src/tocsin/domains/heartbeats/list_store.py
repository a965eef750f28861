"""Lists of monitors: filters, order, keyset paging, counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.heartbeats.models import HeartbeatMonitor as Monitor

# The order in which a list shows trouble first.
FAILING_FIRST = ("OVERDUE", "UNKNOWN", "HEALTHY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Empty means: any. states: UNKNOWN, HEALTHY, OVERDUE (of monitors that are not paused) and PAUSED."""

    query: str = ""
    states: Sequence[str] = field(default_factory=tuple)
    tags: Sequence[str] = field(default_factory=tuple)
    sources: Sequence[int] = field(default_factory=tuple)


async def by_name(
    session: AsyncSession, account_id: int, *, filters: Filters, after: str | None, limit: int
) -> Sequence[Monitor]:
    """The next monitors by name."""
    query = _filtered(account_id, filters)
    if after is not None:
        query = query.where(Monitor.name > after)
    return (await session.scalars(query.order_by(Monitor.name).limit(limit))).all()


async def failing_first(
    session: AsyncSession,
    account_id: int,
    *,
    filters: Filters,
    after: tuple[str, int] | None,
    limit: int,
) -> Sequence[Monitor]:
    """The next monitors by state, then id; each state is a range of the index (account, state, id)."""
    start_state, start_id = after or (FAILING_FIRST[0], 0)
    found: list[Monitor] = []
    for state in FAILING_FIRST[FAILING_FIRST.index(start_state) :]:
        query = _filtered(account_id, filters).where(Monitor.state == state)
        if state == start_state:
            query = query.where(Monitor.id > start_id)
        rows = await session.scalars(query.order_by(Monitor.id).limit(limit - len(found)))
        found.extend(rows)
        if len(found) >= limit:
            break
    return found


def _filtered(account_id: int, filters: Filters) -> Select[Monitor]:
    query = select(Monitor).where(Monitor.account_id == account_id, Monitor.legacy_source_id.is_(None))
    if filters.query:
        query = query.where(Monitor.name.icontains(filters.query, autoescape=True))
    if filters.states:
        query = query.where(or_(*(_in_state(state) for state in filters.states)))
    if filters.tags:
        query = query.where(Monitor.tags.contains(list(filters.tags)))
    if filters.sources:
        query = query.where(Monitor.alert_source_id.in_(filters.sources))
    return query


def _in_state(state: str) -> ColumnElement[bool]:
    if state == "PAUSED":
        return Monitor.paused_at.is_not(None)
    return and_(Monitor.state == state, Monitor.paused_at.is_(None))


async def counts(session: AsyncSession, account_id: int) -> dict[str, int]:
    """`{"UNKNOWN": n, "HEALTHY": n, "OVERDUE": n, "PAUSED": n}` of visible monitors."""
    is_paused = Monitor.paused_at.is_not(None)
    rows = await session.execute(
        select(Monitor.state, is_paused, func.count())
        .where(Monitor.account_id == account_id, Monitor.legacy_source_id.is_(None))
        .group_by(Monitor.state, is_paused)
    )
    found = dict.fromkeys(("UNKNOWN", "HEALTHY", "OVERDUE", "PAUSED"), 0)
    for state, paused, count in rows:
        found["PAUSED" if paused else state] += count
    return found


async def tags(session: AsyncSession, account_id: int) -> list[tuple[str, int]]:
    """Tags in use and how many monitors have each, by tag."""
    rows = await session.execute(
        text(
            "SELECT tag, count(*) FROM heartbeat_monitors, unnest(tags) AS tag "
            "WHERE account_id = :account AND tags <> '{}' AND legacy_source_id IS NULL GROUP BY tag ORDER BY tag"
        ),
        {"account": account_id},
    )
    return [(tag, count) for tag, count in rows]
