"""What is asked for when a user is created or changed; unchecked."""

from dataclasses import dataclass, field
from datetime import datetime

from tocsin.domains.people.rules import DEFAULT_ROLE


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """profile: columns of the text fields (`first_name`, `last_name`, `timezone`, …), unchecked."""

    email: str | None
    role: str = DEFAULT_ROLE
    profile: dict[str, str | None] = field(default_factory=dict)
    password: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChanges:
    """None leaves a field alone. sets_muted_until tells an absent `mutedUntil` from null, which un-mutes."""

    email: str | None = None
    role: str | None = None
    profile: dict[str, str | None] = field(default_factory=dict)
    password: str | None = None
    current_password: str | None = None
    sets_muted_until: bool = False
    muted_until: datetime | None = None
