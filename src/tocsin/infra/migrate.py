"""Bring the database's tables to the newest revision.

Alembic and SQLAlchemy are imported only when there is something to do: a later start asks one question and goes on.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from tocsin.infra.dsn import plain_dsn

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection, MetaData

_FOLDER = Path(__file__).resolve().parent.parent / "migrations"
# One migration run at a time, however many processes start at once.
_LOCK = 7_206_137


def newest_revision() -> str:
    """The revision this code needs, from the file names (`0001_initial.py`), without loading Alembic's tree."""
    return sorted(path.stem for path in (_FOLDER / "versions").glob("[0-9]*.py"))[-1].split("_", 1)[0]


async def current_revision(dsn: str) -> str | None:
    """The revision the database is at; None when it is empty."""
    connection = await asyncpg.connect(plain_dsn(dsn), timeout=10)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        value: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return value
    finally:
        await connection.close()


async def migrate(dsn: str) -> bool:
    """Upgrade to the newest revision; True when something was done."""
    if await current_revision(dsn) == newest_revision():
        return False
    from alembic import command

    await _run(dsn, lambda config: command.upgrade(config, "head"))
    return True


async def write_revision(dsn: str, *, message: str, number: str) -> None:
    """For developers: write the migration that brings the tables to what the models say."""
    from alembic import command

    await _run(dsn, lambda config: command.revision(config, message, autogenerate=True, rev_id=number))


async def differences(dsn: str, metadata: "MetaData") -> list[str]:
    """What the models say and the migrated tables lack, or the other way round; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(_url(dsn), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(
                lambda sync: [
                    str(item) for item in compare_metadata(MigrationContext.configure(sync), metadata)
                ]
            )
    finally:
        await engine.dispose()


def _url(dsn: str) -> str:
    return plain_dsn(dsn).replace("postgresql://", "postgresql+asyncpg://", 1)


async def _run(dsn: str, action: "Callable[[Config], object]") -> None:
    from alembic.config import Config
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(_url(dsn), poolclass=NullPool)

    def work(connection: "Connection") -> None:
        config = Config()
        config.set_main_option("script_location", str(_FOLDER))
        config.attributes["connection"] = connection
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        action(config)

    try:
        async with engine.begin() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()
