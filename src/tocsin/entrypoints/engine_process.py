"""`tocsin engine`: one process that does what is due. Any number may run against one database."""

import asyncio
from contextlib import suppress
from datetime import datetime

import asyncpg
import structlog
import uvloop

from tocsin.domains.responses.inbound_mail import ReplyServer
from tocsin.engine.loop import Engine
from tocsin.entrypoints import wiring
from tocsin.entrypoints.start import DATABASE_AWAY, Stopped, begin, open_services, stop_on_signals
from tocsin.infra.db import Database
from tocsin.infra.settings import Settings

log = structlog.get_logger()

SECONDS_BETWEEN_CHECKS = 5.0
SECONDS_TO_FINISH = 5.0
WAKE = "wake "

RECORD_TURN = """
INSERT INTO engine_turns (engine_id, started_at, turned_at) VALUES ($1, $2, $2)
ON CONFLICT (engine_id) DO UPDATE SET turned_at = greatest(engine_turns.turned_at, excluded.turned_at)
"""


def main() -> int:
    """Turn until stopped; returns the exit code."""
    settings = begin("engine")
    with suppress(Stopped):
        uvloop.run(_run(settings))
    return 0


async def _run(settings: Settings) -> None:
    stopping = stop_on_signals()
    services = await open_services(settings, stopping=stopping)
    database = services.database

    async def record_turn(engine_id: str, at: datetime) -> None:
        await database.pool.execute(RECORD_TURN, engine_id, at, timeout=5)

    replies = ReplyServer(services)
    await replies.open()
    engine = Engine(works=wiring.works(services), clock=services.clock, record_turn=record_turn)
    turning = asyncio.create_task(engine.run())
    listening = asyncio.create_task(_listen(database, engine))
    try:
        asked_to_stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({turning, asked_to_stop}, return_when=asyncio.FIRST_COMPLETED)
        asked_to_stop.cancel()
        engine.stop()
        listening.cancel()
        await asyncio.wait_for(turning, SECONDS_TO_FINISH)
    except TimeoutError:
        # What was under way is claimed by row locks or leases; whoever runs next takes it up.
        log.warning("engine_stopped_in_the_middle")
    finally:
        await replies.close()
        with suppress(*DATABASE_AWAY):
            await database.pool.execute(
                "DELETE FROM engine_turns WHERE engine_id = $1", engine.engine_id, timeout=2
            )
        await database.close()


async def _listen(database: Database, engine: Engine) -> None:
    """Pass `wake <work>` notices on; connect again when the database went away. The engine polls anyway."""

    def heard(_connection: object, _number: int, _channel: str, message: object) -> None:
        text = str(message)
        if text.startswith(WAKE):
            engine.wake(text.removeprefix(WAKE))

    while True:
        try:
            connection = await asyncpg.connect(
                database.dsn, timeout=5, server_settings={"application_name": "tocsin-listen"}
            )
            try:
                await connection.add_listener("tocsin", heard)
                while True:
                    await asyncio.sleep(SECONDS_BETWEEN_CHECKS)
                    await connection.execute("SELECT 1", timeout=5)
            finally:
                connection.terminate()
        except DATABASE_AWAY as error:
            log.warning("engine_cannot_listen", reason=str(error) or type(error).__name__)
            await asyncio.sleep(1.0)
