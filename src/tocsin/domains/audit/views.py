"""The audit trail as it is read: entries with the names of those who acted."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit.models import AuditEntry
from tocsin.domains.people.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    id: int
    first_name: str
    last_name: str


async def list_entries(
    session: AsyncSession,
    *,
    account_id: int,
    object_type: str | None,
    offset: int,
    limit: int,
) -> Sequence[tuple[AuditEntry, Actor | None]]:
    """Newest first. The actor is None when the product acted, or was deleted since."""
    query = (
        select(AuditEntry, User.id, User.first_name, User.last_name)
        .outerjoin(User, (User.id == AuditEntry.actor_user_id) & (User.account_id == AuditEntry.account_id))
        .where(AuditEntry.account_id == account_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .offset(offset)
        .limit(limit)
    )
    if object_type is not None:
        query = query.where(AuditEntry.object_type == object_type)
    return [
        (entry, Actor(id=user_id, first_name=first, last_name=last) if user_id else None)
        for entry, user_id, first, last in await session.execute(query)
    ]
