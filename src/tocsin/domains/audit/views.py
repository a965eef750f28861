"""The audit trail as it is read: entries with the names of those who acted."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit.models import AuditEntry
from tocsin.domains.people.models import User


async def list_entries(
    session: AsyncSession,
    *,
    account_id: int,
    object_type: str | None,
    offset: int,
    limit: int,
) -> Sequence[tuple[AuditEntry, User | None]]:
    """Newest first. The user is None when the product acted, or when he was deleted since."""
    query = (
        select(AuditEntry, User)
        .outerjoin(User, (User.id == AuditEntry.actor_user_id) & (User.account_id == AuditEntry.account_id))
        .where(AuditEntry.account_id == account_id)
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .offset(offset)
        .limit(limit)
    )
    if object_type is not None:
        query = query.where(AuditEntry.object_type == object_type)
    return [(entry, user) for entry, user in await session.execute(query)]
