"""Talking to the API of some slices over HTTP, in this process and on the test's clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from litestar import Litestar, Request, Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler

from tocsin.domains.identity.service import Credentials, authenticate
from tocsin.entrypoints import errors
from tocsin.infra.asgi import client_ip
from tocsin.infra.web import Caller, Services


def api_of(services: Services, routes: list[Any]) -> Litestar:
    """The API with these routes, behind the same authentication and error answers as the whole of it."""

    async def require_caller(
        connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        if handler.opt.get("public"):
            return
        credentials = Credentials(
            authorization=connection.headers.get("authorization"),
            cookie=connection.cookies.get("tocsin_session"),
            csrf=connection.headers.get("x-csrf-token"),
            method=str(connection.scope["method"]),
            ip=client_ip(dict(connection.scope), trusted_proxies=0),
        )
        async with services.database.transaction() as session:
            connection.state["caller"] = await authenticate(session, credentials, now=await services.now())

    async def provide_caller(request: Request[Any, Any, Any]) -> Caller:
        caller: Caller = request.state["caller"]
        return caller

    async def provide_services() -> Services:
        return services

    return Litestar(
        route_handlers=[Router(path="/api", route_handlers=routes)],
        guards=[require_caller],
        dependencies={"caller": Provide(provide_caller), "services": Provide(provide_services)},
        exception_handlers=errors.HANDLERS,
        openapi_config=None,
        logging_config=None,
    )


@asynccontextmanager
async def client_of(
    app: Litestar, *, key: str | None = None, ip: str = "127.0.0.1"
) -> AsyncIterator[httpx.AsyncClient]:
    """A client that sends this API key, if any."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app=app, client=(ip, 1234))  # type: ignore[arg-type]
    async with httpx.AsyncClient(
        transport=transport, base_url="http://tocsin.test/api", headers=headers
    ) as client:
        yield client
