"""Writing the audit trail. An entry commits together with the change that it records."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit.models import AuditEntry


async def record(
    session: AsyncSession,
    *,
    account_id: int,
    actor_user_id: int | None,
    action: str,
    object_type: str,
    object_id: int | None,
    details: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Append one entry.

    actor_user_id: None when the product itself or the command line acted. action: `CREATE`, `UPDATE`,
    `DELETE` or a verb of the field such as `SIGN_IN`. object_type: the noun (`USER`, `TEAM`, `API_KEY`).
    details: the fields that changed, by their API names; never a secret.
    """
    await session.execute(
        insert(AuditEntry).values(
            account_id=account_id,
            at=now,
            actor_user_id=actor_user_id,
            action=action,
            object_type=object_type,
            object_id=object_id,
            details=dict(details or {}),
        )
    )
