"""Pure decisions about credentials: how a header is read, how long a session lives, when to stop guessing."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.kernel.errors import ValidationError

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1024
SESSION_IDLE = timedelta(days=14)
SESSION_LONGEST = timedelta(days=90)
SEEN_EVERY = timedelta(minutes=1)  # how precise "last used" is; a write for each request would be waste
ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_EMAIL = 10
ATTEMPTS_PER_IP = 50
KEYS_PER_USER = 50
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# Account settings: API name -> (default, least, most).
SETTINGS: dict[str, tuple[int, int, int]] = {
    "stormThreshold": (20, 0, 1_000_000),  # 0: no grouping
    "stormWindowSec": (60, 1, 3600),
    "stormSharePercent": (20, 0, 100),
    "flapThreshold": (3, 0, 1000),  # 0: no flap detection
    "flapWindowSec": (3600, 60, 86_400),
    "flapHoldSec": (900, 0, 86_400),
}


@dataclass(frozen=True, slots=True)
class BearerKey:
    key: str


@dataclass(frozen=True, slots=True)
class BasicLogin:
    """`login` is what stands before the colon, whole: user name or e-mail address, with or without
    `@tenant`."""

    login: str
    password: str

    @property
    def split(self) -> tuple[str, str]:
        """(user name, tenant) if the part after the last `@` is a tenant; the tenant is empty without one."""
        name, at, tenant = self.login.rpartition("@")
        return (name, tenant) if at else (self.login, "")


def read_authorization(header: str) -> BearerKey | BasicLogin | None:
    """The credentials in an `Authorization` header, or None when it cannot be read.

    A key without a scheme is taken too: some clients leave `Bearer` out.
    """
    words = header.split()
    if len(words) == 1 and words[0].lower() not in {"bearer", "basic"}:
        return BearerKey(words[0])
    if len(words) != 2:
        return None
    scheme, value = words[0].lower(), words[1]
    if scheme == "bearer":
        return BearerKey(value)
    return _read_basic(value) if scheme == "basic" else None


def _read_basic(value: str) -> BasicLogin | None:
    try:
        text = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    login, colon, password = text.partition(":")
    if not colon or not login or len(text) > 2 * LONGEST_PASSWORD or "\x00" in text:
        return None
    return BasicLogin(login, password)


def token_hash(token: str) -> bytes:
    """SHA-256 of a key or session token. These are random and long, so a slow hash would protect nothing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def check_password(password: str, *, field: str = "password") -> str:
    """Raises ValidationError when the password is too short or too long."""
    if len(password) < SHORTEST_PASSWORD:
        raise ValidationError(f"{field}: must have at least {SHORTEST_PASSWORD} characters")
    if len(password) > LONGEST_PASSWORD:
        raise ValidationError(f"{field}: must have at most {LONGEST_PASSWORD} characters")
    if any("\ud800" <= ch <= "\udfff" for ch in password):
        raise ValidationError(f"{field}: is not valid Unicode")
    return password


def session_end(*, created_at: datetime, seen_at: datetime) -> datetime:
    """When a session ends if nobody uses it again."""
    return min(seen_at + SESSION_IDLE, created_at + SESSION_LONGEST)


def is_stale(seen_at: datetime | None, *, now: datetime) -> bool:
    """Is it time to write down again that a key or session is in use?"""
    return seen_at is None or now - seen_at >= SEEN_EVERY


def seconds_to_wait(failures: int, first_at: datetime | None, *, most: int, now: datetime) -> int:
    """How long no further try is taken; 0 when one is. first_at: the oldest failure inside the window."""
    if failures < most or first_at is None:
        return 0
    return max(1, int((first_at + ATTEMPT_WINDOW - now).total_seconds()) + 1)


def tenant_name(text: str) -> str:
    """A tenant (letters, digits, hyphens) made from an account's name, such as `acme-ltd` from `ACME Ltd.`"""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-") or "tocsin"


def check_settings(changes: dict[str, int | None]) -> dict[str, int]:
    """The account settings to store. None means: back to the default. Raises ValidationError naming the
    field."""
    checked: dict[str, int] = {}
    for name, value in changes.items():
        default, least, most = SETTINGS[name]
        number = default if value is None else value
        if not least <= number <= most:
            raise ValidationError(f"{name}: must be between {least} and {most}")
        checked[name] = number
    return checked
