"""Every statement on alerts. The engine's and the event path's are set-based."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts.models import Alert, AlertComment, AlertResponder
from tocsin.infra.db import raw_connection


@dataclass(slots=True, kw_only=True)
class OpenAlert:
    """What the grouping of events needs to know of an open alert. Mutable: a batch of events plays on it."""

    id: int
    source_id: int
    status: str
    folded_key: str | None
    summary: str
    report_time: datetime
    merge_state: str = "NONE"


_OPEN = """
SELECT id, source_id, status, folded_key, summary, report_time, merge_state
FROM alerts WHERE status <> 'RESOLVED' AND {condition}
ORDER BY id FOR NO KEY UPDATE
"""


async def open_by_keys(
    session: AsyncSession, *, source_ids: Sequence[int], keys: Sequence[str]
) -> list[OpenAlert]:
    """Open alerts of the (source, folded key) pairs, locked in id order."""
    if not keys:
        return []
    connection = await raw_connection(session)
    rows = await connection.fetch(
        _OPEN.format(condition="(source_id, folded_key) IN (SELECT * FROM unnest($1::bigint[], $2::text[]))"),
        list(source_ids),
        list(keys),
    )
    return [OpenAlert(**row) for row in rows]


async def open_of_sources(session: AsyncSession, source_ids: Sequence[int]) -> list[OpenAlert]:
    """All open alerts of the sources, locked in id order."""
    if not source_ids:
        return []
    connection = await raw_connection(session)
    rows = await connection.fetch(_OPEN.format(condition="source_id = ANY($1::bigint[])"), list(source_ids))
    return [OpenAlert(**row) for row in rows]


async def open_ids_of_source(session: AsyncSession, *, source_id: int) -> list[int]:
    rows = await session.execute(
        select(Alert.id).where(Alert.source_id == source_id, Alert.status != "RESOLVED").order_by(Alert.id)
    )
    return list(rows.scalars())


async def next_ids(session: AsyncSession, count: int) -> list[int]:
    rows = await session.execute(
        text("SELECT nextval('alerts_id_seq') FROM generate_series(1, :count)"), {"count": count}
    )
    return list(rows.scalars())


_INSERT_COLUMNS = (
    ("id", "bigint"),
    ("account_id", "bigint"),
    ("source_id", "bigint"),
    ("policy_id", "bigint"),
    ("summary", "text"),
    ("details", "text"),
    ("report_time", "timestamptz"),
    ("priority", "text"),
    ("severity", "int"),
    ("alert_key", "text"),
    ("folded_key", "text"),
    ("images", "jsonb"),
    ("links", "jsonb"),
    ("labels", "jsonb"),
    ("custom_details", "jsonb"),
    ("services", "jsonb"),
    ("runbook_url", "text"),
    ("is_drill", "bool"),
    ("last_event_at", "timestamptz"),
    ("auto_resolve_at", "timestamptz"),
)
_INSERT = "INSERT INTO alerts ({names}) SELECT {values} FROM unnest({arrays}) AS row({names})".format(
    names=", ".join(name for name, _ in _INSERT_COLUMNS),
    values=", ".join(f"{name}::jsonb" if kind == "jsonb" else name for name, kind in _INSERT_COLUMNS),
    arrays=", ".join(
        f"${number}::{'text' if kind == 'jsonb' else kind}[]"
        for number, (_, kind) in enumerate(_INSERT_COLUMNS, start=1)
    ),
)


async def insert_many(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Insert alerts in one statement; each row has every name of _INSERT_COLUMNS."""
    if not rows:
        return
    connection = await raw_connection(session)
    columns = [
        [_encoded(row[name]) if kind == "jsonb" else row[name] for row in rows]
        for name, kind in _INSERT_COLUMNS
    ]
    await connection.execute(_INSERT, *columns)


