from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.escalations.models import AlertEscalation, EscalationPolicy


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


async def claim_due(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[AlertEscalation]:
    """Due escalations, locked; rows another engine works on are passed over."""
    return (
        (
            await session.execute(
                select(AlertEscalation)
                .where(AlertEscalation.due_at <= now)
                .order_by(AlertEscalation.due_at)
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
        )
        .scalars()
        .all()
    )


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


async def insert(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        await session.execute(AlertEscalation.__table__.insert(), list(rows))  # type: ignore[attr-defined]


async def go_on(session: AsyncSession, *, alert_ids: Sequence[int], now: datetime) -> None:
    await session.execute(
        update(AlertEscalation).where(AlertEscalation.alert_id.in_(alert_ids)).values(due_at=now)
    )
