"""Liveness, readiness, and the engine's health."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg
from litestar import Response, get

from tocsin.infra.migrate import newest_revision
from tocsin.infra.web import Services

ENGINE_SILENT_AFTER = timedelta(seconds=20)


@get("/health/live", opt={"public": True}, security=[{}], tags=["Health"], summary="Is this process alive?")
async def live() -> dict[str, str]:
    """200 as long as the process answers at all."""
    return {"status": "up"}


async def readiness(services: Services) -> tuple[bool, dict[str, Any]]:
    """Database, migrations, engine: each with what is wrong when it is."""
    checks: dict[str, Any] = {"database": "down", "migrations": "unknown", "engine": "unknown"}
    try:
        async with services.database.pool.acquire(timeout=2) as connection:
            revision = await connection.fetchval("SELECT version_num FROM alembic_version", timeout=2)
            checks["database"] = "up"
            is_current = revision == newest_revision()
            checks["migrations"] = "current" if is_current else f"at {revision}, run `tocsin migrate`"
            turned_at = await connection.fetchval("SELECT max(turned_at) FROM engine_turns")
            checks["engine"] = _engine_state(turned_at, await services.now())
    except (
        OSError,
        TimeoutError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
    ):
        return False, checks
    return is_current and checks["engine"] == "up", checks


def _engine_state(turned_at: datetime | None, now: datetime) -> str:
    if turned_at is None:
        return "no engine has turned yet; start one with `tocsin engine`"
    if now - turned_at > ENGINE_SILENT_AFTER:
        return f"silent since {turned_at.isoformat()}; start one with `tocsin engine`"
    return "up"


@get(
    "/health/ready",
    opt={"public": True},
    security=[{}],
    tags=["Health"],
    summary="Can this installation do its work?",
)
async def ready(services: Services) -> Response[dict[str, Any]]:
    """200 only when the database answers, the migrations are current and an engine has turned lately."""
    is_ready, checks = await readiness(services)
    return Response({"status": "up" if is_ready else "down", **checks}, status_code=200 if is_ready else 503)


@get(
    "/health/engine",
    opt={"public": True},
    security=[{}],
    tags=["Health"],
    summary="When did the engines last turn?",
)
async def engine(services: Services) -> Response[dict[str, Any]]:
    """200 when an engine turned within the last 20 seconds."""
    _, checks = await readiness(services)
    alive = checks["engine"] == "up"
    return Response(
        {"status": "up" if alive else "down", "engine": checks["engine"]}, status_code=200 if alive else 503
    )


def routes() -> list[Any]:
    return [live, ready, engine]
