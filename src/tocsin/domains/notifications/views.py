"""Reads that cross slices: how users can be reached, what follows a failure, and the delivery lists."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import literal, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts.models import Alert
from tocsin.domains.notifications.models import Notification, NotificationAttempt
from tocsin.domains.notifications.rules import Preference
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


async def rescue_facts(
    session: AsyncSession, failed_ids: Sequence[int], *, until: datetime
) -> dict[int, Any]:
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
        {"ids": list(failed_ids), "until": until},
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryList:
    """Notifications with the people, alerts and tries that belong to them."""

    rows: Sequence[Notification]
    people: dict[int, tuple[str, str]]
    alerts: dict[int, str]
    attempts: dict[int, list[NotificationAttempt]]


async def alert_exists(session: AsyncSession, *, account_id: int, alert_id: int) -> bool:
    found = await session.execute(
        select(Alert.id).where(Alert.id == alert_id, Alert.account_id == account_id)
    )
    return found.scalar_one_or_none() is not None


async def deliveries(
    session: AsyncSession,
    *,
    account_id: int,
    alert_id: int | None = None,
    states: Sequence[str] = (),
    start: int = 0,
    limit: int,
) -> DeliveryList:
    """Of one alert in the order they were planned, or of the whole account, newest first."""
    query = select(Notification).where(Notification.account_id == account_id)
    if states:
        query = query.where(Notification.state.in_(states))
    if alert_id is not None:
        query = query.where(Notification.alert_id == alert_id).order_by(Notification.id)
    else:
        query = query.order_by(Notification.planned_at.desc(), Notification.id.desc())
    rows = (await session.execute(query.offset(start).limit(limit))).scalars().all()
    people = await session.execute(
        select(User.id, User.first_name, User.last_name).where(User.id.in_({row.user_id for row in rows}))
    )
    alerts = await session.execute(
        select(Alert.id, Alert.summary).where(Alert.id.in_({row.alert_id for row in rows if row.alert_id}))
    )
    attempts: dict[int, list[NotificationAttempt]] = defaultdict(list)
    tries = await session.execute(
        select(NotificationAttempt)
        .where(NotificationAttempt.notification_id.in_([row.id for row in rows]))
        .order_by(NotificationAttempt.id)
    )
    for one in tries.scalars():
        attempts[one.notification_id].append(one)
    return DeliveryList(
        rows=rows,
        people={row.id: (row.first_name, row.last_name) for row in people},
        alerts={row.id: row.summary for row in alerts},
        attempts=attempts,
    )
