"""One error type for everything a caller can be told (contract: `{status, code, message, details?}`)."""

from collections.abc import Mapping
from typing import Any


class AppError(Exception):
    """An expected refusal. `message` says what was wrong, where, and what to do.

    status: the HTTP status; code: the contract's or our own stable name; details: optional JSON object.
    """

    status = 400
    code = "VALIDATION_ERROR"

    def __init__(
        self,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        code: str | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        self.headers = dict(headers or {})
        if code is not None:
            self.code = code
        if status is not None:
            self.status = status

    def body(self) -> dict[str, Any]:
        """The JSON error body of the contract (alerting reference §1.4)."""
        body: dict[str, Any] = {"status": self.status, "code": self.code, "message": self.message}
        if self.details is not None:
            body["details"] = dict(self.details)
        return body


class ValidationError(AppError):
    """400: a value is missing, of the wrong type or out of range; the message names the field's path."""


class AuthenticationRequired(AppError):
    """401: no credentials at all (a wrong key is 403 KEY_ERROR, clients rely on the difference)."""

    status = 401
    code = "UNAUTHENTICATED"


class KeyRefused(AppError):
    """403: the key is unknown, revoked, expired or malformed."""

    status = 403
    code = "KEY_ERROR"


class PermissionDenied(AppError):
    """403: the object is visible, but the caller's role may not do this."""

    status = 403
    code = "NO_PERMISSION"


class NotFound(AppError):
    """404: does not exist or is not visible; the two are deliberately indistinguishable."""

    status = 404
    code = "NOT_FOUND"


class RateLimited(AppError):
    """429: wait `retry_after` seconds."""

    status = 429
    code = "RATE_LIMITED"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})


class Unavailable(AppError):
    """503: the database cannot be reached or we are overloaded; nothing was stored, try again."""

    status = 503
    code = "UNAVAILABLE"

    def __init__(self, message: str, *, retry_after: int = 2) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})
