"""An installed account and clients of the web process."""

from collections.abc import AsyncIterator

import httpx
import pytest

from support.api import client_of
from support.people import Someone, install
from tocsin.entrypoints.front import Front
from tocsin.entrypoints.web import create_app
from tocsin.infra.web import Services


@pytest.fixture
def app(services: Services) -> Front:
    return create_app(services)


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
