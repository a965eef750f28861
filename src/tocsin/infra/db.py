"""The database: engine, sessions, the declarative base, and the database's clock.

One request or one engine turn is one transaction (ADR-0002): `Database.transaction()` commits at the end, and
nothing else ever calls commit.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

import asyncpg
import msgspec
from sqlalchemy import BigInteger, DateTime, MetaData, Sequence, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from tocsin.infra.dsn import plain_dsn as plain_dsn
from tocsin.kernel.clock import monotonic

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables. `datetime` columns are timestamptz, ints are bigint, dicts and lists are JSONB."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        int: BigInteger,
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[int]: ARRAY(BigInteger),
    }


# Contacts of every kind share one sequence, so that e-mail and phone ids never collide (on-call reference §1.4).
contact_ids = Sequence("contact_ids", metadata=Base.metadata)


class Clock(Protocol):
    """Where a web process or the engine gets the instant it decides with."""

    async def now(self) -> datetime: ...


class DatabaseClock:
    """The database's clock, asked about once a second and carried on in between by a monotonic clock.

    Only the very first caller waits for the answer: the clock goes on while the database is busy or away.
    """

    def __init__(self, database: "Database", *, refresh_every: float = 1.0) -> None:
        self._database = database
        self._refresh_every = refresh_every
        self._base: datetime | None = None
        self._asked_at = 0.0
        self._asking: asyncio.Task[None] | None = None

    async def now(self) -> datetime:
        if self._base is None:
            await self._ask()
            assert self._base is not None
        at = monotonic()
        if at - self._asked_at > self._refresh_every and self._asking is None:
            self._asking = asyncio.get_running_loop().create_task(self._refresh())
        return self._base + timedelta(seconds=at - self._asked_at)

    async def _ask(self) -> None:
        async with self._database.pool.acquire() as connection:
            began = monotonic()
            base: datetime = await connection.fetchval("SELECT clock_timestamp()", timeout=5)
            # The answer was made somewhere between the question and now.
            self._base, self._asked_at = base, (began + monotonic()) / 2

    async def _refresh(self) -> None:
        try:
            await self._ask()
        except (
            OSError,
            TimeoutError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,
        ):
            return
        finally:
            self._asking = None


class Database:
    """Connections of one process: SQLAlchemy sessions for the use cases, an asyncpg pool for the hot paths."""

    def __init__(self, dsn: str, *, pool_size: int = 8, hot_pool_size: int = 4) -> None:
        self.dsn = plain_dsn(dsn)
        self._pool_size = pool_size
        self._hot_pool_size = hot_pool_size
        self._engine: AsyncEngine | None = None
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._sessions: async_sessionmaker[AsyncSession] | None = None

    async def open(self) -> None:
        """Connect. Raises OSError or asyncpg errors when the database cannot be reached."""
        self._pool = await asyncpg.create_pool(
            self.dsn,
            min_size=1,
            max_size=self._hot_pool_size,
            command_timeout=60,
            init=_register_codecs,
            server_settings={"application_name": "tocsin"},
        )

        async def connect() -> "asyncpg.Connection[asyncpg.Record]":
            return await asyncpg.connect(
                self.dsn, command_timeout=60, timeout=5, server_settings={"application_name": "tocsin"}
            )

        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connect,
            pool_size=self._pool_size,
            max_overflow=4,
            pool_pre_ping=True,
            pool_timeout=5,
            json_serializer=lambda value: msgspec.json.encode(value).decode(),
            json_deserializer=json.loads,
        )
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)

    async def close(self) -> None:
        if self._engine is not None:
            await self._engine.dispose()
        if self._pool is not None:
            try:
                await self._pool.close()
            except (OSError, asyncpg.PostgresError):
                self._pool.terminate()

    @property
    def pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        assert self._pool is not None, "Database.open() was not called"
        return self._pool

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One unit of work: commits when the block ends, rolls back when it raises."""
        assert self._sessions is not None, "Database.open() was not called"
        async with self._sessions() as session, session.begin():
            yield session


async def _register_codecs(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    for name in ("json", "jsonb"):
        await connection.set_type_codec(
            name,
            schema="pg_catalog",
            encoder=lambda value: msgspec.json.encode(value).decode(),
            decoder=json.loads,
        )


async def notify(session: AsyncSession, *, topic: str, payload: str) -> None:
    """Tell listeners after the commit: `tocsin` is the one channel, `topic` is what changed."""
    await session.execute(text("SELECT pg_notify('tocsin', :message)"), {"message": f"{topic} {payload}"})


async def raw_connection(session: AsyncSession) -> "asyncpg.Connection[asyncpg.Record]":
    """The session's own asyncpg connection, inside its transaction: for set-based statements over arrays.

    jsonb goes in as text with a cast (`$1::text::jsonb`), and comes out as text (`column::text`), because the
    connection's codecs belong to SQLAlchemy.
    """
    connection = await session.connection()
    driver: asyncpg.Connection[asyncpg.Record] | None = (
        await connection.get_raw_connection()
    ).driver_connection
    assert driver is not None
    if not driver.is_in_transaction():
        # SQLAlchemy's BEGIN is sent with the first statement of its own.
        await session.execute(text("SELECT 1"))
    return driver
