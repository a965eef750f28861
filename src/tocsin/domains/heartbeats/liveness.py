"""Our own liveness: when were we able to receive and store pings?

Each web process moves one shared row four times a second. A step of more than `LONGEST_STEP` means that nobody could,
and is written down as a gap in the same transaction; deadlines are moved by it (`rules.gaps`). A process that knows
that it could not (it just started, the database did not answer, it refused pings) writes down far shorter ones: whoever
sends one ping a minute may have sent it just then. The engine believes in silence only up to the last beat.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import asyncpg
import structlog

from tocsin.infra.web import Services

log = structlog.get_logger()

BEAT_EVERY_SEC = 0.25
LONGEST_STEP = timedelta(seconds=5)
LONGEST_STEP_AFTER_TROUBLE = timedelta(seconds=1)

_BEAT = """
WITH first AS (
    INSERT INTO ingest_liveness (id, alive_at) VALUES (1, $1) ON CONFLICT DO NOTHING
), before AS (
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


async def beat(
    services: Services, *, now: datetime, longest_step: timedelta = LONGEST_STEP
) -> datetime | None:
    """This process can receive pings at `now`. Returns the start of the gap that ends now, if there was one."""
    async with services.database.pool.acquire() as connection, connection.transaction():
        # A lost beat only makes a gap longer, so it need not wait for the disk.
        await connection.execute("SET LOCAL synchronous_commit = off")
        started_at: datetime | None = await connection.fetchval(_BEAT, now, longest_step)
    if started_at is not None:
        log.warning("monitoring_gap", started_at=started_at.isoformat(), ended_at=now.isoformat())
    return started_at


async def run_liveness(services: Services, *, is_shedding: Callable[[], bool]) -> None:
    """Beat until cancelled. While the gate refuses pings, or the database is away, there is no beat: that time
    becomes a gap."""
    longest_step = LONGEST_STEP_AFTER_TROUBLE
    while True:
        try:
            if is_shedding():
                longest_step = LONGEST_STEP_AFTER_TROUBLE
            else:
                async with asyncio.timeout(3):
                    await beat(services, now=await services.now(), longest_step=longest_step)
                longest_step = LONGEST_STEP
        except (
            OSError,
            TimeoutError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,
        ) as error:
            longest_step = LONGEST_STEP_AFTER_TROUBLE
            log.warning("liveness_not_recorded", error=repr(error))
        await asyncio.sleep(BEAT_EVERY_SEC)
