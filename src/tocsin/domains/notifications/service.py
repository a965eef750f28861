"""Planning of notifications: what other slices call when somebody must be told, or need not be any more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.notifications import rules, store, tokens, views
from tocsin.domains.notifications.store import NewNotification, Planned
from tocsin.domains.timeline import service as timeline
from tocsin.infra.db import notify
from tocsin.kernel.errors import NotFound, ValidationError


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePlan:
    """One alert assigned to people.

    assignment: the number of the assignment within the alert; with the alert, the user and the rule it makes
    the page unique. why: `{policy, level, …}`, kept with each page.
    """

    account_id: int
    alert_id: int
    user_ids: Sequence[int]
    priority: str
    assignment: int
    why: dict[str, Any] = field(default_factory=dict)


async def plan_pages(
    session: AsyncSession,
    *,
    account_id: int,
    alert_id: int,
    user_ids: Sequence[int],
    priority: str,
    assignment: int,
    why: dict[str, Any],
    now: datetime,
) -> int:
    """Plan the pages of one alert by the alert rules of these users. Returns how many will be sent."""
    plan = PagePlan(
        account_id=account_id,
        alert_id=alert_id,
        user_ids=user_ids,
        priority=priority,
        assignment=assignment,
        why=why,
    )
    return await plan_pages_many(session, [plan], now=now)


async def plan_pages_many(session: AsyncSession, plans: Sequence[PagePlan], *, now: datetime) -> int:
    """Plan the pages of many alerts at once. Returns how many will be sent; planning again adds nothing."""
    people = await views.recipients(session, sorted({user for plan in plans for user in plan.user_ids}))
    rows = [
        row
        for plan in plans
        for user_id in dict.fromkeys(plan.user_ids)
        if user_id in people and people[user_id].account_id == plan.account_id
        for row in _pages(plan, people[user_id], now=now)
    ]
    added = await store.insert(session, rows, now=now)
    await log_ends(session, added, now=now)
    await _wake(session, added)
    return sum(1 for row in added if row.state == "SCHEDULED")


def _pages(plan: PagePlan, person: views.Recipient, *, now: datetime) -> Iterable[NewNotification]:
    wanted = rules.pages_for(login_email=person.email, preferences=person.preferences, priority=plan.priority)
    for page in wanted:
        why: dict[str, Any] = {
            **plan.why,
            "priority": plan.priority,
            "assignment": plan.assignment,
            "preference": page.preference,
            "delayMin": int(page.delay.total_seconds() // 60),
            "repeat": 0,
        }
        if page.fallback is not None:
            why["fallback"] = page.fallback
        yield NewNotification(
            account_id=plan.account_id,
            alert_id=plan.alert_id,
            user_id=person.id,
            kind="PAGE",
            method=page.method,
            contact_id=page.contact_id,
            target=page.target,
            idempotency_key=page_key(
                plan.alert_id, person.id, plan.assignment, page.preference or "login", repeat=0
            ),
            scheduled_for=now + page.delay,
            why=why,
            repeat_every_min=page.repeat_every_min,
            state="SUPPRESSED" if page.suppressed else "SCHEDULED",
            error=page.suppressed,
        )


def page_key(alert_id: int, user_id: int, assignment: int, rule: int | str, *, repeat: int) -> str:
    """What makes a page unique, whatever races or is repeated."""
    return f"page:{alert_id}:{user_id}:{assignment}:{rule}:{repeat}"


async def cancel_pending(
    session: AsyncSession,
    *,
    alert_ids: Sequence[int],
    reason: str,
    now: datetime,
    user_ids: Sequence[int] | None = None,
) -> None:
    """Take back every page of these alerts that is not on its way yet (of these users only, when given).

    reason: a word such as ACCEPTED, or a sentence.
    """
    if not alert_ids:
        return
    cancelled = await store.cancel_scheduled_pages(
        session, alert_ids=alert_ids, user_ids=user_ids, reason=rules.cancel_reason(reason), now=now
    )
    await log_ends(session, cancelled, now=now)
    await store.announce(session, [row.alert_id for row in cancelled if row.alert_id is not None])


async def plan_recoveries(session: AsyncSession, *, alert_ids: Sequence[int], now: datetime) -> None:
    """Tell exactly the people who were paged that these alerts are over, at the same address."""
    if alert_ids and await store.insert_recoveries(session, alert_ids=alert_ids, now=now):
        await notify(session, topic="wake", payload="notifications")


async def plan_system(
    session: AsyncSession,
    *,
    account_id: int,
    user_ids: Sequence[int],
    subject: str,
    text: str,
    dedup_key: str,
    now: datetime,
) -> int:
    """A message of the product itself to users' login addresses. Each is told a `dedup_key` once."""
    people = await views.recipients(session, user_ids)
    rows = [
        NewNotification(
            account_id=account_id,
            alert_id=None,
            user_id=person.id,
            kind="SYSTEM",
            method="EMAIL",
            contact_id=None,
            target=person.email,
            subject=subject,
            idempotency_key=f"system:{account_id}:{dedup_key}:{person.id}",
            scheduled_for=now,
            why={"text": text, "dedupKey": dedup_key},
        )
        for person in people.values()
        if person.account_id == account_id
    ]
    added = await store.insert(session, rows, now=now)
    await _wake(session, added)
    return len(added)


