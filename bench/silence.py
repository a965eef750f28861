"""Many monitors fall silent within one second, grouping off: how long until all alerts are open and all pages out?

usage: python bench/silence.py [--monitors 10000]
"""

import argparse
import asyncio
import time

import uvloop

import fill
from installation import Running, cost_row, database_of, installation, row, wait_until
from sink import Sink, smtp_sink

LEAD_SEC = 15.0


async def measure(running: Running, sink: Sink, *, count: int) -> None:
    async with database_of(running) as db:
        await fill.monitors(db, count, interval_sec=30, spread=False, delay_sec=LEAD_SEC - 30)
        first = await db.fetchval(
            "SELECT extract(epoch FROM min(check_at) - clock_timestamp()) FROM heartbeat_monitors"
        )
        await asyncio.sleep(max(0.0, float(first)))
        paid, began = running.cost(), time.monotonic()
        opened = await wait_until(db, "SELECT count(*) >= $1 FROM alerts", count, seconds=300)
        row(f"{count:,} monitors silent at once: all alerts open after", opened, "s", target=10, at_most=True)
        done = "SELECT NOT EXISTS (SELECT FROM notifications WHERE due_at <= now() OR state = 'SENDING') AND "
        done += "NOT EXISTS (SELECT FROM alert_escalations WHERE due_at <= now())"
        await wait_until(db, done, seconds=600)
        row("  all pages handed over after", time.monotonic() - began, "s")
        cost_row(running.cost() - paid, count)
        lateness = await db.fetchval(
            "SELECT percentile_cont(0.99) WITHIN GROUP (ORDER BY extract(epoch FROM m.reported_at - m.overdue_since)) "
            "FROM heartbeat_monitors m WHERE reported_at IS NOT NULL"
        )
        row("  noticed after the deadline, p99", float(lateness), "s")
        times = sorted(at for at, _ in sink.arrivals())
        if len(times) > 1:
            row("  pages handed to the SMTP sink", len(times) / (times[-1] - times[0]), "/s", target=500)
        row("  mails", len(times), "")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--monitors", type=int, default=10_000)
    chosen = arguments.parse_args()
    with smtp_sink() as sink, installation(smtp_url=sink.url) as running:
        uvloop.run(measure(running, sink, count=chosen.monitors))


if __name__ == "__main__":
    main()
