"""Durable events: how many are accepted and processed a second, how many become new alerts, and how fast a page is out.

usage: python bench/events.py [--seconds 10] [--connections 128]
"""

import argparse
import asyncio
import json
import time

import uvloop

from installation import Running, cost_row, database_of, installation, row, wait_until
from load import GENERATOR, Result, drive, percentile, post
from sink import Sink, smtp_sink

KEYS = 1000
PROCESSED = "SELECT NOT EXISTS (SELECT FROM events WHERE disposition IS NULL)"


def event(key: str, alert_key: str) -> bytes:
    body = {
        "integrationKey": key,
        "eventType": "ALERT",
        "summary": f"{alert_key} does not answer",
        "details": "The check of this host failed three times in a row. " * 3,
        "alertKey": alert_key,
        "priority": "HIGH",
        "labels": {"host": alert_key, "team": "bench"},
    }
    return post("/api/events", json.dumps(body).encode())


async def measure(running: Running, sink: Sink, *, seconds: float, connections: int) -> None:
    async with database_of(running) as db:
        key = await db.fetchval(
            "SELECT integration_key FROM alert_sources WHERE integration_type = 'API' ORDER BY id LIMIT 1"
        )
        known = [event(key, f"host-{n}") for n in range(KEYS)]
        await drive(running.port, lambda n: known[n % KEYS], connections=32, seconds=30, most=KEYS)
        await wait_until(db, PROCESSED)
        await _quiet(db)

        before, paid = await db.fetchval("SELECT count(*) FROM events"), running.cost()
        began = time.monotonic()
        full = await drive(running.port, lambda n: known[n % KEYS], connections=connections, seconds=seconds)
        late = await db.fetchval("SELECT count(*) FROM events WHERE disposition IS NULL")
        await wait_until(db, PROCESSED)
        spent = time.monotonic() - began
        stored = await db.fetchval("SELECT count(*) FROM events") - before
        row(f"durable events over {KEYS} keys, accepted", full.per_second, "/s", target=5000)
        row("  the same, accepted and processed", stored / spent, "/s", target=5000)
        row("  waiting to be processed when the load ended", late, "")
        cost_row(running.cost() - paid, stored)
        _describe(full)

        half = await drive(
            running.port, lambda n: known[n % KEYS], connections=connections, seconds=seconds, rate=2500
        )
        row("accepted request at 2,500/s, p50", half.percentile(0.5) * 1000, "ms")
        row("  p99", half.percentile(0.99) * 1000, "ms", target=250, at_most=True)
        await wait_until(db, PROCESSED)

        alerts, paid = await db.fetchval("SELECT count(*) FROM alerts"), running.cost()
        began = time.monotonic()
        new = await drive(
            running.port,
            lambda n: event(key, f"new-{n}"),
            connections=connections,
            seconds=seconds,
            most=int(1000 * seconds),
        )
        await wait_until(db, PROCESSED)
        opened = await db.fetchval("SELECT count(*) FROM alerts") - alerts
        row("new alerts opened", opened / (time.monotonic() - began), "/s", target=500)
        _describe(new)
        await _quiet(db)
        cost_row(running.cost() - paid, opened)
        await db.execute("VACUUM ANALYZE")
        sink.arrivals()
        await _page_latency(running, sink, key=key, known=known, seconds=seconds)


async def _page_latency(
    running: Running, sink: Sink, *, key: str, known: list[bytes], seconds: float
) -> None:
    """1,000 events a second; every hundredth opens an alert, whose page is timed."""
    sent: dict[str, float] = {}

    def make(n: int) -> bytes:
        if n % 100:
            return known[n % KEYS]
        name = f"page-{n}"
        sent[name] = time.time()
        return event(key, name)

    await drive(running.port, make, connections=64, seconds=seconds, rate=1000)
    await asyncio.sleep(3)
    waited = []
    for at, subject in sink.arrivals():
        name = next((word for word in subject.split() if word in sent), None)
        if name is not None:
            waited.append(at - sent.pop(name))
    row("event sent -> page handed over under 1,000/s, p50", percentile(waited, 0.5) * 1000, "ms")
    row("  p99", percentile(waited, 0.99) * 1000, "ms", target=1000, at_most=True)
    row("  pages timed / missing", len(waited), f"/ {len(sent)}")


async def _quiet(db: object) -> None:
    await wait_until(
        db,  # type: ignore[arg-type]
        "SELECT NOT EXISTS (SELECT FROM notifications WHERE due_at <= now() OR state = 'SENDING') "
        "AND NOT EXISTS (SELECT FROM alert_escalations WHERE due_at <= now())",
        seconds=300,
    )


def _describe(result: Result) -> None:
    answers = ", ".join(f"{status}: {count:,}" for status, count in sorted(result.statuses.items()))
    print(f"  answers {answers}; generator: {GENERATOR}, {result.cpu_share:.0%} of a core", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--seconds", type=float, default=10)
    arguments.add_argument("--connections", type=int, default=128)
    chosen = arguments.parse_args()
    with smtp_sink() as sink, installation(smtp_url=sink.url) as running:
        uvloop.run(measure(running, sink, seconds=chosen.seconds, connections=chosen.connections))


if __name__ == "__main__":
    main()
