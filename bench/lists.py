"""Lists of many monitors and alerts: p95 of an answer, whatever the filter.

usage: python bench/lists.py [--rows 100000]
"""

import argparse
import time

import uvloop

import fill
from installation import Running, database_of, installation, row
from load import percentile

TIMES = 25
MONITOR_LISTS = {
    "monitors, failing first": "?order=failing&max-results=100",
    "monitors by name": "?order=name&max-results=100",
    "monitors, a word in the name": "?query=bench:777&max-results=100",
    "monitors, a word nobody has": "?query=nowhere&max-results=100",
    "monitors by state": "?states=HEALTHY&max-results=100",
    "monitors by a state none is in": "?states=OVERDUE&max-results=100",
    "monitors by tag": "?tags=team-7&max-results=100",
    "monitors by tag, state and word": "?tags=nightly&states=HEALTHY&query=job&max-results=100",
    "monitors, counted": "/count",
    "monitors, their tags": "/tags",
}
ALERT_LISTS = {
    "alerts, newest": "?max-results=100",
    "alerts, page 50": "?max-results=100&start-index=5000",
    "alerts, pending": "?states=PENDING&max-results=100",
    "alerts, open of low priority": "?states=PENDING&states=ACCEPTED&priorities=LOW&max-results=100",
    "alerts, resolved": "?states=RESOLVED&max-results=100",
    "alerts, a word": "?query=777&max-results=100",
    "alerts, a word nobody has": "?query=nowhere&max-results=100",
    "alerts, counted": "/count",
    "alerts, pending counted": "/count?states=PENDING",
}


async def measure(running: Running, *, count: int) -> None:
    async with database_of(running) as db:
        await fill.monitors(db, count, interval_sec=86_400)
        await fill.alerts(db, count)
        await db.execute("VACUUM ANALYZE")
    every: list[float] = []
    for collection, lists in (("heartbeat-monitors", MONITOR_LISTS), ("alerts", ALERT_LISTS)):
        for name, query in lists.items():
            times = []
            for _ in range(TIMES):
                began = time.perf_counter()
                status, answer = running.request("GET", f"/api/{collection}{query}")
                times.append(time.perf_counter() - began)
            if status != 200:
                print(f"{name:<58} answered {status}: {answer}")
                continue
            every += times[1:]
            row(f"{name}, p95", percentile(times[1:], 0.95) * 1000, "ms", target=150, at_most=True)
    row("all of them, p95", percentile(every, 0.95) * 1000, "ms", target=150, at_most=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--rows", type=int, default=100_000)
    chosen = arguments.parse_args()
    with installation() as running:
        uvloop.run(measure(running, count=chosen.rows))


if __name__ == "__main__":
    main()
