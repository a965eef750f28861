"""Reads that cross slices: whom an alert may be told to, and what decides and fills a due notification."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts.models import Alert
from tocsin.domains.notifications.rules import DueFacts, Preference
from tocsin.domains.people.models import Contact, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A user with the alert rules that decide how to reach him."""

    id: int
    account_id: int
    email: str
    preferences: list[Preference] = field(default_factory=list)


async def recipients(session: AsyncSession, user_ids: Sequence[int]) -> dict[int, Recipient]:
    """By user id; unknown ids are left out."""
    people = await session.execute(
        text("SELECT id, account_id, email FROM users WHERE id = ANY(CAST(:ids AS bigint[]))"),
        {"ids": list(user_ids)},
    )
    found = {row.id: Recipient(id=row.id, account_id=row.account_id, email=row.email) for row in people}
    rules = await session.execute(
        text(
            """
            SELECT p.id, p.user_id, p.method, p.type, p.contact_id, c.target, c.status,
                   coalesce(p.delay_min, 0) AS delay_min, p.repeat_every_min
            FROM notification_preferences p LEFT JOIN contacts c ON c.id = p.contact_id
            WHERE p.user_id = ANY(CAST(:ids AS bigint[])) AND p.collection = 'alerts'
            """
        ),
        {"ids": list(found)},
    )
    for row in rules:
        found[row.user_id].preferences.append(
            Preference(
                id=row.id,
                method=row.method,
                type=row.type or "",
                contact_id=row.contact_id,
                target=row.target,
                contact_status=row.status,
                delay_min=row.delay_min,
                repeat_every_min=row.repeat_every_min,
            )
        )
    return found


async def test_target(
    session: AsyncSession, *, account_id: int, user_id: int, contact_id: int | None
) -> tuple[str, str] | None:
    """(kind, address) of a user's contact, or of the login address; None when there is no such one."""
    if contact_id is None:
        statement = select(literal("EMAIL"), User.email).where(
            User.id == user_id, User.account_id == account_id
        )
    else:
        statement = select(Contact.kind, Contact.target).where(
            Contact.id == contact_id, Contact.user_id == user_id, Contact.account_id == account_id
        )
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else (row[0], row[1])


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
                WHERE t.notification_id = due.id AND (t.outcome = 'INTERRUPTED' OR t.outcome IS NULL))
           ELSE 0 END AS interruptions,
           CASE WHEN due.kind <> 'RECOVERY' THEN 'NEVER' ELSE coalesce(
               (SELECT CASE WHEN bool_or(m.state = 'SENT' OR t.outcome IS NOT NULL) THEN 'DELIVERED'
                            WHEN bool_or(m.state = 'SENDING') THEN 'UNDER_WAY' END
                FROM notifications m
                LEFT JOIN notification_attempts t ON t.notification_id = m.id AND t.outcome = 'INTERRUPTED'
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


async def rescue_facts(session: AsyncSession, failed: Sequence[Due], *, until: datetime) -> dict[int, Any]:
    """For pages that failed for good, by notification id: `tried` (addresses of the same alert and user),
    `others` (the user's other verified e-mail rules), `is_rescue_coming` (another page was sent or is due by
    `until`), `alert_status`."""
    rows = await session.execute(
        text(
            """
            SELECT f.id, a.status AS alert_status,
                   array_agg(DISTINCT m.target) AS tried,
                   bool_or(m.id <> f.id AND (m.state IN ('SENT', 'SENDING')
                           OR m.state = 'SCHEDULED' AND m.due_at <= :until)) AS is_rescue_coming,
                   ARRAY(SELECT c.target FROM contacts c WHERE c.user_id = f.user_id AND c.kind = 'EMAIL'
                         AND c.status = 'OK' AND c.id IN (
                             SELECT p.contact_id FROM notification_preferences p
                             WHERE p.user_id = f.user_id AND p.collection = 'alerts' AND p.method = 'EMAIL')
                         ORDER BY c.id) AS others
            FROM notifications f
            JOIN alerts a ON a.id = f.alert_id
            JOIN notifications m ON m.alert_id = f.alert_id AND m.user_id = f.user_id AND m.kind = 'PAGE'
            WHERE f.id = ANY(CAST(:ids AS bigint[]))
            GROUP BY f.id, f.user_id, a.status
            """
        ),
        {"ids": [due.id for due in failed], "until": until},
    )
    return {row.id: row for row in rows}


async def pending_alerts(session: AsyncSession, alert_ids: Sequence[int]) -> set[int]:
    """Those of these alerts that nobody has accepted or resolved."""
    rows = await session.execute(
        select(Alert.id).where(
            Alert.id.in_(alert_ids), Alert.status == "PENDING", Alert.merged_into_id.is_(None)
        )
    )
    return set(rows.scalars())
