"""Plays a month again, by the product's own rules: events arrive, levels fire, pages go out, people react.

Everything happens in one transaction with instants of the past, so a running engine never sees it half done and sends
none of these pages.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts.jobs import fire_due
from tocsin.domains.escalations import service as escalations
from tocsin.domains.notifications.service import log_vars
from tocsin.domains.timeline import service as timeline

HAND_OVER = timedelta(milliseconds=640)
RETRY_AFTER = timedelta(seconds=31)
EVERY_NTH_IS_RETRIED = 13
ACCEPTED_BY_SERVER = "250 2.0.0 Ok: queued"
TRY_AGAIN = "451 4.7.1 Greylisted, try again later"

DUE = """
SELECT id, account_id, alert_id, user_id, kind, method, due_at FROM notifications
WHERE due_at <= :now AND state = 'SCHEDULED' ORDER BY due_at, id
"""
SENT = """
UPDATE notifications SET state = 'SENT', due_at = NULL, attempts = :attempts, finished_at = :at,
    provider_id = 'demo-' || id WHERE id = :id
"""
ATTEMPT = """
INSERT INTO notification_attempts (notification_id, provider, started_at, finished_at, outcome, response)
VALUES (:id, 'smtp', :started_at, :at, :outcome, :response)
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that somebody or something did at an instant."""

    at: datetime
    do: Callable[[datetime], Awaitable[None]]


async def replay(
    session: AsyncSession, happenings: Iterable[Happening], *, until: datetime, told: Callable[[], None]
) -> None:
    """Let everything happen in the order of time, with what the engine would have done in between."""
    for happening in sorted(happenings, key=lambda one: one.at):
        await _catch_up(session, until=happening.at)
        await happening.do(happening.at)
        told()
    await _catch_up(session, until=until)


async def _catch_up(session: AsyncSession, *, until: datetime) -> None:
    """Fire the escalation levels and send the pages that were due by then."""
    while (due := await escalations.oldest_due(session)) is not None and due <= until:
        await _deliver(session, now=due)
        rows = await escalations.claim_due(session, now=due, limit=500)
        if not rows:
            break
        await fire_due(session, rows, now=due)
    await _deliver(session, now=until)


async def _deliver(session: AsyncSession, *, now: datetime) -> None:
    entries: list[timeline.NewEntry] = []
    for row in (await session.execute(text(DUE), {"now": now})).all():
        started, end = row.due_at, row.due_at + HAND_OVER
        attempts = 1
        if row.id % EVERY_NTH_IS_RETRIED == 0:
            await _attempt(session, row.id, started=started, outcome="RETRY", response=TRY_AGAIN)
            started, end, attempts = started + RETRY_AFTER, end + RETRY_AFTER, 2
        await _attempt(session, row.id, started=started, outcome="SENT", response=ACCEPTED_BY_SERVER)
        await session.execute(text(SENT), {"id": row.id, "at": end, "attempts": attempts})
        entries.append(
            timeline.NewEntry(
                account_id=row.account_id,
                alert_id=row.alert_id,
                type="NotificationLogEntry",
                at=end,
                vars=log_vars(
                    row.id, row.user_id, row.kind, row.method, state="SENT", reason=ACCEPTED_BY_SERVER
                ),
            )
        )
    await timeline.add(session, entries)


async def _attempt(session: AsyncSession, number: int, *, started: datetime, **end: Any) -> None:
    await session.execute(
        text(ATTEMPT), {"id": number, "started_at": started, "at": started + HAND_OVER, **end}
    )
