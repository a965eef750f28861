"""A million monitors that ping steadily: how late is silence noticed, is any alarm false, what does waiting cost?

usage: python bench/heartbeats.py [--monitors 1000000] [--rate 16700] [--seconds 300]

Some monitors stop pinging at the start; all others are pinged in turn before their deadline.
"""

import argparse
import asyncio
from contextlib import suppress

import uvloop

import fill
from installation import Running, database_of, installation, row, wait_until
from load import drive, post

SILENT = 500


async def measure(running: Running, *, count: int, rate: float, seconds: float) -> None:
    async with database_of(running) as db:
        # Each is pinged once in count/rate seconds; the interval leaves room for that and a little more.
        interval = int(count / rate * 1.5) + 10
        keys = await fill.monitors(db, count, interval_sec=interval, delay_sec=float(interval) / 3)
        await db.execute("VACUUM ANALYZE heartbeat_monitors")
        idle_from = running.cost()
        await asyncio.sleep(10)
        idle = running.cost() - idle_from
        row("engine CPU while nothing is due", idle.engine / 10, "cores", target=0.5, at_most=True)
        silent = set(keys[:: max(1, count // SILENT)][:SILENT])
        pinging = [key for key in keys if key not in silent]
        requests = [post(f"/api/heartbeats/{key}", b"") for key in pinging] if count <= 200_000 else None

        def make(n: int) -> bytes:
            if requests is not None:
                return requests[n % len(requests)]
            return post(f"/api/heartbeats/{pinging[n % len(pinging)]}", b"")

        paid = running.cost()
        result = await drive(running.port, make, connections=256, seconds=seconds, rate=rate)
        spent = running.cost() - paid
        row(f"pings accepted of {count:,} monitors", result.per_second, "/s", target=rate)
        row("  p99 of a ping", result.percentile(0.99) * 1000, "ms")
        row("  engine CPU meanwhile", spent.engine / result.seconds, "cores")
        with suppress(TimeoutError):
            await wait_until(
                db,
                "SELECT count(*) >= $2 FROM heartbeat_monitors WHERE reported_at IS NOT NULL "
                "AND integration_key = ANY($1::text[])",
                list(silent),
                len(silent),
                seconds=2 * interval + 45,
            )
        found = await db.fetchrow(
            "SELECT count(*) AS all, percentile_cont(0.99) WITHIN GROUP (ORDER BY late) AS p99, max(late) AS most "
            "FROM (SELECT extract(epoch FROM reported_at - overdue_since) AS late FROM heartbeat_monitors "
            "WHERE reported_at IS NOT NULL AND integration_key = ANY($1::text[])) AS silent",
            list(silent),
        )
        row("silent monitors noticed", found["all"], f"of {len(silent)}")
        row("  late by, p99", float(found["p99"] or 0), "s", target=1, at_most=True)
        row("  late by, most", float(found["most"] or 0), "s")
        wrong = await db.fetchval(
            "SELECT count(DISTINCT t.id) FROM heartbeat_transitions t "
            "JOIN heartbeat_monitors m ON m.id = t.monitor_id "
            "JOIN heartbeat_pings p ON p.monitor_id = t.monitor_id AND p.received_at <= t.at "
            "AND p.received_at > t.at - m.interval_sec * interval '1 second' WHERE t.kind = 'OVERDUE'"
        )
        gaps = await db.fetch(
            "SELECT extract(epoch FROM ended_at - started_at) AS sec FROM ingest_gaps ORDER BY id"
        )
        row("  gaps of our own (they move deadlines by half a minute)", len(gaps), "")
        print("   ", ", ".join(f"{gap['sec']:.1f} s" for gap in gaps))
        row("  false alarms", wrong, "")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--monitors", type=int, default=1_000_000)
    arguments.add_argument("--rate", type=float, default=16_700)
    arguments.add_argument("--seconds", type=float, default=300)
    chosen = arguments.parse_args()
    with installation() as running:
        uvloop.run(measure(running, count=chosen.monitors, rate=chosen.rate, seconds=chosen.seconds))


if __name__ == "__main__":
    main()
