"""`tocsin engine`: one process that does what is due. Any number may run against one database."""

import asyncio
from contextlib import suppress
from datetime import datetime

import structlog
import uvloop
from prometheus_client import generate_latest

from tocsin.engine.loop import Engine
from tocsin.entrypoints.start import (
    DATABASE_AWAY,
    Stopped,
    begin,
    make_services,
    open_database,
    settled,
    stop_on_signals,
)
from tocsin.entrypoints.works import works
from tocsin.infra.live import Listener
from tocsin.infra.metrics import ENGINE_REGISTRY
from tocsin.infra.settings import Settings

log = structlog.get_logger()

SECONDS_TO_FINISH = 5.0

RECORD_TURN = """
INSERT INTO engine_turns (engine_id, started_at, turned_at, metrics) VALUES ($1, $2, $2, $3)
ON CONFLICT (engine_id) DO UPDATE SET
    turned_at = greatest(engine_turns.turned_at, excluded.turned_at), metrics = excluded.metrics
"""


def main() -> int:
    """Turn until stopped; returns the exit code."""
    settings = begin("engine")
    with suppress(Stopped):
        uvloop.run(_run(settings))
    return 0


async def _run(settings: Settings) -> None:
    stopping = stop_on_signals()
    services = make_services(settings)
    settled()
    await open_database(services, stopping=stopping)
    database = services.database

    async def record_turn(engine_id: str, at: datetime) -> None:
        measured = generate_latest(ENGINE_REGISTRY).decode()
        await database.pool.execute(RECORD_TURN, engine_id, at, measured, timeout=5)

    engine = Engine(works=works(services), clock=services.clock, record_turn=record_turn)
    listener = Listener(database.dsn)
    listener.start()

    def heard(topic: str, payload: str) -> None:
        if topic == "wake":
            engine.wake(payload)

    turning = asyncio.create_task(engine.run())
    try:
        asked_to_stop = asyncio.create_task(stopping.wait())
        with listener.subscribed(heard):  # the engine polls anyway: a lost notice costs a moment
            await asyncio.wait({turning, asked_to_stop}, return_when=asyncio.FIRST_COMPLETED)
        asked_to_stop.cancel()
        engine.stop()
        await asyncio.wait_for(turning, SECONDS_TO_FINISH)
    except TimeoutError:
        # What was under way is claimed by row locks or leases; whoever runs next takes it up.
        log.warning("engine_stopped_in_the_middle")
    finally:
        await listener.close()
        with suppress(*DATABASE_AWAY):
            await database.pool.execute(
                "DELETE FROM engine_turns WHERE engine_id = $1", engine.engine_id, timeout=2
            )
        await database.close()
