from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources.models import AlertSource


async def source(session: AsyncSession, *, account_id: int, source_id: int) -> AlertSource | None:
    return (
        await session.execute(
            select(AlertSource).where(AlertSource.account_id == account_id, AlertSource.id == source_id)
        )
    ).scalar_one_or_none()


async def source_by_key(session: AsyncSession, *, key: str, account_id: int) -> AlertSource | None:
    query = select(AlertSource).where(
        AlertSource.account_id == account_id, AlertSource.integration_key == key
    )
    return (await session.execute(query)).scalar_one_or_none()


async def sources_of_keys(connection: Any, keys: Collection[str]) -> Sequence[Any]:
    """The gate's lookup: one query for the keys of a batch."""
    rows: Sequence[Any] = await connection.fetch(
        "SELECT id, account_id, integration_key FROM alert_sources WHERE integration_key = ANY($1::text[])",
        list(keys),
    )
    return rows


async def source_by_name(session: AsyncSession, *, account_id: int, name: str) -> AlertSource | None:
    return (
        (
            await session.execute(
                select(AlertSource)
                .where(AlertSource.account_id == account_id, AlertSource.name == name)
                .order_by(AlertSource.id)
                .limit(1)
            )
        )
        .scalars()
        .first()
    )


async def sources(session: AsyncSession, *, account_id: int, start: int, limit: int) -> Sequence[AlertSource]:
    return (
        (
            await session.execute(
                select(AlertSource)
                .where(AlertSource.account_id == account_id)
                .order_by(AlertSource.name, AlertSource.id)
                .offset(start)
                .limit(limit)
            )
        )
        .scalars()
        .all()
    )


async def sources_by_id(session: AsyncSession, source_ids: Sequence[int]) -> dict[int, AlertSource]:
    rows = await session.execute(select(AlertSource).where(AlertSource.id.in_(source_ids)))
    return {row.id: row for row in rows.scalars()}


async def remove(session: AsyncSession, *, source_id: int) -> None:
    await session.execute(delete(AlertSource).where(AlertSource.id == source_id))
