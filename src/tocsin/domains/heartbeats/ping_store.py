"""The one statement of the ping path: many pings, one commit."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

RING = 100
_DEADLOCK_TRIES = 3


Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]"


class PlainPing(NamedTuple):
    """A ping without a signal, as received. arrived: `monotonic()` when it came in."""

    key_hash: int
    key: str
    method: str
    remote_addr: str
    user_agent: str
    body: str | None
    body_truncated: bool
    arrived: float


class Stored(IntEnum):
    ACCEPTED = 0
    UNKNOWN_KEY = 1
    POST_ONLY = 2
    TOO_MANY = 3


# Healthy monitors: no indexed column changes its value, so the update is HOT. A monitor that was UNKNOWN or OVERDUE
# becomes HEALTHY at once and is due now (`check_at`): the engine announces the recovery and sets the next check. That
# is all in the row, so it survives any crash.
_RECORD = f"""
WITH incoming AS (
    SELECT * FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bool[])
    WITH ORDINALITY AS i (hash, key, method, remote_addr, user_agent, body, body_truncated, place)
), hit AS (
    UPDATE heartbeat_monitors m SET
        last_ping = greatest(m.last_ping, $1),
        last_ping_kind = 'PING',
        ping_count = m.ping_count + 1,
        state = 'HEALTHY',
        failed = false,
        armed_at = CASE WHEN m.state = 'UNKNOWN' THEN $1 ELSE m.armed_at END,
        check_at = CASE
            WHEN m.state <> 'HEALTHY' OR (m.check_at IS NULL AND m.paused_at IS NULL) THEN $1
            ELSE m.check_at
        END
    FROM incoming i
    WHERE m.key_hash = i.hash AND m.integration_key = i.key AND (i.method = 'POST' OR NOT m.post_only)
    RETURNING m.id, m.ping_count, m.check_at, m.armed_at,
        i.place, i.method, i.remote_addr, i.user_agent, i.body, i.body_truncated
), armed AS (
    INSERT INTO heartbeat_transitions (monitor_id, at, kind)
    SELECT id, $1, 'ARMED' FROM hit WHERE armed_at = $1 AND check_at = $1
), ring AS (
    INSERT INTO heartbeat_pings
        (monitor_id, slot, number, received_at, kind, method, remote_addr, user_agent, body, body_truncated)
    SELECT id, ping_count % {RING}, ping_count, $1, 'PING', method, remote_addr, user_agent, body, body_truncated
    FROM hit
    ON CONFLICT (monitor_id, slot) DO UPDATE SET
        number = excluded.number, received_at = excluded.received_at, kind = 'PING', exit_code = NULL, rid = NULL,
        run_time_ms = NULL, method = excluded.method, remote_addr = excluded.remote_addr,
        user_agent = excluded.user_agent, body = excluded.body, body_truncated = excluded.body_truncated
)
SELECT coalesce(bool_or(check_at = $1), false),
    CASE WHEN count(*) < cardinality($2::bigint[]) THEN coalesce(array_agg(place), ARRAY[]::bigint[]) END
FROM hit
"""
_EXPLAIN_MISS = "SELECT integration_key FROM heartbeat_monitors WHERE key_hash = ANY($1::bigint[])"
_WAKE = "SELECT pg_notify('tocsin', 'wake heartbeats')"


async def record_pings(connection: Connection, pings: Sequence[PlainPing], *, at: datetime) -> list[Stored]:
    """Store the pings, all received at `at`; committed when it returns. One result for each.

    Raises asyncpg errors and OSError; then nothing of the current round is stored.
    """
    results = [Stored.UNKNOWN_KEY] * len(pings)
    left = sorted(range(len(pings)), key=lambda index: pings[index].key_hash)
    must_wake = False
    while left:
        # A statement updates a row once, so a second ping of the same monitor takes another round.
        seen: set[int] = set()
        now: list[int] = []
        later: list[int] = []
        for index in left:
            hash_ = pings[index].key_hash
            (later if hash_ in seen else now).append(index)
            seen.add(hash_)
        must_wake |= await _record_round(connection, pings, now, results=results, at=at)
        left = later
    if must_wake:
        await connection.execute(_WAKE)
    return results


async def _record_round(
    connection: Connection,
    pings: Sequence[PlainPing],
    places: list[int],
    *,
    results: list[Stored],
    at: datetime,
) -> bool:
    hashes, keys, methods, addresses, agents, bodies, cuts, _ = zip(*(pings[i] for i in places), strict=True)
    needs_look, found = await _fetch(connection, at, hashes, keys, methods, addresses, agents, bodies, cuts)
    # Usually every key is known, and only that is told.
    hit = places if found is None else [places[place - 1] for place in found]
    for index in hit:
        results[index] = Stored.ACCEPTED
    if found is not None:
        missed = [i for i in places if results[i] is not Stored.ACCEPTED]
        known = await connection.fetch(_EXPLAIN_MISS, [pings[i].key_hash for i in missed])
        existing = {row[0] for row in known}
        for i in missed:
            results[i] = Stored.POST_ONLY if pings[i].key in existing else Stored.UNKNOWN_KEY
    return needs_look


async def _fetch(connection: Connection, *arguments: object) -> tuple[bool, list[int] | None]:
    """Whether the engine is to look at once, and the places (from 1) of the known keys; None when all are known.

    Two processes may lock the same rows in another order; the one that PostgreSQL picks tries again.
    """
    for attempt in range(_DEADLOCK_TRIES):
        try:
            row = await connection.fetchrow(_RECORD, *arguments)
        except asyncpg.DeadlockDetectedError:
            if attempt == _DEADLOCK_TRIES - 1:
                raise
        else:
            assert row is not None
            return row[0], row[1]
    raise AssertionError("unreachable")
