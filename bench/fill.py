"""Rows in bulk: monitors and alerts by the hundred thousand, which no API call would make in reasonable time."""

import time
from typing import Any

from tocsin.domains.heartbeats.keys import key_hash

_MONITORS = """
INSERT INTO heartbeat_monitors (account_id, name, integration_key, key_hash, interval_sec, grace_sec, alert_source_id,
    badge_key, tags, storm_grouping, flap_detection, state, last_ping, armed_at, check_at, ping_count, created_at,
    updated_at)
SELECT s.account_id, $6 || ' job ' || key, key, hash, $3, 0, s.id, 'badge-' || key,
    ARRAY['team-' || n % 20, CASE WHEN n % 3 = 0 THEN 'nightly' ELSE 'hourly' END], false, false, 'HEALTHY',
    now() - n % $3 * interval '1 second' + $5 * interval '1 second',
    now() - interval '1 day',
    now() - n % $3 * interval '1 second' + ($3 + $5) * interval '1 second' + interval '0.25 second', 1, now(), now()
FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS new (key, hash, n),
    (SELECT id, account_id FROM alert_sources WHERE integration_type = 'HEARTBEAT2' ORDER BY id LIMIT 1) s
WHERE n > $4
"""
_ALERTS = """
INSERT INTO alerts (account_id, source_id, policy_id, summary, details, report_time, status, priority, alert_key,
    folded_key, last_event_at, resolved_on, labels)
SELECT s.account_id, s.id, s.escalation_policy_id,
    'Host ' || n || CASE n % 4 WHEN 0 THEN ' disk is full' WHEN 1 THEN ' does not answer' ELSE ' backup failed' END,
    repeat('what the check said. ', 10), now() - n * interval '20 second',
    CASE WHEN n % 50 = 0 THEN 'PENDING' WHEN n % 50 = 1 THEN 'ACCEPTED' ELSE 'RESOLVED' END,
    CASE WHEN n % 3 = 0 THEN 'LOW' ELSE 'HIGH' END, 'host-' || n, 'host-' || n, now(),
    CASE WHEN n % 50 > 1 THEN now() END, jsonb_build_object('host', n)
FROM generate_series(1, $1) n,
    (SELECT * FROM alert_sources WHERE integration_type = 'API' ORDER BY id LIMIT 1) s
"""


async def monitors(
    connection: Any,
    count: int,
    *,
    interval_sec: int,
    spread: bool = True,
    delay_sec: float = 0,
    name: str = "Nightly",
) -> list[str]:
    """Healthy monitors; their keys. spread: last pings lie evenly over the interval, `delay_sec` from now at the
    latest; without it all are due in the same second."""
    keys = [f"ih2:bench:{n}" for n in range(count)]
    for begin in range(0, count, 50_000):
        part = keys[begin : begin + 50_000]
        await connection.execute(
            _MONITORS if spread else _MONITORS.replace("n % $3 * interval", "0 * n % $3 * interval"),
            part,
            [key_hash(key) for key in part],
            interval_sec,
            0,
            delay_sec,
            name,
        )
    await connection.execute("ANALYZE heartbeat_monitors")
    return keys


async def alerts(connection: Any, count: int) -> None:
    await connection.execute(_ALERTS, count)
    await connection.execute("ANALYZE alerts")


def seconds_since(began: float) -> float:
    return time.monotonic() - began
