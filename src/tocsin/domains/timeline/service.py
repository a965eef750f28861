from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.infra.db import raw_connection

_INSERT = """
INSERT INTO log_entries (account_id, alert_id, timestamp, type, vars)
SELECT a, l, t, k, v::jsonb
FROM unnest($1::bigint[], $2::bigint[], $3::timestamptz[], $4::text[], $5::text[])
    WITH ORDINALITY AS new (a, l, t, k, v, n) ORDER BY n
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """type: the contract's log entry type, such as `AlertReceivedLogEntry`. vars: what its text is made from."""

    account_id: int
    alert_id: int
    type: str
    at: datetime
    vars: dict[str, Any] = field(default_factory=dict)


async def add(session: AsyncSession, entries: Sequence[NewEntry]) -> None:
    """Append log entries, in the order given; they commit with what they tell of."""
    if not entries:
        return
    connection = await raw_connection(session)
    await connection.execute(
        _INSERT,
        [entry.account_id for entry in entries],
        [entry.alert_id for entry in entries],
        [entry.at for entry in entries],
        [entry.type for entry in entries],
        [msgspec.json.encode(entry.vars).decode() for entry in entries],
    )
