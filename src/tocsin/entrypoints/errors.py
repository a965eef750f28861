"""Every error answer has the contract's body and says what to do."""

from typing import Any

import asyncpg
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tocsin.kernel.errors import AppError, Unavailable, ValidationError

log = structlog.get_logger()

_CODES = {
    400: "VALIDATION_ERROR",
    401: "UNAUTHENTICATED",
    403: "NO_PERMISSION",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMITED",
}


def to_response(error: AppError) -> Response[dict[str, Any]]:
    return Response(
        error.body(), status_code=error.status, headers=error.headers, media_type="application/json"
    )


def on_app_error(_: Request[Any, Any, Any], error: AppError) -> Response[dict[str, Any]]:
    return to_response(error)


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, Any]]:
    status = error.status_code
    if status >= 500:
        return on_unexpected(request, error)
    message = _sentence(request, error)
    if status == 404:
        message = f"There is nothing at {request.url.path}; the API is described at /api-docs"
    elif status == 405:
        message = f"{request.method} is not possible at {request.url.path}"
    return to_response(AppError(message, status=status, code=_CODES.get(status, "ERROR")))


def _sentence(request: Request[Any, Any, Any], error: HTTPException) -> str:
    """Where and what: Litestar keeps the field's path apart from its message."""
    parts: list[str] = []
    extra = error.extra if isinstance(error.extra, list) else []
    for item in extra:
        if isinstance(item, dict):
            where = _place(request, str(item.get("key", "")))
            parts.append(f"{where}: {item.get('message', 'is not valid')}")
    return "; ".join(parts) or str(error.detail) or "The request is not valid"


def _place(request: Request[Any, Any, Any], key: str) -> str:
    """The name on the wire: of a body's field its path, of a parameter the name it is sent by."""
    if key == "data" or key.startswith("data."):
        return key[len("data.") :] or "body"
    signature = request.route_handler.parsed_fn_signature
    definition = getattr(signature.parameters.get(key), "kwarg_definition", None)
    name = getattr(definition, "name", None) or getattr(definition, "query", None)
    return str(name or key or "request")


def on_database_error(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    """Values PostgreSQL cannot hold are the caller's fault; a database that is away is ours."""
    cause: object = getattr(error, "orig", error)
    cause = getattr(cause, "__cause__", None) or cause
    if isinstance(cause, asyncpg.DataError | OverflowError | ValueError):
        return to_response(ValidationError("A value in the request is out of range or not storable"))
    is_away = isinstance(
        error, PoolTimeout | InterfaceError | OperationalError | OSError | TimeoutError
    ) or isinstance(
        cause,
        asyncpg.PostgresConnectionError
        | asyncpg.InterfaceError
        | asyncpg.InternalClientError
        | asyncpg.OperatorInterventionError
        | asyncpg.CannotConnectNowError
        | OSError,
    )
    if is_away:
        log.warning("database_away", path=request.url.path, error=repr(cause))
        return to_response(Unavailable("The database cannot be reached right now; try again"))
    return on_unexpected(request, error)


def on_unexpected(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, Any]]:
    log.error("request_failed", method=request.method, path=request.url.path, exc_info=error)
    return to_response(
        AppError(
            "Something went wrong here; the log of the server has the details",
            status=500,
            code="INTERNAL_ERROR",
        )
    )


HANDLERS: dict[type[Exception] | int, Any] = {
    AppError: on_app_error,
    HTTPException: on_http_error,
    DBAPIError: on_database_error,
    PoolTimeout: on_database_error,
    asyncpg.PostgresError: on_database_error,
    asyncpg.InterfaceError: on_database_error,
    asyncpg.InternalClientError: on_database_error,
    OSError: on_database_error,
    TimeoutError: on_database_error,
    Exception: on_unexpected,
}
