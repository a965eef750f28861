"""What the long-running processes do first: settings, logs, and patience until the database is there and current."""

import asyncio
import gc
import signal

import asyncpg
import structlog

from tocsin.entrypoints.child import follow_parent
from tocsin.entrypoints.data_folder import effective
from tocsin.infra.db import Database, DatabaseClock
from tocsin.infra.logging import set_up_logging
from tocsin.infra.migrate import current_revision, newest_revision
from tocsin.infra.settings import Settings, load_settings
from tocsin.infra.web import Services

log = structlog.get_logger()

SECONDS_BETWEEN_TRIES = (0.05, 1.0)  # first, and at most
SECONDS_BETWEEN_COMPLAINTS = 10.0
# What a database that is away, starting or stopping makes asyncpg raise.
DATABASE_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Stopped(Exception):
    """Asked to stop before there was anything to stop."""


def begin(process: str) -> Settings:
    """Settings of this process, with logs set up and its parent followed. Raises SettingsError, SecretKeyMissing."""
    settings = load_settings()
    set_up_logging(process=process, log_format=settings.log_format, log_level=settings.log_level)
    follow_parent()
    return effective(settings)


def stop_on_signals() -> asyncio.Event:
    """An event that is set by Ctrl-C or SIGTERM."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    return stopping


def make_services(settings: Settings) -> Services:
    """What the slices are given; its database is opened by `open_database`."""
    database = Database(settings.database_url)
    return Services(database=database, clock=DatabaseClock(database), settings=settings)


async def open_database(services: Services, *, stopping: asyncio.Event) -> None:
    """Wait for a database with current tables, and connect. Raises Stopped when asked to stop meanwhile."""
    await wait_for_database(services.settings.database_url, stopping=stopping)
    await services.database.open()


def settled() -> None:
    """All code is loaded: from now on garbage is collected, and what is there is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.enable()


async def wait_for_database(dsn: str, *, stopping: asyncio.Event) -> None:
    """Return once the database answers and its tables are what this code needs; say every few seconds why not."""
    loop = asyncio.get_running_loop()
    pause, most = SECONDS_BETWEEN_TRIES
    complain_at = loop.time() + SECONDS_BETWEEN_COMPLAINTS
    while not stopping.is_set():
        try:
            revision = await current_revision(dsn)
            if revision == newest_revision():
                return
            reason = (
                f"its tables are at revision {revision}, {newest_revision()} is needed; run `tocsin migrate`"
            )
        except DATABASE_AWAY as error:
            reason = str(error) or type(error).__name__
        if loop.time() >= complain_at:
            log.warning("waiting_for_database", reason=reason)
            complain_at = loop.time() + SECONDS_BETWEEN_COMPLAINTS
        try:
            await asyncio.wait_for(stopping.wait(), pause)
        except TimeoutError:
            pause = min(pause * 1.5, most)
    raise Stopped
