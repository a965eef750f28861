"""`/metrics`: this web process's own, and what the engines wrote down."""

from typing import Any

import asyncpg
from litestar import MediaType, Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tocsin.entrypoints.engine_metrics import engine_metrics
from tocsin.infra.web import Services


@get("/metrics", opt={"public": True}, include_in_schema=False, media_type=MediaType.TEXT)
async def metrics(services: Services) -> Response[bytes]:
    """Without the database the web process still tells its own."""
    shown = generate_latest()
    try:
        shown += await engine_metrics(services.database, now=await services.now())
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        shown += b"# The engines' metrics cannot be read: the database does not answer.\n"
    return Response(shown, media_type=CONTENT_TYPE_LATEST)


def routes() -> list[Any]:
    return [metrics]
