"""An installed account and clients of the API of identity, people and audit."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar

from support.api import api_of, client_of
from support.people import Someone, install
from tocsin.domains.audit import api as audit_api
from tocsin.domains.identity import api as identity_api
from tocsin.domains.people import api as people_api
from tocsin.infra.web import Services


@pytest.fixture
def app(services: Services) -> Litestar:
    return api_of(services, [*identity_api.routes(), *people_api.routes(), *audit_api.routes()])


@pytest.fixture
async def owner(services: Services) -> Someone:
    return await install(services)


@pytest.fixture
async def anonymous(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def as_owner(app: Litestar, owner: Someone) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, key=owner.key) as client:
        yield client
