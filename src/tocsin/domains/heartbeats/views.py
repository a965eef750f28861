"""Reads that join heartbeats with other slices."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources.models import AlertSource
from tocsin.domains.alerts.models import Alert
from tocsin.domains.escalations.models import EscalationPolicy
from tocsin.domains.heartbeats.facts import alert_key
from tocsin.domains.people.models import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRef:
    id: int
    name: str
    integration_type: str
    policy_id: int
    policy_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRef:
    id: int
    summary: str
    status: str
    priority: str
    report_time: datetime
    accepted_at: datetime | None
    resolved_on: datetime | None
    is_drill: bool


async def source_refs(
    session: AsyncSession, account_id: int, source_ids: Collection[int]
) -> dict[int, SourceRef]:
    if not source_ids:
        return {}
    rows = await session.execute(
        select(
            AlertSource.id,
            AlertSource.name,
            AlertSource.integration_type,
            EscalationPolicy.id,
            EscalationPolicy.name,
        )
        .join(EscalationPolicy, EscalationPolicy.id == AlertSource.escalation_policy_id)
        .where(AlertSource.account_id == account_id, AlertSource.id.in_(source_ids))
    )
    return {
        id_: SourceRef(id=id_, name=name, integration_type=kind, policy_id=policy_id, policy_name=policy)
        for id_, name, kind, policy_id, policy in rows
    }


async def team_names(session: AsyncSession, account_id: int, team_ids: Collection[int]) -> dict[int, str]:
    if not team_ids:
        return {}
    rows = await session.execute(
        select(Team.id, Team.name).where(Team.account_id == account_id, Team.id.in_(team_ids))
    )
    return {row[0]: row[1] for row in rows}


async def alerts_of_monitor(
    session: AsyncSession, monitor_id: int, *, account_id: int, source_ids: Sequence[int], most: int = 100
) -> list[AlertRef]:
    """Alerts that this monitor opened at these sources, drills included, newest first."""
    key = alert_key(monitor_id)
    rows = await session.scalars(
        select(Alert)
        .where(
            Alert.account_id == account_id,
            Alert.folded_key.in_((key, f"{key}-drill")),
            Alert.source_id.in_(source_ids),
        )
        .order_by(Alert.report_time.desc(), Alert.id.desc())
        .limit(most)
    )
    return [
        AlertRef(
            id=alert.id,
            summary=alert.summary,
            status=alert.status,
            priority=alert.priority,
            report_time=alert.report_time,
            accepted_at=alert.accepted_at,
            resolved_on=alert.resolved_on,
            is_drill=alert.is_drill,
        )
        for alert in rows
    ]
