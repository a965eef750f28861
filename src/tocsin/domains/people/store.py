"""All SQL about users. Contacts and preferences: `contact_store`; teams: `team_store`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.people.models import Contact, NotificationPreference, TeamMember, User


async def user_by_id(session: AsyncSession, user_id: int, *, account_id: int) -> User | None:
    return await session.scalar(select(User).where(User.id == user_id, User.account_id == account_id))


async def user_by_username(session: AsyncSession, username: str, *, account_id: int) -> User | None:
    return await session.scalar(
        select(User).where(func.lower(User.username) == username.lower(), User.account_id == account_id)
    )


async def user_by_email(session: AsyncSession, email: str, *, account_id: int) -> User | None:
    return await session.scalar(
        select(User).where(func.lower(User.email) == email.lower(), User.account_id == account_id)
    )


async def users_by_id(session: AsyncSession, ids: Sequence[int], *, account_id: int) -> Sequence[User]:
    rows = await session.scalars(select(User).where(User.account_id == account_id, User.id.in_(ids)))
    return rows.all()


async def users_with_roles(session: AsyncSession, roles: Sequence[str], *, account_id: int) -> Sequence[User]:
    rows = await session.scalars(
        select(User).where(User.account_id == account_id, User.role.in_(roles)).order_by(User.id)
    )
    return rows.all()


async def list_users(
    session: AsyncSession, *, account_id: int, seen_by: int | None, offset: int, limit: int
) -> Sequence[User]:
    """By last name, first name, id. seen_by: only this user and the members of his teams; None: all."""
    query = select(User).where(User.account_id == account_id)
    if seen_by is not None:
        query = query.where(_visible_to(seen_by))
    rows = await session.scalars(
        query.order_by(User.last_name, User.first_name, User.id).offset(offset).limit(limit)
    )
    return rows.all()


async def is_visible_to(session: AsyncSession, user_id: int, *, seen_by: int) -> bool:
    found = await session.scalar(select(User.id).where(User.id == user_id, _visible_to(seen_by)))
    return found is not None


def _visible_to(user_id: int) -> ColumnElement[bool]:
    teams = select(TeamMember.team_id).where(TeamMember.user_id == user_id)
    members = select(TeamMember.user_id).where(TeamMember.team_id.in_(teams))
    return or_(User.id == user_id, User.id.in_(members))


async def usernames_like(session: AsyncSession, start: str, *, account_id: int) -> set[str]:
    """Taken user names that begin so, in lower case."""
    rows = await session.scalars(
        select(func.lower(User.username)).where(
            User.account_id == account_id, func.lower(User.username).startswith(start, autoescape=True)
        )
    )
    return set(rows)


async def add_user(session: AsyncSession, user: User) -> None:
    session.add(user)
    await session.flush()


async def change_user(session: AsyncSession, user: User, *, changes: dict[str, Any], now: datetime) -> None:
    """Store the changed columns and bring `user` up to date."""
    await session.execute(
        update(User)
        .where(User.id == user.id, User.account_id == user.account_id)
        .values(**changes, updated_at=now)
        .execution_options(synchronize_session=False)
    )
    await session.refresh(user)


async def delete_user(session: AsyncSession, user_id: int, *, account_id: int) -> None:
    await session.execute(delete(User).where(User.id == user_id, User.account_id == account_id))


async def alert_rules(
    session: AsyncSession, user_ids: Sequence[int], *, kind: str
) -> Sequence[tuple[NotificationPreference, Contact | None]]:
    """The `alerts` preferences of many users with their contacts, by user, delay, id."""
    rows = await session.execute(
        select(NotificationPreference, Contact)
        .outerjoin(Contact, Contact.id == NotificationPreference.contact_id)
        .where(
            NotificationPreference.user_id.in_(user_ids),
            NotificationPreference.collection == "alerts",
            NotificationPreference.type == kind,
        )
        .order_by(NotificationPreference.user_id, NotificationPreference.delay_min, NotificationPreference.id)
    )
    return [(preference, contact) for preference, contact in rows]
