"""The web process's application: gates, API and web app in one ASGI callable."""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, cast

from litestar import Litestar, Request, Router
from litestar.config.compression import CompressionConfig
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme

from tocsin import __version__
from tocsin.domains.identity.service import Credentials, authenticate
from tocsin.entrypoints import api_docs, errors, health, metrics, wiring
from tocsin.entrypoints.front import Front, Gate, WebApp
from tocsin.entrypoints.openapi import describe_closed_values
from tocsin.entrypoints.request_body import ApiRequest
from tocsin.infra.asgi import Scope, client_ip
from tocsin.infra.rate_limits import FixedWindow
from tocsin.infra.web import Caller, Services

SESSION_COOKIE = "tocsin_session"
_LARGEST_BODY = 1024 * 1024


def create_app(services: Services) -> Front:
    """Everything one web process serves. `services.database` must be open while it runs."""
    services = replace(services, on_legacy_heartbeat=(wiring.follow_legacy_heartbeat,))
    gates = wiring.gates(services)
    return Front(gates=gates, api=create_api(services, gates), web_app=WebApp())  # type: ignore[arg-type]


def create_api(services: Services, gates: list[Gate]) -> Litestar:
    per_key = FixedWindow(limit=120, what="one API key")

    async def require_caller(
        connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
    ) -> None:
        if handler.opt.get("public"):
            return
        credentials = Credentials(
            authorization=connection.headers.get("authorization"),
            cookie=connection.cookies.get(SESSION_COOKIE),
            csrf=connection.headers.get("x-csrf-token"),
            method=connection.scope["method"],  # type: ignore[typeddict-item]
            ip=client_ip(cast(Scope, connection.scope), trusted_proxies=services.settings.trusted_proxies),
        )
        now = await services.now()
        async with services.database.transaction() as session:
            caller = await authenticate(session, credentials, now=now)
        if services.settings.rate_limits and caller.session_id is None:
            per_key.check(credentials.authorization or "", at=now.timestamp())
        connection.state["caller"] = caller

    async def provide_caller(request: Request[Any, Any, Any]) -> Caller:
        caller: Caller = request.state["caller"]
        return caller

    async def provide_services() -> Services:
        return services

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with wiring.web_background(services, gates) as listener:
            app.state["listener"] = listener
            yield

    handlers = wiring.api_routes()
    app = Litestar(
        route_handlers=[
            Router(path="/api", route_handlers=handlers),
            *wiring.page_routes(),
            *health.routes(),
            *metrics.routes(),
            api_docs.api_docs,
            api_docs.api_docs_json,
        ],
        guards=[require_caller],
        request_class=ApiRequest,
        dependencies={
            "caller": Provide(provide_caller),
            "services": Provide(provide_services),
        },
        exception_handlers=errors.HANDLERS,
        openapi_config=openapi_config(),
        lifespan=[lifespan],
        request_max_body_size=_LARGEST_BODY,
        compression_config=CompressionConfig(backend="gzip", minimum_size=2000, exclude=["/api/live"]),
        logging_config=None,
    )
    describe_closed_values(app)
    return app


def openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Tocsin API",
        version=__version__,
        description="Incident management that a team runs itself. Speaks ilert's REST API.",
        path="/api-schema",
        render_plugins=[],
        operation_id_creator=_operation_id,
        security=[{"apiKey": []}, {"basic": []}],
        components=Components(
            security_schemes={
                "apiKey": SecurityScheme(
                    type="http", scheme="bearer", description="Authorization: Bearer <key>"
                ),
                "basic": SecurityScheme(
                    type="http", scheme="basic", description="username@tenant and password"
                ),
            }
        ),
    )


def _operation_id(handler: Any, method: str, path_components: Sequence[Any]) -> str:
    words = [
        re.sub(r"\W+", " ", str(getattr(part, "name", part))).title().replace(" ", "")
        for part in path_components
    ]
    return method.lower() + "".join(words)


__all__ = ["Gate", "create_api", "create_app"]
