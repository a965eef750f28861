"""Fixtures for tests of every kind: a real database, and a clock that the test owns."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.clock import TestClock
from support.postgres import clone_template, empty, locked, make_template, start_server, stop_server
from support.product import Product, running_product
from tocsin.domains.identity.passwords import use_cheap_hashing
from tocsin.infra.db import Database
from tocsin.infra.logging import set_up_logging
from tocsin.infra.settings import Settings
from tocsin.infra.web import Services

FOLDER = pytest.StashKey[Path]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-openapi", action="store_true", help="accept the API document as it is now")


def pytest_configure(config: pytest.Config) -> None:
    set_up_logging(process="test", log_format="console", log_level="warning")
    use_cheap_hashing()
    handed_over = getattr(config, "workerinput", {}).get("postgres_folder")
    config.stash[FOLDER] = Path(handed_over or f"/tmp/tocsin-tests-{os.getpid()}")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgres_folder"] = str(node.config.stash[FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and FOLDER in config.stash:
        stop_server(config.stash[FOLDER])


@pytest.fixture(scope="session")
async def database_dsn(request: pytest.FixtureRequest) -> str:
    """This worker's own database, migrated."""
    folder = request.config.stash[FOLDER]
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with locked(folder):
        server = start_server(folder)
        await make_template(server)
        return await clone_template(server, name=f"tests_{worker}")


@pytest.fixture(scope="session")
async def open_database(database_dsn: str) -> AsyncIterator[Database]:
    database = Database(database_dsn)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def database(open_database: Database) -> Database:
    """Connected and empty."""
    await empty(open_database)
    return open_database


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture
def settings(database_dsn: str, tmp_path: Path) -> Settings:
    """Rate limits are off; a test of them uses `dataclasses.replace(settings, rate_limits=True)`."""
    return Settings(
        database_url=database_dsn,
        data_dir=tmp_path,
        public_url="https://tocsin.test",
        secret_key="tests-secret-key-tests-secret-key",
        rate_limits=False,
    )


@pytest.fixture
def services(database: Database, clock: TestClock, settings: Settings) -> Services:
    return Services(database=database, clock=clock, settings=settings)


@pytest.fixture
async def product(services: Services, clock: TestClock) -> AsyncIterator[Product]:
    """A fresh installation with its owner, a policy and a source; see `support.product`."""
    async with running_product(services, clock) as running:
        yield running