async def plan_test(
    session: AsyncSession,
    *,
    account_id: int,
    user_id: int,
    contact_id: int | None,
    test_key: str,
    now: datetime,
) -> int | None:
    """A test message to one of the user's e-mail contacts (None: the login address).

    Returns the notification's id, or None when this `test_key` was asked for already. Raises NotFound,
    ValidationError.
    """
    target = await views.test_target(session, account_id=account_id, user_id=user_id, contact_id=contact_id)
    if target is None:
        raise NotFound(f"User {user_id} has no contact {contact_id}")
    kind, address = target
    if kind != "EMAIL":
        raise ValidationError(f"contact {contact_id} is no e-mail contact; only those can be tested yet")
    row = NewNotification(
        account_id=account_id,
        alert_id=None,
        user_id=user_id,
        kind="TEST",
        method="EMAIL",
        contact_id=contact_id,
        target=address,
        idempotency_key=f"test:{user_id}:{contact_id or 'login'}:{test_key}",
        scheduled_for=now,
    )
    added = await store.insert(session, [row], now=now)
    if not added:
        return None
    await _wake(session, added)
    return added[0].id


@dataclass(frozen=True, slots=True)
class Grant:
    """What the holder of an action token may act on, and as whom."""

    account_id: int
    alert_id: int
    user_id: int


async def grant_of(session: AsyncSession, token: str, *, now: datetime) -> Grant | None:
    """None: no such token, or it has expired."""
    if not tokens.is_token(token):
        return None
    row = await store.live_token(session, tokens.token_hash(token), now=now)
    return None if row is None else Grant(row.account_id, row.alert_id, row.user_id)


async def forget_old_tokens(session: AsyncSession, *, now: datetime) -> None:
    """Retention: expired action tokens go."""
    await store.delete_expired_tokens(session, now=now)


async def log_ends(session: AsyncSession, rows: Sequence[Planned], *, now: datetime) -> None:
    """A line on the alert's timeline for each page that ends without being sent; a planned one is not worth one."""
    await timeline.add(
        session,
        [
            timeline.NewEntry(
                account_id=row.account_id,
                alert_id=row.alert_id,
                type="NotificationLogEntry",
                at=now,
                vars=log_vars(row.id, row.user_id, row.kind, row.method, state=row.state, reason=row.error),
            )
            for row in rows
            if row.alert_id is not None and row.state != "SCHEDULED"
        ],
    )


def log_vars(
    notification_id: int, user_id: int, kind: str, method: str, *, state: str, reason: str | None
) -> dict[str, Any]:
    """The vars of a NotificationLogEntry. state: SENT, RETRY, FAILED, CANCELLED, SUPPRESSED."""
    what = {"PAGE": "page", "RECOVERY": "recovery"}.get(kind, "message")
    return {
        "notificationId": notification_id,
        "userId": user_id,
        "kind": kind,
        "method": method,
        "state": state,
        "reason": reason,
        "outcome": rules.outcome_words(what, state=state, reason=reason),
    }


async def _wake(session: AsyncSession, added: Sequence[Planned]) -> None:
    if added:
        await notify(session, topic="wake", payload="notifications")
        await store.announce(session, [row.alert_id for row in added if row.alert_id is not None])
