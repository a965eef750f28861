"""Pure decisions about people: names, addresses, roles, contacts, team roles."""

import re
from collections.abc import Callable, Collection, Mapping
from zoneinfo import ZoneInfo

from tocsin.kernel.errors import PermissionDenied, ValidationError
from tocsin.kernel.roles import ROLES, rank
from tocsin.kernel.wire import one_of

OWNER = "ACCOUNT_OWNER"
DEFAULT_ROLE = "RESPONDER"
CAN_BE_PAGED = frozenset({"GUEST", "RESPONDER", "USER", "ADMIN", OWNER})
LANGUAGES = ("en", "de")
TEAM_ROLES = ("STAKEHOLDER", "VIEWER", "RESPONDER", "USER", "ADMIN")
VISIBILITIES = ("PUBLIC", "PRIVATE")
CONTACTS_PER_KIND = 10

_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@,;:<>()\[\]\\\"]+")
_PHONE = re.compile(r"\+?[0-9 ()/.\-]{3,40}")
_RESERVED_NAMES = frozenset({"current", "search-email"})


def check_profile(given: Mapping[str, str | None]) -> dict[str, str | None]:
    """Columns to store for the text fields that were sent. None leaves a field alone; empty text clears an
    optional one and is an error in a name."""
    changes: dict[str, str | None] = {}
    for column, value in given.items():
        if value is None:
            continue
        field = _FIELD_NAMES.get(column, column)
        text = _check_text(value, field=field)
        if column in _CHECKS and text:
            text = _CHECKS[column](text, field=field)
        if column in _OPTIONAL:
            changes[column] = text or None
        elif text:
            changes[column] = text
        elif column in _CHECKS:
            continue  # an empty time zone or language: some clients send unset fields so
        else:
            raise ValidationError(f"{field}: must not be empty")
    return changes


def _check_text(value: str, *, field: str) -> str:
    text = value.strip()
    if len(text) > 255:
        raise ValidationError(f"{field}: has {len(text)} characters, at most 255 are allowed")
    if "\x00" in text or any("\ud800" <= ch <= "\udfff" for ch in text):
        raise ValidationError(f"{field}: must not contain NUL or broken characters")
    return text


def check_email(text: str | None, *, field: str = "email") -> str:
    value = (text or "").strip()
    if not value:
        raise ValidationError(f"{field}: is missing")
    domain = value.rpartition("@")[2]
    if len(value) > 254 or not value.isprintable() or not _EMAIL.fullmatch(value) or not domain.strip(".-"):
        raise ValidationError(f"{field}: is not an e-mail address; write it like ada@example.org")
    return value


def check_phone(text: str | None, *, field: str = "target") -> str:
    """The number as sent: national with a regionCode, or international with a plus."""
    value = text or ""
    if not _PHONE.fullmatch(value.strip()) or sum(ch.isdigit() for ch in value) < 3:
        raise ValidationError(f"{field}: is not a phone number; write it like +49 151 2345678")
    return value


def same_target(kind: str, one: tuple[str, str | None], other: tuple[str, str | None]) -> bool:
    """Do two contacts, each (target, region code), reach the same address or phone?"""
    return _normal(kind, *one) == _normal(kind, *other)


def _normal(kind: str, target: str, region: str | None) -> str:
    if kind == "EMAIL":
        return target.strip().lower()
    digits = re.sub(r"[^0-9+]", "", target)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    return digits if digits.startswith("+") else f"{(region or '').upper()}:{digits}"


def check_timezone(text: str, *, field: str = "timezone") -> str:
    """An IANA zone such as Europe/Berlin."""
    try:
        if not re.fullmatch(r"[A-Za-z0-9_+\-/]{1,64}", text):
            raise ValueError
        ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:
        raise ValidationError(
            f"{field}: {text[:40]!r} is not a time zone; use an IANA name such as Europe/Berlin or UTC"
        ) from error
    return text


def check_language(text: str, *, field: str = "language") -> str:
    return one_of(text.lower(), LANGUAGES, field=field)


def check_region(text: str, *, field: str = "region") -> str:
    """An ISO 3166 country code; upper case. Empty text clears."""
    if text and not re.fullmatch(r"[A-Za-z]{2}", text):
        raise ValidationError(f"{field}: must be a country code of two letters such as DE")
    return text.upper()


def check_colour(text: str, *, field: str = "shiftColor") -> str:
    if text and not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise ValidationError(f"{field}: must be a colour such as #1a2b3c")
    return text


def username_for(email: str, taken: Collection[str]) -> str:
    """A user name made from the address, unlike all in `taken` (lower case). Never only digits: a path
    segment of digits is an id."""
    base = re.sub(r"[^a-z0-9._-]+", "-", email.partition("@")[0].lower()).strip("-._")[:60] or "user"
    if base.isdigit() or base in _RESERVED_NAMES:
        base = f"user-{base}"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def role_to_set(wanted: str, *, present: str | None, caller_role: str) -> str:
    """The role a user gets. The owner stays the owner whatever is sent, since clients send a role with every
    write; nobody gives a role above his own."""
    one_of(wanted, ROLES, field="role")
    if present == OWNER:
        return OWNER
    if wanted == OWNER:
        raise ValidationError("role: ACCOUNT_OWNER cannot be given; an account has exactly one owner")
    if wanted != present and rank(wanted) > rank(caller_role):
        raise PermissionDenied(f"Your role {caller_role} may not give the role {wanted}, which is above it.")
    return wanted


def team_role(wanted: str, *, visibility: str, global_role: str) -> str:
    """The role a member gets. In a public team it is never below the user's own role; a stakeholder stays
    one."""
    one_of(wanted, TEAM_ROLES, field="role")
    if global_role == "STAKEHOLDER":
        if wanted != "STAKEHOLDER":
            raise ValidationError("role: a user with the role STAKEHOLDER can only be STAKEHOLDER of a team")
        return wanted
    floor = "ADMIN" if global_role == OWNER else global_role
    if visibility == "PUBLIC" and floor in TEAM_ROLES and rank(floor) > rank(wanted):
        return floor
    return wanted


_FIELD_NAMES = {"first_name": "firstName", "last_name": "lastName", "shift_color": "shiftColor"}
_OPTIONAL = frozenset({"position", "department", "region", "shift_color"})
_CHECKS: dict[str, Callable[..., str]] = {
    "timezone": check_timezone,
    "language": check_language,
    "region": check_region,
    "shift_color": check_colour,
}
