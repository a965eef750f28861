"""What follows a page that was sent (its repetition) or that failed for good (the fallback)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.notifications import rules, store, views
from tocsin.domains.notifications.claims import Due
from tocsin.domains.notifications.service import log_ends, page_key
from tocsin.domains.notifications.store import NewNotification


async def after_sent(session: AsyncSession, sent: Sequence[Due], *, now: datetime) -> None:
    """Plan the next page of each rule that repeats and whose alert still waits for somebody."""
    repeating = [
        due for due in sent if due.kind == "PAGE" and due.repeat_every_min and due.alert_id is not None
    ]
    if not repeating:
        return
    pending = await views.pending_alerts(session, [due.alert_id for due in repeating if due.alert_id])
    rows = [row for due in repeating if due.alert_id in pending for row in _repetition(due, now=now)]
    await log_ends(session, await store.insert(session, rows, now=now), now=now)


def _repetition(due: Due, *, now: datetime) -> Iterable[NewNotification]:
    assert due.alert_id is not None
    assert due.repeat_every_min is not None
    first_at = datetime.fromisoformat(due.why["firstAt"]) if "firstAt" in due.why else due.scheduled_for
    following = rules.next_repetition(
        every_min=due.repeat_every_min, number=int(due.why.get("repeat") or 0), first_at=first_at, now=now
    )
    yield NewNotification(
        account_id=due.account_id,
        alert_id=due.alert_id,
        user_id=due.user_id,
        kind="PAGE",
        method=due.method,
        contact_id=due.contact_id,
        target=due.target,
        idempotency_key=page_key(
            due.alert_id,
            due.user_id,
            int(due.why.get("assignment") or 0),
            due.why.get("preference") or "login",
            repeat=following.number,
        ),
        scheduled_for=following.due_at,
        why={**due.why, "repeat": following.number, "firstAt": first_at.isoformat()},
        repeat_every_min=due.repeat_every_min,
        state="SUPPRESSED" if following.ended else "SCHEDULED",
        error=following.ended,
    )


async def after_failures(session: AsyncSession, failed: Sequence[Due], *, now: datetime) -> None:
    """Plan the fallback of pages that failed for good: the login address, or another one of the user's."""
    pages = [due for due in failed if due.kind == "PAGE" and due.alert_id is not None]
    if not pages:
        return
    facts = await views.rescue_facts(session, [due.id for due in pages], until=now + rules.RESCUE_WITHIN)
    rows = [row for due in pages if due.id in facts for row in _fallback(due, facts[due.id], now=now)]
    await log_ends(session, await store.insert(session, rows, now=now), now=now)


def _fallback(due: Due, facts: Any, *, now: datetime) -> Iterable[NewNotification]:
    if facts.alert_status != "PENDING":
        return
    target = rules.fallback_target(
        login_email=due.login_email,
        other_targets=facts.others,
        tried=facts.tried,
        is_rescue_coming=facts.is_rescue_coming,
    )
    if target is None:
        return
    yield NewNotification(
        account_id=due.account_id,
        alert_id=due.alert_id,
        user_id=due.user_id,
        kind="PAGE",
        method="EMAIL",
        contact_id=None,
        target=target,
        idempotency_key=f"fallback:{due.id}",
        scheduled_for=now,
        why={**due.why, "fallback": f"the page to {rules.masked(due.target)} failed", "fallbackOf": due.id},
    )
