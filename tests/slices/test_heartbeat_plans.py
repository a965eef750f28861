"""Hot statements and lists keep to their indexes when there are many monitors."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from tocsin.domains.heartbeats import ping_store
from tocsin.domains.heartbeats.ping_store import PlainPing, Stored, record_pings
from tocsin.infra.db import Database

MONITORS = 20_000

# As the stores write them, with their parameters filled in.
LISTS = {
    "by name": "ORDER BY name LIMIT 101",
    "by name, next page": "AND name > 'monitor 500' ORDER BY name LIMIT 101",
    "overdue by name": "AND state = 'OVERDUE' AND paused_at IS NULL ORDER BY name LIMIT 101",
    "healthy by name": "AND state = 'HEALTHY' AND paused_at IS NULL ORDER BY name LIMIT 101",
    "failing first": "AND state = 'OVERDUE' AND id > 0 ORDER BY id LIMIT 101",
    "paused": "AND paused_at IS NOT NULL ORDER BY name LIMIT 101",
    "tag": "AND tags @> ARRAY['rare'] ORDER BY name LIMIT 101",
    "part of the name": "AND name ILIKE '%tor 1234%' ORDER BY name LIMIT 101",
}


@pytest.fixture
async def connection(database: Database) -> Any:
    async with database.pool.acquire() as found:
        account = await found.fetchval(
            "INSERT INTO accounts (name, tenant, created_at) VALUES ('a', 'a', now()) RETURNING id"
        )
        await found.execute(
            "INSERT INTO heartbeat_monitors (account_id, name, integration_key, key_hash, interval_sec, badge_key, "
            "state, tags, last_ping, check_at, paused_at, created_at, updated_at) "
            "SELECT $1, 'monitor ' || n, 'key' || n, n, 300, 'badge' || n, "
            "CASE WHEN n % 1000 = 0 THEN 'OVERDUE' ELSE 'HEALTHY' END, "
            "CASE WHEN n % 500 = 0 THEN ARRAY['rare'] ELSE ARRAY['usual'] END, "
            "now(), now() + n * interval '1 second', CASE WHEN n % 700 = 0 THEN now() END, now(), now() "
            "FROM generate_series(1, $2::int) AS n",
            account,
            MONITORS,
        )
        await found.execute("ANALYZE heartbeat_monitors")
        yield found


async def plan(connection: "asyncpg.Connection[asyncpg.Record]", statement: str, *arguments: object) -> str:
    rows = await connection.fetch(f"EXPLAIN {statement}", *arguments)
    return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize("name", LISTS)
async def test_lists_scan_no_table(connection: Any, name: str) -> None:
    account = await connection.fetchval("SELECT id FROM accounts")
    found = await plan(
        connection,
        f"SELECT * FROM heartbeat_monitors WHERE account_id = {account} AND legacy_source_id IS NULL {LISTS[name]}",
    )
    assert "Seq Scan" not in found, found


async def test_pings_find_their_monitors_by_the_index(connection: Any) -> None:
    keys = [f"key{n}" for n in range(1, 251)]
    texts = [""] * 250
    found = await plan(
        connection,
        ping_store._RECORD,
        datetime.now(UTC),
        list(range(1, 251)),
        keys,
        texts,
        texts,
        texts,
        [None] * 250,
        [False] * 250,
    )
    assert "Seq Scan on heartbeat_monitors" not in found, found


async def test_the_engine_finds_due_monitors_by_the_index(connection: Any) -> None:
    found = await plan(
        connection,
        "SELECT * FROM heartbeat_monitors WHERE check_at <= now() + interval '1 minute' ORDER BY check_at LIMIT 500 "
        "FOR UPDATE SKIP LOCKED",
    )
    assert "ix_heartbeat_monitors_check_at" in found, found


async def test_pings_of_healthy_monitors_are_hot_updates(connection: Any) -> None:
    # Spread over the table: with all rows of a page pinged at once the page has no room for every new version.
    pings = [
        PlainPing(n, f"key{n}", "GET", "::1", "", None, False, 0.0)
        for n in range(1, MONITORS, 101)
        if n % 100
    ]
    async with connection.transaction():
        before = await _updates(connection)
        results = await record_pings(connection, pings, at=datetime.now(UTC))
        after = await _updates(connection)
    assert set(results) == {Stored.ACCEPTED}
    assert after[0] - before[0] == after[1] - before[1] == len(pings)


async def _updates(connection: Any) -> tuple[int, int]:
    """(all, HOT) updates of the monitors' table in this transaction."""
    row = await connection.fetchrow(
        "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'heartbeat_monitors'"
    )
    return row[0], row[1]
