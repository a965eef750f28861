"""What other slices ask about people: set-based, whatever the number of users."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.people import rules, store
from tocsin.domains.people.models import User
from tocsin.kernel.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRef:
    """A user as other slices show and page him."""

    id: UserId
    username: str
    first_name: str
    last_name: str
    email: str
    role: str
    timezone: str
    language: str
    muted_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPreference:
    """One rule of a user's `alerts` preferences. target: address or number; None for PUSH.
    contact_status: OK, LOCKED or BLACKLISTED; only OK is sent to."""

    id: int
    user_id: UserId
    method: str
    contact_id: int | None
    target: str | None
    contact_status: str | None
    delay_min: int
    repeat_every_min: int | None


async def users_by_id(session: AsyncSession, account_id: int, ids: Iterable[int]) -> dict[int, UserRef]:
    """The users of the account among `ids`; unknown ids are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    users = await store.users_by_id(session, wanted, account_id=account_id)
    return {user.id: _ref(user) for user in users}


async def user_refs(session: AsyncSession, account_id: int, ids: Iterable[int]) -> list[UserRef]:
    """Like `users_by_id`, in the order of `ids`, without repeats."""
    wanted = list(dict.fromkeys(ids))
    found = await users_by_id(session, account_id, wanted)
    return [found[user_id] for user_id in wanted if user_id in found]


async def owners_and_admins(session: AsyncSession, account_id: int) -> list[UserRef]:
    """Whom the product itself turns to, owner first."""
    users = await store.users_with_roles(session, ("ADMIN", rules.OWNER), account_id=account_id)
    return [_ref(user) for user in sorted(users, key=lambda user: (user.role != rules.OWNER, user.id))]


async def alert_preferences(
    session: AsyncSession, user_ids: Iterable[int], priority: str
) -> dict[int, list[AlertPreference]]:
    """user id -> his rules for alerts of this priority (HIGH or LOW), by delay. Users without any are left
    out. One query, whatever the number of users."""
    wanted = sorted(set(user_ids))
    if not wanted:
        return {}
    found: dict[int, list[AlertPreference]] = {}
    for row, contact in await store.alert_rules(session, wanted, kind=f"{priority}_PRIORITY"):
        found.setdefault(row.user_id, []).append(
            AlertPreference(
                id=row.id,
                user_id=UserId(row.user_id),
                method=row.method,
                contact_id=row.contact_id,
                target=contact.target if contact else None,
                contact_status=contact.status if contact else None,
                delay_min=row.delay_min or 0,
                repeat_every_min=row.repeat_every_min,
            )
        )
    return found


def _ref(user: User) -> UserRef:
    return UserRef(
        id=UserId(user.id),
        username=user.username,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        role=user.role,
        timezone=user.timezone,
        language=user.language,
        muted_until=user.muted_until,
    )
