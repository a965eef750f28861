"""What an answer page shows: the alert, and the person its link was made for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from tocsin.domains.alert_sources.models import AlertSource
from tocsin.domains.alerts.models import Alert
from tocsin.domains.people.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFacts:
    """by: who accepted or resolved it, when a person did; at: when."""

    alert_id: int
    summary: str
    details: str | None
    status: str
    priority: str
    is_drill: bool
    is_merged: bool
    report_time: datetime
    runbook_url: str | None
    source: str | None
    by: str | None
    at: datetime | None
    user_name: str
    user_role: str
    language: str
    timezone: str


async def answer_facts(
    session: AsyncSession, *, account_id: int, alert_id: int, user_id: int
) -> AnswerFacts | None:
    reader, accepter, resolver = aliased(User), aliased(User), aliased(User)
    query = (
        select(
            Alert,
            reader,
            AlertSource.name,
            func.concat_ws(" ", accepter.first_name, accepter.last_name),
            func.concat_ws(" ", resolver.first_name, resolver.last_name),
        )
        .select_from(Alert)
        .join(reader, (reader.id == user_id) & (reader.account_id == account_id))
        .outerjoin(AlertSource, AlertSource.id == Alert.source_id)
        .outerjoin(accepter, accepter.id == Alert.accepted_by)
        .outerjoin(resolver, resolver.id == Alert.resolved_by)
        .where(Alert.id == alert_id, Alert.account_id == account_id)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    alert, user, source, accepted_by, resolved_by = row
    is_resolved = alert.status == "RESOLVED"
    return AnswerFacts(
        alert_id=alert.id,
        summary=alert.summary,
        details=alert.details,
        status=alert.status,
        priority=alert.priority,
        is_drill=alert.is_drill,
        is_merged=alert.merge_state == "MERGED",
        report_time=alert.report_time,
        runbook_url=alert.runbook_url,
        source=source,
        by=(resolved_by if is_resolved else accepted_by) or None,
        at=alert.resolved_on if is_resolved else alert.accepted_at,
        user_name=f"{user.first_name} {user.last_name}".strip(),
        user_role=user.role,
        language=user.language,
        timezone=user.timezone,
    )