def _encoded(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


async def count_events(
    session: AsyncSession, *, alert_ids: Sequence[int], counts: Sequence[int], now: datetime
) -> None:
    """Events were attached: how many, and when the last one."""
    if not alert_ids:
        return
    connection = await raw_connection(session)
    await connection.execute(
        "UPDATE alerts SET event_count = event_count + n, last_event_at = $3 "
        "FROM unnest($1::bigint[], $2::bigint[]) AS attached(id, n) WHERE alerts.id = attached.id",
        list(alert_ids),
        list(counts),
        now,
    )


async def set_accepted(
    session: AsyncSession, *, alert_ids: Sequence[int], user_id: int | None, now: datetime
) -> None:
    await session.execute(
        update(Alert)
        .where(Alert.id.in_(alert_ids))
        .values(
            status="ACCEPTED",
            accepted_at=now,
            accepted_by=user_id,
            accepted_by_type="USER" if user_id is not None else "SOURCE",
        )
    )


async def set_resolved(
    session: AsyncSession, *, alert_ids: Sequence[int], user_ids: Sequence[int | None], now: datetime
) -> list[int]:
    """Resolve those that are still open; returns their ids."""
    connection = await raw_connection(session)
    rows = await connection.fetch(
        "UPDATE alerts SET status = 'RESOLVED', resolved_on = $3, resolved_by = done.user_id, auto_resolve_at = NULL, "
        "resolved_by_type = CASE WHEN done.user_id IS NULL THEN 'SOURCE' ELSE 'USER' END "
        "FROM unnest($1::bigint[], $2::bigint[]) AS done(id, user_id) "
        "WHERE alerts.id = done.id AND status <> 'RESOLVED' RETURNING alerts.id",
        list(alert_ids),
        list(user_ids),
        now,
    )
    return [row["id"] for row in rows]


async def alert(session: AsyncSession, *, account_id: int, alert_id: int, lock: bool) -> Alert | None:
    query = select(Alert).where(Alert.account_id == account_id, Alert.id == alert_id)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def locked(session: AsyncSession, alert_ids: Sequence[int]) -> dict[int, Alert]:
    """Alerts by id, locked in id order."""
    rows = await session.execute(
        select(Alert).where(Alert.id.in_(alert_ids)).order_by(Alert.id).with_for_update(key_share=True)
    )
    return {row.id: row for row in rows.scalars()}


@dataclass(frozen=True, slots=True)
class AlertState:
    """What the chase needs to know of an alert."""

    id: int
    account_id: int
    status: str
    merge_state: str
    priority: str
    policy_id: int | None


async def locked_states(session: AsyncSession, alert_ids: Sequence[int]) -> dict[int, AlertState]:
    """The state of alerts by id, locked in id order."""
    connection = await raw_connection(session)
    rows = await connection.fetch(
        "SELECT id, account_id, status, merge_state, priority, policy_id FROM alerts WHERE id = ANY($1::bigint[]) "
        "ORDER BY id FOR NO KEY UPDATE",
        list(alert_ids),
    )
    return {row["id"]: AlertState(*row) for row in rows}


async def responder(session: AsyncSession, *, alert_id: int, user_id: int) -> AlertResponder | None:
    return (
        await session.execute(
            select(AlertResponder).where(
                AlertResponder.alert_id == alert_id, AlertResponder.user_id == user_id
            )
        )
    ).scalar_one_or_none()


async def responders(session: AsyncSession, alert_ids: Sequence[int]) -> Sequence[AlertResponder]:
    return (
        (
            await session.execute(
                select(AlertResponder)
                .where(AlertResponder.alert_id.in_(alert_ids))
                .order_by(AlertResponder.alert_id, AlertResponder.assigned_at, AlertResponder.user_id)
            )
        )
        .scalars()
        .all()
    )


_ADD_RESPONDERS = """
INSERT INTO alert_responders (account_id, alert_id, user_id, status, assigned_at, accepted_at)
SELECT a, l, u, $4, $5, $6 FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS new (a, l, u)
ON CONFLICT (alert_id, user_id) DO UPDATE SET status = excluded.status, accepted_at = excluded.accepted_at
"""


async def add_responders(
    session: AsyncSession, *, pairs: Sequence[tuple[int, int, int]], now: datetime, status: str = "PENDING"
) -> None:
    """pairs: (account id, alert id, user id). One who is there already is asked anew."""
    if not pairs:
        return
    accounts, alerts, users = zip(*dict.fromkeys(pairs), strict=True)
    connection = await raw_connection(session)
    await connection.execute(
        _ADD_RESPONDERS, accounts, alerts, users, status, now, now if status == "ACCEPTED" else None
    )


async def remove_responder(session: AsyncSession, *, alert_id: int, user_id: int) -> None:
    await session.execute(
        delete(AlertResponder).where(AlertResponder.alert_id == alert_id, AlertResponder.user_id == user_id)
    )


async def remove_responders(session: AsyncSession, *, alert_id: int) -> None:
    await session.execute(delete(AlertResponder).where(AlertResponder.alert_id == alert_id))


async def due_for_auto_resolution(session: AsyncSession, *, now: datetime, limit: int) -> list[int]:
    rows = await session.execute(
        select(Alert.id)
        .where(Alert.auto_resolve_at <= now)
        .order_by(Alert.auto_resolve_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(rows.scalars())


async def oldest_auto_resolution(session: AsyncSession) -> datetime | None:
    return (
        await session.execute(
            select(func.min(Alert.auto_resolve_at)).where(Alert.auto_resolve_at.is_not(None))
        )
    ).scalar_one()


async def comments(session: AsyncSession, *, alert_id: int) -> Sequence[AlertComment]:
    return (
        (
            await session.execute(
                select(AlertComment).where(AlertComment.alert_id == alert_id).order_by(AlertComment.id)
            )
        )
        .scalars()
        .all()
    )


async def add_comments(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(AlertComment.__table__.insert(), list(rows))  # type: ignore[attr-defined]


async def forget_resolved(session: AsyncSession, *, before: datetime, most: int) -> int:
    """Delete alerts resolved before then, a bounded batch; everything that hangs on them goes as well."""
    old = (
        select(Alert.id)
        .where(Alert.status == "RESOLVED", Alert.report_time < before, Alert.resolved_on < before)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    done = await session.execute(delete(Alert).where(Alert.id.in_(old)).returning(Alert.id))
    return len(done.scalars().all())
