from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.timeline.models import LogEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """type: the contract's log entry type, such as `AlertReceivedLogEntry`. vars: what its text is made from."""

    account_id: int
    alert_id: int
    type: str
    at: datetime
    vars: dict[str, Any] = field(default_factory=dict)


async def add(session: AsyncSession, entries: Sequence[NewEntry]) -> None:
    """Append log entries; they commit with what they tell of."""
    if not entries:
        return
    await session.execute(
        insert(LogEntry),
        [
            {
                "account_id": entry.account_id,
                "alert_id": entry.alert_id,
                "timestamp": entry.at,
                "type": entry.type,
                "vars": entry.vars,
            }
            for entry in entries
        ],
    )
