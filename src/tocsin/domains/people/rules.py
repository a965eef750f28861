"""Pure decisions about people: names, addresses, roles, contacts, notification rules, team roles."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
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
RULES_PER_TYPE = 40

_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@,;:<>()\[\]\\\"]+")
_PHONE = re.compile(r"\+?[0-9 ()/.\-]{3,40}")
_RESERVED_NAMES = frozenset({"current", "search-email"})
_EMAIL_KIND, _PHONE_KIND = "EMAIL", "PHONE"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What one collection of notification rules allows."""

    methods: tuple[str, ...]
    types: tuple[str, ...] = ()
    default_type: str | None = None


_ALL_BUT_VOICE = ("EMAIL", "SMS", "PUSH", "WHATSAPP", "TELEGRAM")
COLLECTIONS = {
    "alerts": RuleSet((*_ALL_BUT_VOICE, "VOICE"), ("HIGH_PRIORITY", "LOW_PRIORITY")),
    "duties": RuleSet(_ALL_BUT_VOICE, ("ON_CALL",), "ON_CALL"),
    "updates": RuleSet(_ALL_BUT_VOICE, ("ALERT_ACCEPTED", "ALERT_RESOLVED", "ALERT_ESCALATED")),
    "subscriptions": RuleSet(("EMAIL", "SMS", "PUSH")),
}
BEFORE_MIN = (0, 15, 30, 60, 180, 360, 720, 1440)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationRule:
    """One notification preference, checked. `collection` is the path segment it lives under."""

    collection: str
    method: str
    contact_id: int | None
    type: str | None = None
    delay_min: int | None = None
    before_min: int | None = None
    repeat_every_min: int | None = None


def check_rule(rule: NotificationRule, *, contact_kind: str | None) -> NotificationRule:
    """Raises ValidationError that names the field. contact_kind: EMAIL or PHONE of the user's contact that
    the rule names; None when it names none. What does not belong to the collection is left out of the
    answer."""
    allowed = COLLECTIONS[rule.collection]
    one_of(rule.method, allowed.methods, field="method")
    kind = rule.type or allowed.default_type
    if allowed.types:
        if kind is None:
            raise ValidationError(f"type: is missing; use one of {', '.join(allowed.types)}")
        one_of(kind, allowed.types, field="type")
    _check_contact(rule, contact_kind)
    is_alert, is_duty = rule.collection == "alerts", rule.collection == "duties"
    delay, before = rule.delay_min or 0, rule.before_min or 0
    if is_alert and not 0 <= delay <= 120:
        raise ValidationError("delayMin: must be between 0 and 120")
    if is_duty and before not in BEFORE_MIN:
        raise ValidationError(f"beforeMin: must be one of {', '.join(map(str, BEFORE_MIN))}")
    if is_alert and rule.repeat_every_min is not None and not 1 <= rule.repeat_every_min <= 120:
        raise ValidationError("repeatEveryMin: must be between 1 and 120, or null to send once")
    return NotificationRule(
        collection=rule.collection,
        method=rule.method,
        contact_id=None if rule.method == "PUSH" else rule.contact_id,
        type=kind if allowed.types else None,
        delay_min=delay if is_alert else None,
        before_min=before if is_duty else None,
        repeat_every_min=rule.repeat_every_min if is_alert else None,
    )


def _check_contact(rule: NotificationRule, contact_kind: str | None) -> None:
    if rule.method == "PUSH":
        return
    wanted = _EMAIL_KIND if rule.method == "EMAIL" else _PHONE_KIND
    if rule.contact_id is None:
        raise ValidationError(f"contact.id: is missing; {rule.method} needs one of the user's contacts")
    if contact_kind != wanted:
        what = "an e-mail contact" if wanted == _EMAIL_KIND else "a phone number"
        raise ValidationError(f"contact.id: {rule.contact_id} is not {what} of this user")


def default_rules(contact_id: int) -> tuple[NotificationRule, ...]:
    """What a new user is told, by mail to his first contact."""

    def by_mail(collection: str, kind: str | None = None, **fields: int) -> NotificationRule:
        return check_rule(
            NotificationRule(
                collection=collection, method="EMAIL", contact_id=contact_id, type=kind, **fields
            ),
            contact_kind=_EMAIL_KIND,
        )

    return (
        by_mail("alerts", "HIGH_PRIORITY", delay_min=0, repeat_every_min=5),
        by_mail("alerts", "LOW_PRIORITY", delay_min=0),
        by_mail("updates", "ALERT_RESOLVED"),
        by_mail("duties", before_min=60),
        by_mail("subscriptions"),
    )


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
    if kind == _EMAIL_KIND:
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
