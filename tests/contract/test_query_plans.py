"""The plans of what runs on hot tables: lists with every filter, and the engine's looks for due work.

The statements are those the product really sends; each is explained again with the values it was sent with.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event

from support.product import Product

ROWS = 25_000
HOT = {
    "alerts",
    "alert_responders",
    "alert_escalations",
    "events",
    "heartbeat_monitors",
    "heartbeat_pings",
    "heartbeat_transitions",
    "log_entries",
    "notifications",
    "notification_attempts",
}
FILL = """
INSERT INTO users (account_id, username, first_name, last_name, email, role, language, timezone, created_at,
                   updated_at)
SELECT $1, 'u' || n, 'U', n::text, 'u' || n || '@acme.test', 'USER', 'en', 'UTC', $4, $4
FROM generate_series(1, 200) n;
INSERT INTO alert_sources (account_id, name, integration_type, integration_key, escalation_policy_id, created_at,
                           updated_at)
SELECT $1, 'source ' || n, 'API', 'key-' || n, $2, $4, $4 FROM generate_series(1, 100) n;
INSERT INTO alerts (account_id, source_id, policy_id, summary, report_time, last_event_at, status, folded_key,
                    resolved_on, auto_resolve_at)
SELECT $1, s.id, $2, 'Disk ' || md5(n::text) || ' is full', $4::timestamptz - n * interval '1 minute',
       $4::timestamptz - n * interval '1 minute', CASE WHEN n % 400 = 0 THEN 'PENDING' WHEN n % 400 = 1 THEN 'ACCEPTED'
       ELSE 'RESOLVED' END, 'k' || n, CASE WHEN n % 400 > 1 THEN $4::timestamptz END,
       CASE WHEN n % 50 = 0 THEN $4::timestamptz + n * interval '1 minute' END
FROM generate_series(1, $3::int) n
JOIN (SELECT id, row_number() OVER () AS r FROM alert_sources) s ON s.r = n % 100 + 1;
INSERT INTO alert_responders (alert_id, user_id, account_id, assigned_at)
SELECT a.id, u.id, $1, $4 FROM alerts a
JOIN (SELECT id, row_number() OVER () AS r FROM users) u ON u.r = a.id % 200 + 1;
INSERT INTO alert_escalations (alert_id, account_id, rules, passes, step, priority, due_at, ended_reason)
SELECT id, $1, '[{"escalationTimeout": 5, "users": [1], "schedules": [], "teams": []}]', 1, 1, 'HIGH',
       CASE WHEN status = 'PENDING' THEN $4::timestamptz + interval '1 hour' END,
       CASE WHEN status <> 'PENDING' THEN status END FROM alerts;
INSERT INTO log_entries (account_id, alert_id, timestamp, type)
SELECT $1, id, $4, 'AlertReceivedLogEntry' FROM alerts, generate_series(1, 2);
INSERT INTO notifications (account_id, alert_id, user_id, kind, method, target, idempotency_key, planned_at,
                           scheduled_for, due_at, state)
SELECT $1, r.alert_id, r.user_id, 'PAGE', 'EMAIL', 'a@b.test', 'x' || r.alert_id, a.report_time, a.report_time,
       CASE WHEN a.id % 100 = 0 THEN $4::timestamptz + interval '1 hour' END,
       CASE WHEN a.id % 100 = 0 THEN 'SCHEDULED' WHEN a.id % 500 = 1 THEN 'FAILED' ELSE 'SENT' END
FROM alert_responders r JOIN alerts a ON a.id = r.alert_id;
INSERT INTO notification_attempts (notification_id, provider, started_at, finished_at, outcome)
SELECT id, 'smtp', $4, $4, 'SENT' FROM notifications;
INSERT INTO events (account_id, source_id, received_at, correlation_id, event_type, alert_key, payload, disposition,
                    alert_id)
SELECT $1, source_id, report_time, gen_random_uuid(), 'ALERT', folded_key,
       jsonb_build_object('summary', summary), 'CREATED', id FROM alerts;
INSERT INTO heartbeat_monitors (account_id, name, integration_key, key_hash, interval_sec, alert_source_id, badge_key,
                                tags, state, last_ping, armed_at, check_at, overdue_since, ping_count, external_key,
                                created_at, updated_at)
