from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.escalations.models import AlertEscalation, EscalationPolicy
from tocsin.infra.db import raw_connection


async def policy(session: AsyncSession, *, account_id: int, policy_id: int) -> EscalationPolicy | None:
    return (
        await session.execute(
            select(EscalationPolicy).where(
                EscalationPolicy.account_id == account_id, EscalationPolicy.id == policy_id
            )
        )
    ).scalar_one_or_none()


async def policies(
    session: AsyncSession, *, account_id: int, start: int, limit: int
) -> Sequence[EscalationPolicy]:
    return (
        (
            await session.execute(
                select(EscalationPolicy)
                .where(EscalationPolicy.account_id == account_id)
                .order_by(EscalationPolicy.name, EscalationPolicy.id)
                .offset(start)
                .limit(limit)
            )
        )
        .scalars()
        .all()
    )


async def by_name(session: AsyncSession, *, account_id: int, name: str) -> EscalationPolicy | None:
    return (
        (
            await session.execute(
                select(EscalationPolicy)
                .where(EscalationPolicy.account_id == account_id, EscalationPolicy.name == name)
                .order_by(EscalationPolicy.id)
                .limit(1)
            )
        )
        .scalars()
        .first()
    )


async def by_routing_keys(
    session: AsyncSession, *, account_id: int, keys: Sequence[str]
) -> Sequence[EscalationPolicy]:
    folded = [key.casefold() for key in keys]
    return (
        (
            await session.execute(
                select(EscalationPolicy)
                .where(
                    EscalationPolicy.account_id == account_id,
                    func.lower(EscalationPolicy.routing_key).in_(folded),
                )
                .order_by(EscalationPolicy.id)
            )
        )
        .scalars()
        .all()
    )


async def policies_by_id(session: AsyncSession, policy_ids: Sequence[int]) -> dict[int, EscalationPolicy]:
    rows = await session.execute(select(EscalationPolicy).where(EscalationPolicy.id.in_(policy_ids)))
    return {row.id: row for row in rows.scalars()}


async def remove(session: AsyncSession, *, account_id: int, policy_id: int) -> None:
    await session.execute(
        delete(EscalationPolicy).where(
            EscalationPolicy.account_id == account_id, EscalationPolicy.id == policy_id
        )
    )


@dataclass(frozen=True, slots=True)
class DueEscalation:
    """A claimed escalation: what the rules need of it, without the cost of a mapped object."""

    alert_id: int
    rules: list[dict[str, Any]]
    passes: int
    priority: str
    step: int
    pass_reached_someone: bool
    assignment: int


async def claim_due(session: AsyncSession, *, now: datetime, limit: int) -> list[DueEscalation]:
    """Due escalations, locked; rows another engine works on are passed over."""
    rows = await session.execute(
        select(
            AlertEscalation.alert_id,
            AlertEscalation.rules,
            AlertEscalation.passes,
            AlertEscalation.priority,
            AlertEscalation.step,
            AlertEscalation.pass_reached_someone,
            AlertEscalation.assignment,
        )
        .where(AlertEscalation.due_at <= now)
        .order_by(AlertEscalation.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [DueEscalation(*row) for row in rows]


async def oldest_due(session: AsyncSession) -> datetime | None:
    return (
        await session.execute(
            select(func.min(AlertEscalation.due_at)).where(AlertEscalation.due_at.is_not(None))
        )
    ).scalar_one()


async def escalation(session: AsyncSession, *, alert_id: int, lock: bool) -> AlertEscalation | None:
    query = select(AlertEscalation).where(AlertEscalation.alert_id == alert_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def escalations(session: AsyncSession, alert_ids: Sequence[int]) -> dict[int, AlertEscalation]:
    rows = await session.execute(select(AlertEscalation).where(AlertEscalation.alert_id.in_(alert_ids)))
    return {row.alert_id: row for row in rows.scalars()}


async def end(session: AsyncSession, *, alert_ids: Sequence[int], reason: str) -> None:
    await session.execute(
        update(AlertEscalation)
        .where(AlertEscalation.alert_id.in_(alert_ids))
        .values(due_at=None, ended_reason=reason)
    )


_COLUMNS = (
    ("alert_id", "bigint"),
    ("account_id", "bigint"),
    ("rules", "jsonb"),
    ("passes", "bigint"),
    ("step", "bigint"),
    ("priority", "text"),
    ("due_at", "timestamptz"),
    ("ended_reason", "text"),
    ("pass_reached_someone", "bool"),
    ("assignment", "bigint"),
)
_NAMES = ", ".join(name for name, _ in _COLUMNS)
_ARRAYS = ", ".join(
    f"${number}::{'text' if kind == 'jsonb' else kind}[]"
    for number, (_, kind) in enumerate(_COLUMNS, start=1)
)
_INSERT = f"""
INSERT INTO alert_escalations ({_NAMES})
SELECT {_NAMES.replace("rules", "rules::jsonb")} FROM unnest({_ARRAYS}) AS new ({_NAMES})
"""
_STEP_FORWARD = """
UPDATE alert_escalations e SET step = n.step, pass_reached_someone = n.reached, due_at = n.due_at,
    ended_reason = n.ended, assignment = n.assignment
FROM unnest($1::bigint[], $2::bigint[], $3::bool[], $4::timestamptz[], $5::text[], $6::bigint[])
    AS n (alert_id, step, reached, due_at, ended, assignment)
WHERE e.alert_id = n.alert_id
"""


async def insert(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """rows: every name of _COLUMNS. Alerts of one policy share their rules, which are written out once."""
    if not rows:
        return
    connection = await raw_connection(session)
    encoded: dict[int, str] = {}
    for row in rows:
        if id(row["rules"]) not in encoded:
            encoded[id(row["rules"])] = msgspec.json.encode(row["rules"]).decode()
    columns = [
        [encoded[id(row[name])] if kind == "jsonb" else row[name] for row in rows] for name, kind in _COLUMNS
    ]
    await connection.execute(_INSERT, *columns)


@dataclass(frozen=True, slots=True)
class Stepped:
    """Where an escalation stands after it fired."""

    alert_id: int
    step: int
    pass_reached_someone: bool
    due_at: datetime | None
    ended_reason: str | None
    assignment: int


async def step_forward(session: AsyncSession, stepped: Sequence[Stepped]) -> None:
    """Write where these stand now, in one statement; their rows are locked by this transaction."""
    connection = await raw_connection(session)
    await connection.execute(
        _STEP_FORWARD,
        [one.alert_id for one in stepped],
        [one.step for one in stepped],
        [one.pass_reached_someone for one in stepped],
        [one.due_at for one in stepped],
        [one.ended_reason for one in stepped],
        [one.assignment for one in stepped],
    )


async def go_on(session: AsyncSession, *, alert_ids: Sequence[int], now: datetime) -> None:
    await session.execute(
        update(AlertEscalation).where(AlertEscalation.alert_id.in_(alert_ids)).values(due_at=now)
    )
