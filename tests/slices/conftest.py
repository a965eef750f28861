"""An installed account and clients of the web process."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from support.api import client_of
from support.clock import START, TestClock
from support.people import Someone, install
from tocsin.entrypoints.front import Front
from tocsin.entrypoints.web import create_app
from tocsin.infra.db import Database
from tocsin.infra.settings import Settings
from tocsin.infra.web import Services


@pytest.fixture(scope="session")
def shared_clock() -> TestClock:
    return TestClock()


@pytest.fixture
def clock(shared_clock: TestClock) -> TestClock:
    shared_clock.at = START
    return shared_clock


@pytest.fixture(scope="session")
def app(open_database: Database, shared_clock: TestClock, database_dsn: str) -> Front:
    """One for all tests: to build it takes longer than most of them."""
    settings = Settings(
        database_url=database_dsn,
        data_dir=Path("/nonexistent"),
        public_url="https://tocsin.test",
        rate_limits=False,
    )
    return create_app(Services(database=open_database, clock=shared_clock, settings=settings))


@pytest.fixture
async def owner(services: Services) -> Someone:
    return await install(services)


@pytest.fixture
async def anonymous(app: Front) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def as_owner(app: Front, owner: Someone) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, key=owner.key) as client:
        yield client