SELECT $1, 'host-' || md5(n::text), 'ih2:60:acme:' || n, n * 7919, 60, s.id, 'badge' || n, ARRAY['t' || n % 500],
       CASE WHEN n % 100 = 0 THEN 'OVERDUE' ELSE 'HEALTHY' END, $4, $4,
       CASE WHEN n % 100 > 0 THEN $4::timestamptz + interval '1 hour' END,
       CASE WHEN n % 100 = 0 THEN $4::timestamptz END, 3, 'ext' || n, $4, $4
FROM generate_series(1, $3::int) n
JOIN (SELECT id, row_number() OVER () AS r FROM alert_sources) s ON s.r = n % 100 + 1;
INSERT INTO heartbeat_pings (monitor_id, slot, number, received_at, kind)
SELECT id, slot, slot, $4, 'PING' FROM heartbeat_monitors, generate_series(1, 3) slot;
INSERT INTO heartbeat_transitions (monitor_id, at, kind) SELECT id, $4, 'ARMED' FROM heartbeat_monitors
"""


@pytest.fixture
async def full(product: Product) -> Product:
    async with product.services.database.pool.acquire() as connection:
        values = (product.account_id, product.policy_id, ROWS, product.clock.at)
        for statement in FILL.split(";\n"):
            used = [value for number, value in enumerate(values, 1) if f"${number}" in statement]
            for new, old in enumerate((n for n in range(1, 5) if f"${n}" in statement), 1):
                statement = statement.replace(f"${old}", f"${new}")
            await connection.execute(statement, *used)
        for table in sorted({*HOT, "users", "alert_sources"}):
            await connection.execute(f"VACUUM ANALYZE {table}")
    return product


@contextmanager
def _listening(product: Product) -> Iterator[dict[str, tuple[Any, ...]]]:
    """What sessions send while the block runs, each statement once with its values."""
    heard: dict[str, tuple[Any, ...]] = {}
    engine = product.services.database._engine
    assert engine is not None

    def keep(statement: str, values: Any) -> None:
        if any(table in statement for table in HOT):
            heard.setdefault(statement, tuple(values or ()))

    def executing(_c: Any, _cursor: Any, statement: str, values: Any, _context: Any, is_many: bool) -> None:
        if not is_many:
            keep(statement, values)

    def connected(connection: Any, _record: Any) -> None:
        # Statements that go past SQLAlchemy, on the same connection.
        connection.driver_connection.add_query_logger(lambda query: keep(query.query, query.args))

    event.listen(engine.sync_engine, "before_cursor_execute", executing)
    event.listen(engine.sync_engine, "connect", connected)
    try:
        yield heard
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", executing)
        event.remove(engine.sync_engine, "connect", connected)


async def _fresh_connections(product: Product) -> None:
    engine = product.services.database._engine
    assert engine is not None
    await engine.dispose()


def _scans(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan" and plan.get("Relation Name") in HOT:
        yield str(plan["Relation Name"])
    for inner in plan.get("Plans", ()):
        yield from _scans(inner)


# They count or list every monitor of the account, which is all of them here: no index can read less.
WHOLE = ("count(*) FILTER", "GROUP BY tag")


async def _sequential(product: Product, heard: dict[str, tuple[Any, ...]]) -> list[str]:
    """The statements among those heard whose plan reads a hot table from end to end."""
    bad = []
    async with product.services.database.pool.acquire() as connection:
        for statement, values in heard.items():
            if any(mark in statement for mark in WHOLE):
                continue
            head = statement.lstrip().split(None, 1)[0].upper()
            if head not in ("SELECT", "WITH", "UPDATE", "DELETE"):
                continue
            try:
                found = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values)
            except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                raise AssertionError(f"cannot explain {statement}: {error}") from error
            plan = json.loads(found) if isinstance(found, str) else found
            tables = set(_scans(plan[0]["Plan"]))
            if tables:
                bad.append(
                    f"{', '.join(sorted(tables))}: {' '.join(statement.split())[:600]} {values!r:.200}"
                )
    return bad


LISTS: list[tuple[str, dict[str, Any]]] = [
    ("alerts", {}),
    ("alerts", {"start-index": 300, "max-results": 100}),
    ("alerts", {"states": ["PENDING", "ACCEPTED"]}),
    ("alerts", {"states": "RESOLVED"}),
    ("alerts", {"sources": "{source}"}),
    ("alerts", {"sources": "{source}", "states": "PENDING"}),
    ("alerts", {"policies": "{policy}"}),
    ("alerts", {"responders": "{user}"}),
    ("alerts", {"query": "c4ca4238"}),
    ("alerts", {"query": "nothing at all"}),
    ("alerts", {"from": "2026-03-01T00:00:00Z", "until": "2026-03-01T06:00:00Z"}),
    ("alerts/count", {"states": ["PENDING", "ACCEPTED"]}),
    ("alerts/{alert}", {"include": ["escalationRules", "nextEscalationUser", "customDetails"]}),
    ("alerts/{alert}/log-entries", {}),
    ("alerts/{alert}/notifications", {}),
    ("alerts/{alert}/deliveries", {}),
    ("alerts/{alert}/why", {}),
    ("deliveries", {}),
    ("deliveries", {"states": "FAILED"}),
    ("alert-sources/{source}/events", {}),
    ("alert-sources", {}),
    ("heartbeat-monitors", {}),
    ("heartbeat-monitors", {"order": "failing"}),
    ("heartbeat-monitors", {"states": "OVERDUE"}),
    ("heartbeat-monitors", {"states": "OVERDUE", "order": "failing"}),
    ("heartbeat-monitors", {"tags": "t7"}),
    ("heartbeat-monitors", {"tags": "t7", "order": "failing"}),
    ("heartbeat-monitors", {"sources": "{source}"}),
    ("heartbeat-monitors", {"query": "c4ca4238"}),
    ("heartbeat-monitors", {"query": "c4ca4238", "order": "failing"}),
    ("heartbeat-monitors/{monitor}", {}),
    ("heartbeat-monitors/{monitor}/pings", {}),
    ("heartbeat-monitors/{monitor}/transitions", {}),
    ("heartbeat-monitors/{monitor}/alerts", {}),
    ("heartbeat-monitors/name/nothing", {}),
    ("dashboard", {}),
]


async def test_lists_with_any_filter_read_no_hot_table_from_end_to_end(full: Product) -> None:
    async with full.services.database.pool.acquire() as connection:
        world = {
            "source": await connection.fetchval("SELECT min(id) FROM alert_sources"),
            "policy": full.policy_id,
            "user": await connection.fetchval("SELECT max(id) FROM users"),
            "alert": await connection.fetchval("SELECT max(id) FROM alerts WHERE status = 'PENDING'"),
            "monitor": await connection.fetchval("SELECT max(id) FROM heartbeat_monitors"),
        }
    problems: dict[str, list[str]] = {}
    for path, params in LISTS:
        filled = {
            name: value.format(**world) if isinstance(value, str) else value for name, value in params.items()
        }
        with _listening(full) as heard:
            await _fresh_connections(full)
            answer = await full.api.get(f"/api/{path.format(**world)}", params=filled)
            assert answer.status_code in (200, 404), answer.text
        assert heard or path == "alert-sources", path
        if found := await _sequential(full, heard):
            problems[f"{path} {params}"] = found
    assert not problems, json.dumps(problems, indent=1)


async def test_the_second_page_of_monitors_reads_from_where_the_first_ended(full: Product) -> None:
    for order in ("name", "failing"):
        first = await full.api.get("/api/heartbeat-monitors", params={"order": order})
        cursor = first.headers["next-cursor"]
        with _listening(full) as heard:
            await _fresh_connections(full)
            second = await full.api.get("/api/heartbeat-monitors", params={"order": order, "cursor": cursor})
        assert len(second.json()) == 100
        assert not {one["id"] for one in first.json()} & {one["id"] for one in second.json()}
        assert await _sequential(full, heard) == []


async def test_the_engines_looks_for_due_work_read_no_hot_table_from_end_to_end(full: Product) -> None:
    with _listening(full) as heard:
        await _fresh_connections(full)
        await full.turn()
        for work in full.works:
            await work.oldest_due(full.clock.at)
        await full.event(eventType="ALERT", summary="a", alertKey="fresh")
        await full.event(eventType="ACCEPT", alertKey="fresh")
        await full.event(eventType="RESOLVE", alertKey="fresh")
    assert any("heartbeat_monitors" in statement for statement in heard)
    assert any("notifications" in statement for statement in heard)
    problems = await _sequential(full, heard)
    assert not problems, "\n".join(problems)
