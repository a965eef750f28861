"""All SQL about contacts and notification preferences."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.people.models import Contact, NotificationPreference


async def contacts_of(session: AsyncSession, user_id: int, *, kind: str | None = None) -> Sequence[Contact]:
    query = select(Contact).where(Contact.user_id == user_id).order_by(Contact.id)
    if kind is not None:
        query = query.where(Contact.kind == kind)
    return (await session.scalars(query)).all()


async def contact_of(session: AsyncSession, contact_id: int, *, user_id: int) -> Contact | None:
    return await session.scalar(select(Contact).where(Contact.id == contact_id, Contact.user_id == user_id))


async def add_contact(session: AsyncSession, contact: Contact) -> None:
    session.add(contact)
    await session.flush()


async def change_contact(session: AsyncSession, contact: Contact, *, changes: dict[str, Any]) -> None:
    if changes:
        await session.execute(
            update(Contact)
            .where(Contact.id == contact.id)
            .values(**changes)
            .execution_options(synchronize_session=False)
        )
        await session.refresh(contact)


async def clear_primary(session: AsyncSession, user_id: int, *, but: int) -> None:
    await session.execute(
        update(Contact)
        .where(Contact.user_id == user_id, Contact.kind == "PHONE", Contact.id != but)
        .values(is_primary=False)
        .execution_options(synchronize_session=False)
    )


async def delete_contact(session: AsyncSession, contact_id: int) -> None:
    """The notification preferences that point to it go with it."""
    await session.execute(delete(Contact).where(Contact.id == contact_id))


async def preferences_of(
    session: AsyncSession, user_id: int, *, collection: str
) -> Sequence[NotificationPreference]:
    """By type, delay, id."""
    rows = await session.scalars(
        select(NotificationPreference)
        .where(NotificationPreference.user_id == user_id, NotificationPreference.collection == collection)
        .order_by(
            NotificationPreference.type,
            func.coalesce(NotificationPreference.delay_min, NotificationPreference.before_min),
            NotificationPreference.id,
        )
    )
    return rows.all()


async def preference_of(
    session: AsyncSession, preference_id: int, *, user_id: int, collection: str
) -> NotificationPreference | None:
    return await session.scalar(
        select(NotificationPreference).where(
            NotificationPreference.id == preference_id,
            NotificationPreference.user_id == user_id,
            NotificationPreference.collection == collection,
        )
    )


async def add_preferences(session: AsyncSession, rows: Sequence[NotificationPreference]) -> None:
    session.add_all(rows)
    await session.flush()


async def change_preference(
    session: AsyncSession, row: NotificationPreference, *, changes: dict[str, Any]
) -> None:
    await session.execute(
        update(NotificationPreference)
        .where(NotificationPreference.id == row.id)
        .values(**changes)
        .execution_options(synchronize_session=False)
    )
    await session.refresh(row)


async def delete_preference(session: AsyncSession, preference_id: int) -> None:
    await session.execute(delete(NotificationPreference).where(NotificationPreference.id == preference_id))
