"""What signing in and managing keys can be refused for."""

from tocsin.kernel.errors import KeyRefused, PermissionDenied, RateLimited, ValidationError


def key_refused() -> KeyRefused:
    """One text for unknown, revoked and expired keys: the answer must not tell which."""
    return KeyRefused(
        "This API key is unknown, revoked or expired. Create a new one in your profile under API keys."
    )


def malformed_credentials() -> KeyRefused:
    return KeyRefused(
        "The Authorization header cannot be read. Send 'Authorization: Bearer <API key>' or HTTP basic "
        "credentials '<username>@<tenant>:<password>'."
    )


def basic_refused() -> KeyRefused:
    return KeyRefused("The user name or the password of the basic credentials is wrong.")


def csrf_refused() -> PermissionDenied:
    return PermissionDenied(
        "A write with a session cookie needs the header x-csrf-token with the csrfToken of GET /api/session. "
        "Reload the page, or use an API key.",
        code="CSRF",
    )


def sign_in_refused() -> ValidationError:
    return ValidationError("The e-mail address or the password is wrong.", code="SIGN_IN_FAILED", status=401)


def too_many_attempts(retry_after: int) -> RateLimited:
    return RateLimited(
        f"Too many failed sign-ins. Try again in {max(1, round(retry_after / 60))} minutes, or let an "
        "administrator set a new password.",
        retry_after=retry_after,
    )
