"""What every `api.py` needs of the web framework: the caller, paging, and how structs look on the wire."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.infra.db import Clock, Database
from tocsin.infra.settings import Settings
from tocsin.kernel.errors import PermissionDenied, ValidationError
from tocsin.kernel.ids import AccountId, UserId
from tocsin.kernel.roles import ROLES as ROLES
from tocsin.kernel.wire import one_of as one_of


class Wire(msgspec.Struct, rename="camel", kw_only=True):
    """Base of request and response bodies: camelCase on the wire, unknown fields ignored.

    In request bodies give optional fields the type `T | None | msgspec.UnsetType = msgspec.UNSET`, so that
    absent (keep) and null (clear) can be told apart where the contract does. `closed` names the values that a
    text field can have, by its name on the wire, for the API's description.
    """

    closed: ClassVar[Mapping[str, Sequence[str]]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes this request. Handlers get it as the argument `caller`; without credentials they are not
    reached (401), with wrong ones neither (403 KEY_ERROR)."""

    account_id: AccountId
    user_id: UserId
    role: str
    tenant: str
    session_id: int | None = None  # set when the caller came with a web session

    def at_least(self, role: str) -> bool:
        return ROLES.index(self.role) >= ROLES.index(role)

    def must_be(self, role: str, *, to: str) -> None:
        """Raise 403 NO_PERMISSION unless the caller's role is at least `role`. `to`: what was tried."""
        if not self.at_least(role):
            raise PermissionDenied(
                f"Your role {self.role} may not {to}; it takes {role} or more. Ask an administrator of the account."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What an `api.py` or a `jobs.py` is given: the process's database, clock and settings."""

    database: Database
    clock: Clock
    settings: Settings
    # Higher slices that follow what happens in lower ones, subscribed by entrypoints: each gets the session, the
    # alert source of type HEARTBEAT, its `heartbeat` part as written (or None) and the instant.
    on_legacy_heartbeat: tuple[Callable[[AsyncSession, Any, Any, datetime], Awaitable[None]], ...] = ()

    async def now(self) -> datetime:
        return await self.clock.now()


FARTHEST = 1_000_000_000


def page(start_index: int, max_results: int, *, cap: int) -> tuple[int, int]:
    """Check offset paging against the collection's cap (§1.5: above it 400, no clamping)."""
    if not 0 <= start_index <= FARTHEST:
        raise ValidationError(f"start-index: must be between 0 and {FARTHEST}")
    if not 1 <= max_results <= cap:
        raise ValidationError(f"max-results: must be between 1 and {cap}")
    return start_index, max_results


def clean_text(value: str | None, *, field: str, longest: int, shortest: int = 0) -> str | None:
    """Check a text's length and refuse NUL, which PostgreSQL cannot store."""
    if value is None:
        return None
    if "\x00" in value:
        raise ValidationError(f"{field}: must not contain NUL characters")
    if any("\ud800" <= ch <= "\udfff" for ch in value):
        raise ValidationError(f"{field}: is not valid Unicode")
    if len(value) > longest:
        raise ValidationError(f"{field}: has {len(value)} characters, at most {longest} are allowed")
    if len(value.strip()) < shortest:
        raise ValidationError(f"{field}: must not be empty")
    return value


def name_in_path(raw: str) -> str:
    """The name of `/{collection}/name/{name:path}`; names may contain slashes (§1.5: compare exactly)."""
    return str(raw).removeprefix("/")


Json = dict[str, Any]
