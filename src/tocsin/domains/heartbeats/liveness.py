"""Our own liveness: when were we able to receive and store pings?

Each web process moves one shared row every second. A step of more than `LONGEST_STEP` means that nobody could, and is
written down as a gap in the same transaction; deadlines are moved by it (`rules.gaps`).
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import asyncpg
import structlog

from tocsin.infra.web import Services

log = structlog.get_logger()

BEAT_EVERY_SEC = 1.0
LONGEST_STEP = timedelta(seconds=5)

_BEAT = """
WITH before AS (
    SELECT alive_at FROM ingest_liveness WHERE id = 1 FOR UPDATE
), moved AS (
    UPDATE ingest_liveness SET alive_at = $1 FROM before WHERE id = 1 AND before.alive_at < $1
), gap AS (
    INSERT INTO ingest_gaps (started_at, ended_at)
    SELECT alive_at, $1 FROM before WHERE $1 - alive_at > $2
    RETURNING started_at
)
SELECT started_at FROM gap
"""
_FIRST = "INSERT INTO ingest_liveness (id, alive_at) VALUES (1, $1) ON CONFLICT DO NOTHING"


async def beat(services: Services, *, now: datetime) -> datetime | None:
    """This process can receive pings at `now`. Returns the start of the gap that ends now, if there was one."""
    async with services.database.pool.acquire() as connection, connection.transaction():
        await connection.execute(_FIRST, now)
        started_at: datetime | None = await connection.fetchval(_BEAT, now, LONGEST_STEP)
    if started_at is not None:
        log.warning("monitoring_gap", started_at=started_at.isoformat(), ended_at=now.isoformat())
    return started_at


async def run_liveness(services: Services, *, is_shedding: Callable[[], bool]) -> None:
    """Beat until cancelled. While the gate refuses pings, or the database is away, there is no beat: that time
    becomes a gap."""
    while True:
        try:
            if not is_shedding():
                async with asyncio.timeout(3):
                    await beat(services, now=await services.now())
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("liveness_not_recorded", error=repr(error))
        await asyncio.sleep(BEAT_EVERY_SEC)
