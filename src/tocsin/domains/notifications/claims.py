"""Claiming what is due: the locked row, and in the same statement what decides about it and fills its mail.

The statement reads the tables of other slices beside the lock; it is kept apart from `views` because it locks.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.notifications.rules import DueFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFacts:
    """What a mail says about its alert."""

    id: int
    summary: str
    details: str | None
    status: str
    priority: str
    report_time: datetime
    resolved_on: datetime | None
    is_drill: bool
    runbook_url: str | None
    links: list[dict[str, Any]]
    custom_details: dict[str, Any]
    source: str | None
    policy: str | None
    resolved_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A claimed notification with all that is needed to decide about it and to write its mail.

    thread_root: the id of the first page in the same mail thread; None when this one starts it.
    """

    id: int
    account_id: int
    alert_id: int | None
    user_id: int
    kind: str
    method: str
    target: str
    contact_id: int | None
    subject: str | None
    why: dict[str, Any]
    repeat_every_min: int | None
    planned_at: datetime
    scheduled_for: datetime
    attempts: int
    facts: DueFacts
    alert: AlertFacts | None
    first_name: str
    last_name: str
    login_email: str
    language: str
    timezone: str
    thread_root: int | None

    @property
    def was_interrupted(self) -> bool:
        return self.facts.state == "SENDING"


# `due` locks and returns the newest version of each row; everything else is read beside it.
_CLAIM = text(
    """
    WITH due AS MATERIALIZED (
        SELECT * FROM notifications WHERE due_at <= :now ORDER BY due_at LIMIT :batch FOR UPDATE SKIP LOCKED
    )
    SELECT due.*,
           a.status AS alert_status, a.summary, a.details, a.priority, a.report_time, a.resolved_on,
           a.is_drill, a.runbook_url, a.links, a.custom_details, a.merged_into_id, s.name AS source, p.name AS policy,
           nullif(trim(concat_ws(' ', b.first_name, b.last_name)), '') AS resolved_by,
           u.first_name, u.last_name, u.email AS login_email, u.language, u.timezone, u.muted_until,
           c.status AS contact_status,
           EXISTS (SELECT FROM alert_responders r
                   WHERE r.alert_id = due.alert_id AND r.user_id = due.user_id) AS is_responder,
           (SELECT min(m.id) FROM notifications m
            WHERE m.alert_id = due.alert_id AND m.user_id = due.user_id AND m.kind = 'PAGE'
              AND m.target = due.target AND m.state NOT IN ('CANCELLED', 'SUPPRESSED')) AS thread_root,
           CASE WHEN due.state = 'SENDING' THEN
               (SELECT count(*) FROM notification_attempts t
                WHERE t.notification_id = due.id AND t.handed_at IS NOT NULL
                  AND (t.outcome = 'INTERRUPTED' OR t.outcome IS NULL))
           ELSE 0 END AS interruptions,
           CASE WHEN due.kind <> 'RECOVERY' THEN 'NEVER' ELSE coalesce(
               (SELECT CASE WHEN bool_or(m.state = 'SENT' OR t.outcome IS NOT NULL) THEN 'DELIVERED'
                            WHEN bool_or(m.state = 'SENDING') THEN 'UNDER_WAY' END
                FROM notifications m
                LEFT JOIN notification_attempts t ON t.notification_id = m.id AND t.outcome = 'INTERRUPTED'
                     AND t.handed_at IS NOT NULL
                WHERE m.alert_id = due.alert_id AND m.user_id = due.user_id AND m.kind = 'PAGE'
                  AND m.target = due.target), 'NEVER') END AS page_state
    FROM due
    JOIN users u ON u.id = due.user_id
    LEFT JOIN alerts a ON a.id = due.alert_id
    LEFT JOIN alert_sources s ON s.id = a.source_id
    LEFT JOIN escalation_policies p ON p.id = a.policy_id
    LEFT JOIN users b ON b.id = a.resolved_by
    LEFT JOIN contacts c ON c.id = due.contact_id
    ORDER BY due.due_at
    """
)


async def claim_due(session: AsyncSession, *, now: datetime, batch: int) -> list[Due]:
    """Lock up to `batch` due notifications that nobody else holds, oldest first."""
    rows = await session.execute(_CLAIM, {"now": now, "batch": batch})
    return [_due(row) for row in rows]


def _due(row: Any) -> Due:
    page_state: Literal["DELIVERED", "UNDER_WAY", "NEVER"] = row.page_state
    return Due(
        id=row.id,
        account_id=row.account_id,
        alert_id=row.alert_id,
        user_id=row.user_id,
        kind=row.kind,
        method=row.method,
        target=row.target,
        contact_id=row.contact_id,
        subject=row.subject,
        why=row.why,
        repeat_every_min=row.repeat_every_min,
        planned_at=row.planned_at,
        scheduled_for=row.scheduled_for,
        attempts=row.attempts,
        facts=DueFacts(
            kind=row.kind,
            state=row.state,
            interruptions=row.interruptions,
            alert_status=row.alert_status,
            is_merged=row.merged_into_id is not None,
            is_responder=row.is_responder,
            muted_until=row.muted_until,
            contact_status=row.contact_status,
            page_state=page_state,
        ),
        alert=None
        if row.alert_status is None
        else AlertFacts(
            id=row.alert_id,
            summary=row.summary,
            details=row.details,
            status=row.alert_status,
            priority=row.priority,
            report_time=row.report_time,
            resolved_on=row.resolved_on,
            is_drill=row.is_drill,
            runbook_url=row.runbook_url,
            links=row.links or [],
            custom_details=row.custom_details or {},
            source=row.source,
            policy=row.policy,
            resolved_by=row.resolved_by,
        ),
        first_name=row.first_name,
        last_name=row.last_name,
        login_email=row.login_email,
        language=row.language,
        timezone=row.timezone,
        thread_root=None if row.thread_root == row.id else row.thread_root,
    )
