"""Every statement on events: the inbox the gates fill, and what became of each event."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from sqlalchemy import Text, cast, delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.events.models import Event
from tocsin.infra.db import raw_connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """An event that a gate accepted. payload: the JSON text without the integration key."""

    account_id: int
    source_id: int
    correlation_id: UUID
    event_type: str
    alert_key: str | None
    payload: str
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    event_id: int
    disposition: str
    reason: str | None
    alert_id: int | None


_INSERT = """
WITH stored AS (
  INSERT INTO events (account_id, source_id, correlation_id, event_type, alert_key, payload, received_at)
  SELECT a, s, c, t, k, p::jsonb, r
  FROM unnest($1::bigint[], $2::bigint[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
    WITH ORDINALITY AS arrived(a, s, c, t, k, p, r, n) ORDER BY n
  RETURNING id)
SELECT id FROM stored ORDER BY id
"""


def _columns(arrived: Sequence[Arrived]) -> list[list[Any]]:
    return [
        [item.account_id for item in arrived],
        [item.source_id for item in arrived],
        [item.correlation_id for item in arrived],
        [item.event_type for item in arrived],
        [item.alert_key for item in arrived],
        [item.payload for item in arrived],
        [item.received_at for item in arrived],
    ]


async def insert_arrived(
    connection: "asyncpg.Connection[asyncpg.Record]", arrived: Sequence[Arrived]
) -> list[int]:
    """Store accepted events in the order given; their ids. The gates' one statement for a whole batch."""
    rows = await connection.fetch(_INSERT, *_columns(arrived))
    return [row["id"] for row in rows]


async def insert_in(session: AsyncSession, arrived: Sequence[Arrived]) -> list[int]:
    """The same within a session's transaction."""
    return await insert_arrived(await raw_connection(session), arrived)


async def lock_sources(session: AsyncSession, source_ids: Sequence[int]) -> None:
    """One processor a source at a time, whoever it is; taken in id order, so that two never wait in a circle."""
    for source_id in sorted(set(source_ids)):
        await session.execute(text("SELECT pg_advisory_xact_lock(731, hashint8(:id))"), {"id": source_id})


async def try_lock_sources(session: AsyncSession, source_ids: Sequence[int]) -> list[int]:
    """Those of the sources nobody else is working on; they are locked now."""
    if not source_ids:
        return []
    rows = await session.execute(
        text(
            "SELECT id FROM unnest(CAST(:ids AS bigint[])) AS source(id) "
            "WHERE pg_try_advisory_xact_lock(731, hashint8(id))"
        ),
        {"ids": list(source_ids)},
    )
    return list(rows.scalars())


async def sources_waiting(session: AsyncSession, *, now: datetime, limit: int) -> list[int]:
    """Sources with events to process, by a loose index scan over the pending ones."""
    rows = await session.execute(
        text(
            """
            WITH RECURSIVE source(id) AS (
              (SELECT source_id FROM events WHERE disposition IS NULL ORDER BY source_id LIMIT 1)
              UNION ALL
              SELECT (SELECT source_id FROM events WHERE disposition IS NULL AND source_id > source.id
                      ORDER BY source_id LIMIT 1)
              FROM source WHERE source.id IS NOT NULL)
            SELECT id FROM source WHERE id IS NOT NULL AND NOT EXISTS (
              SELECT FROM events WHERE disposition IS NULL AND source_id = source.id AND not_before > :now)
            LIMIT :limit
            """
        ),
        {"now": now, "limit": limit},
    )
    return list(rows.scalars())


async def waiting(session: AsyncSession, *, source_ids: Sequence[int], limit: int) -> Sequence[Any]:
    """Events to process, oldest first in each source. Rows: id, account_id, source_id, event_type, alert_key,
    payload (text), received_at, attempts."""
    connection = await raw_connection(session)
    return await connection.fetch(
        "SELECT id, account_id, source_id, event_type, alert_key, payload::text AS payload, received_at, attempts "
        "FROM events WHERE disposition IS NULL AND source_id = ANY($1::bigint[]) ORDER BY id LIMIT $2",
        list(source_ids),
        limit,
    )


async def waiting_until(session: AsyncSession, *, source_id: int, event_id: int) -> Sequence[Any]:
    """The same for one source, up to and including one event (the legacy path answers with its outcome)."""
    connection = await raw_connection(session)
    return await connection.fetch(
        "SELECT id, account_id, source_id, event_type, alert_key, payload::text AS payload, received_at, attempts "
        "FROM events WHERE disposition IS NULL AND source_id = $1 AND id <= $2 ORDER BY id",
        source_id,
        event_id,
    )


async def record(session: AsyncSession, decided: Sequence[Decided], *, now: datetime) -> None:
    if not decided:
        return
    connection = await raw_connection(session)
    await connection.execute(
        "UPDATE events SET disposition = d, reason = r, alert_id = a, processed_at = $5, not_before = NULL "
        "FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) AS decided(id, d, r, a) "
        "WHERE events.id = decided.id",
        [item.event_id for item in decided],
        [item.disposition for item in decided],
        [item.reason for item in decided],
        [item.alert_id for item in decided],
        now,
    )


async def postpone(session: AsyncSession, *, event_id: int, until: datetime, reason: str) -> None:
    await session.execute(
        text(
            "UPDATE events SET attempts = attempts + 1, not_before = :until, reason = :reason WHERE id = :id"
        ),
        {"id": event_id, "until": until, "reason": reason[:500]},
    )


async def oldest_waiting(session: AsyncSession) -> datetime | None:
    return (
        await session.execute(select(func.min(Event.received_at)).where(Event.disposition.is_(None)))
    ).scalar_one()


async def outcome(session: AsyncSession, event_id: int) -> Event | None:
    return await session.get(Event, event_id, populate_existing=True)


async def of_source(
    session: AsyncSession,
    *,
    account_id: int,
    source_id: int,
    since: datetime | None,
    until: datetime | None,
    words: str | None,
    start: int,
    limit: int,
) -> Sequence[Event]:
    query = select(Event).where(Event.account_id == account_id, Event.source_id == source_id)
    if since is not None:
        query = query.where(Event.received_at >= since)
    if until is not None:
        query = query.where(Event.received_at < until)
    if words:
        query = query.where(cast(Event.payload, Text).icontains(words, autoescape=True))
    rows = await session.execute(
        query.order_by(Event.received_at.desc(), Event.id.desc()).offset(start).limit(limit)
    )
    return rows.scalars().all()


async def forget(session: AsyncSession, *, now: datetime, keep: timedelta, limit: int) -> int:
    """Drop processed events older than `keep`, a bounded batch."""
    old = select(Event.id).where(Event.received_at < now - keep, Event.disposition.is_not(None)).limit(limit)
    done = await session.execute(delete(Event).where(Event.id.in_(old)).returning(Event.id))
    return len(done.scalars().all())


def new_correlation_id() -> UUID:
    return uuid4()


def encode(payload: dict[str, Any]) -> str:
    return msgspec.json.encode(payload).decode()
