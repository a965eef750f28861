"""How values look on the wire: instants and durations of the contract (alerting reference §1.7)."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tocsin.kernel.errors import ValidationError

_DURATION = re.compile(r"^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


def instant_out(at: datetime | None) -> str | None:
    """UTC with `Z` and milliseconds."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def instant_in(text: str, *, field: str) -> datetime:
    """An ISO-8601 instant with any offset; without one it is UTC. Raises ValidationError naming the field."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise ValidationError(
            f"{field}: {text[:40]!r} is not an ISO-8601 instant; write it like 2026-05-25T21:24:56Z"
        ) from error
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    try:
        at = at.astimezone(UTC)
    except OverflowError as error:
        raise ValidationError(f"{field}: the year must lie between 1970 and 9998") from error
    if not 1970 <= at.year <= 9998:
        raise ValidationError(f"{field}: the year must lie between 1970 and 9998")
    return at


def duration_in(text: str, *, field: str) -> timedelta:
    """An ISO-8601 duration of weeks, days, hours, minutes and seconds."""
    match = _DURATION.match(text)
    if match is None or text in {"P", "PT"} or text.endswith("T"):
        raise ValidationError(f"{field}: {text[:40]!r} is not an ISO-8601 duration; write it like PT10M")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    try:
        return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError as error:
        raise ValidationError(f"{field}: the duration is too long") from error


def one_of(value: str, allowed: Sequence[str], *, field: str) -> str:
    """A closed enum on write; anything else is 400 naming the field."""
    if value not in allowed:
        raise ValidationError(f"{field}: {str(value)[:40]!r} is not allowed; use one of {', '.join(allowed)}")
    return value
