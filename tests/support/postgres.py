"""One embedded PostgreSQL for the whole run, one database for each xdist worker, emptied for each test."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from tocsin.infra.db import Database
from tocsin.infra.embedded import EmbeddedPostgres
from tocsin.infra.migrate import migrate

TEMPLATE = "tocsin_template"
SMALL_TABLE_BYTES = 500_000


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Workers start together: only one of them sets things up."""
    lock = folder.parent / f"{folder.name}.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start_server(folder: Path) -> EmbeddedPostgres:
    server = EmbeddedPostgres(folder)
    if not server.is_running:
        server.start(durable=False)
    return server


def stop_server(folder: Path) -> None:
    """Stop the server if some test needed one, and leave nothing behind."""
    if folder.exists():
        EmbeddedPostgres(folder).stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)
    (folder.parent / f"{folder.name}.lock").unlink(missing_ok=True)


async def make_template(server: EmbeddedPostgres) -> None:
    """A migrated database that the others are cloned from.

    Every sequence starts somewhere else, so that no test passes by mistaking one table's id for another's.
    """
    admin = await asyncpg.connect(server.dsn)
    try:
        if await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate", TEMPLATE):
            return
        await admin.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        await admin.execute(f"CREATE DATABASE {TEMPLATE}")
        await migrate(server.dsn_of(TEMPLATE))
        inside = await asyncpg.connect(server.dsn_of(TEMPLATE))
        try:
            names = await inside.fetch("SELECT sequencename FROM pg_sequences ORDER BY 1")
            for number, row in enumerate(names):
                await inside.execute("SELECT setval($1::regclass, $2)", row[0], 1000 * (number + 1))
        finally:
            await inside.close()
        await admin.execute(f"ALTER DATABASE {TEMPLATE} WITH is_template true")
    finally:
        await admin.close()


async def clone_template(server: EmbeddedPostgres, *, name: str) -> str:
    """A fresh copy of the template; returns its DSN."""
    admin = await asyncpg.connect(server.dsn)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    finally:
        await admin.close()
    return server.dsn_of(name)


async def empty(database: Database) -> None:
    """Remove every row: small tables by DELETE without foreign key checks, which is much faster than TRUNCATE."""
    async with database.pool.acquire() as connection, connection.transaction():
        tables = [
            name
            for (name,) in await connection.fetch(
                "SELECT quote_ident(tablename) FROM pg_tables "
                "WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
            )
        ]
        filled = await connection.fetch(
            " UNION ALL ".join(
                f"SELECT '{name}', pg_relation_size('{name}') WHERE EXISTS (SELECT FROM {name})"
                for name in tables
            )
        )
        large = [name for name, size in filled if size > SMALL_TABLE_BYTES]
        if large:
            await connection.execute(f"TRUNCATE {', '.join(large)} CASCADE")
        small = [name for name, size in filled if size <= SMALL_TABLE_BYTES]
        if not small:
            return
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("; ".join(f"DELETE FROM {name}" for name in small))
