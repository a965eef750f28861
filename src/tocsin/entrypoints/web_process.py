"""`tocsin web`: one process that serves the API, the ingest paths and the web app."""

import asyncio
from contextlib import suppress

import uvloop
from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

from tocsin.entrypoints.start import Stopped, begin, make_services, open_database, settled, stop_on_signals
from tocsin.entrypoints.web import create_app
from tocsin.infra.settings import Settings

BACKLOG = 2048
BACKPRESSURE = 4096  # requests under way at once; far above what the database is given at a time


def main() -> int:
    """Serve until stopped; returns the exit code."""
    settings = begin("web")
    with suppress(Stopped):
        uvloop.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    stopping = stop_on_signals()
    services = make_services(settings)
    app = create_app(services)  # meanwhile PostgreSQL starts
    settled()
    await open_database(services, stopping=stopping)
    server = Server(
        app,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,  # a proxy in front speaks HTTP/2 to browsers; without the detection a ping costs less
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        websockets=False,
        log_enabled=False,
    )
    try:
        serving = asyncio.create_task(server.serve())
        asked_to_stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({serving, asked_to_stop}, return_when=asyncio.FIRST_COMPLETED)
        asked_to_stop.cancel()
        server.stop()  # type: ignore[no-untyped-call]
        await serving
    finally:
        await services.database.close()
