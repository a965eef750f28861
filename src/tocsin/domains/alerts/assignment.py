"""Who works on an alert: assigned, rerouted, escalated, raised, added or removed by a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts import rules, store
from tocsin.domains.alerts import service as alerts
from tocsin.domains.alerts.models import Alert, AlertResponder
from tocsin.domains.escalations import rules as escalation_rules
from tocsin.domains.escalations import service as escalations
from tocsin.domains.notifications import service as notifications
from tocsin.domains.timeline import service as timeline
from tocsin.domains.timeline.service import NewEntry
from tocsin.infra.db import notify
from tocsin.kernel.errors import AppError, NotFound, ValidationError


class AlreadyResponder(AppError):
    status = 405
    code = "RESPONDER_EXISTS"


async def assign_user(
    session: AsyncSession, alert_id: int, *, account_id: int, user_id: int, actor_id: int, now: datetime
) -> Alert:
    """That person becomes the responder; escalation by policy ends (alerting reference §3.4)."""
    alert = await _actionable(session, alert_id, account_id=account_id, to="assign it")
    await _check_users(session, account_id=account_id, user_ids=[user_id])
    await _start_over(session, alert, reason="REASSIGNED", now=now)
    await escalations.end_many(session, [alert_id], reason="RESPONDERS_CHOSEN")
    await _page(session, alert, user_ids=[user_id], why={"assignedBy": actor_id}, now=now)
    await _log(session, alert, type="AlertAssignedByUserLogEntry", now=now, userId=user_id, actorId=actor_id)
    await alerts.tell(session, [alert_id])
    return alert


async def assign_policy(
    session: AsyncSession, alert_id: int, *, account_id: int, policy_id: int, actor_id: int, now: datetime
) -> Alert:
    """Reroute: the policy is replaced and its chain starts at level 0, without its delay."""
    alert = await _actionable(session, alert_id, account_id=account_id, to="reroute it")
    try:
        policy = await escalations.policy_of(session, account_id=account_id, policy_id=policy_id)
    except NotFound as error:
        raise ValidationError(f"policy-id: there is no escalation policy {policy_id}") from error
    await _start_over(session, alert, reason="REROUTED", now=now)
    alert.policy_id = policy_id
    row = await _escalation(session, alert)
    row.rules = policy.rules
    row.passes = escalation_rules.passes_of(repeating=policy.repeating, frequency=policy.frequency)
    _restart(row, now=now)
    await _log(
        session, alert, type="AlertAssignedToPolicyLogEntry", now=now, policyId=policy_id, actorId=actor_id
    )
    await _wake_escalations(session, alert_id)
    return alert


async def escalate(
    session: AsyncSession, alert_id: int, *, account_id: int, level: int | None, actor_id: int, now: datetime
) -> Alert:
    """The next level now, or `level` (zero-based); goes on from there."""
    alert = await _actionable(session, alert_id, account_id=account_id, to="escalate it")
    row = await _escalation(session, alert)
    chain, state = escalations.chain_of(row), escalations.state_of(row)
    target = escalation_rules.jump(chain, state, level=level)
    if alert.status == rules.ACCEPTED:
        alert.status, alert.accepted_at, alert.accepted_by = rules.PENDING, None, None
    row.step, row.pass_reached_someone = target.step, False
    row.due_at, row.ended_reason, row.priority = now, None, "HIGH"
    await _log(
        session,
        alert,
        type="AlertEscalatedToLevelLogEntry",
        now=now,
        level=target.step % len(chain.rules),
        actorId=actor_id,
    )
    await _wake_escalations(session, alert_id)
    return alert


async def raise_priority(
    session: AsyncSession, alert_id: int, *, account_id: int, actor_id: int, now: datetime
) -> Alert:
    """LOW to HIGH: the chain restarts at level 0 with the high-priority rules. No error when it is HIGH already."""
    alert = await _actionable(session, alert_id, account_id=account_id, to="raise it")
    if alert.priority == "HIGH":
        return alert
    alert.priority = "HIGH"
    await session.flush()
    await notifications.cancel_pending(session, alert_ids=[alert_id], reason="RAISED", now=now)
    row = await _escalation(session, alert)
    row.priority = "HIGH"
    if alert.status == rules.PENDING:
        _restart(row, now=now)
    await _log(session, alert, type="AlertRaisedByUserLogEntry", now=now, actorId=actor_id)
    await _wake_escalations(session, alert_id)
    return alert


async def add_responder(
    session: AsyncSession,
    alert_id: int,
    *,
    account_id: int,
    user_ids: Sequence[int],
    actor_id: int,
    now: datetime,
) -> AlertResponder:
    """Notified at once by the alert's priority. 405 when all of them are on the alert already."""
    alert = await _actionable(session, alert_id, account_id=account_id, to="add a responder")
    await _check_users(session, account_id=account_id, user_ids=user_ids, not_found=True)
    present = {row.user_id for row in await store.responders(session, [alert_id])}
    new = [user_id for user_id in user_ids if user_id not in present]
    if not new:
        raise AlreadyResponder("This person is already a responder of the alert")
    await _page(session, alert, user_ids=new, why={"addedBy": actor_id}, now=now)
    for user_id in new:
        await _log(
            session,
            alert,
            type="AlertResponderAddedByUserLogEntry",
            now=now,
            userId=user_id,
            actorId=actor_id,
        )
    await alerts.tell(session, [alert_id])
    added = await store.responder(session, alert_id=alert_id, user_id=new[0])
    assert added is not None
    return added


async def remove_responder(
    session: AsyncSession, alert_id: int, *, account_id: int, user_id: int, actor_id: int, now: datetime
) -> None:
    alert = await alerts.alert_of(session, account_id=account_id, alert_id=alert_id, lock=True)
    rules.refuse_when_merged(alert.merge_state)
    if await store.responder(session, alert_id=alert_id, user_id=user_id) is None:
        raise NotFound(f"User {user_id} is no responder of alert {alert_id}")
    await store.remove_responder(session, alert_id=alert_id, user_id=user_id)
    await notifications.cancel_pending(
        session, alert_ids=[alert_id], user_ids=[user_id], reason="RESPONDER_REMOVED", now=now
    )
    await _log(
        session, alert, type="AlertResponderRemovedByUserLogEntry", now=now, userId=user_id, actorId=actor_id
    )
    await alerts.tell(session, [alert_id])


async def page_chosen(
    session: AsyncSession, alert: Alert, *, user_ids: Sequence[int], actor_id: int, now: datetime
) -> None:
    """A manual alert with explicit responders: only they are notified and nothing escalates (§2.3)."""
    await _check_users(session, account_id=alert.account_id, user_ids=user_ids)
    await escalations.end_many(session, [alert.id], reason="RESPONDERS_CHOSEN")
    await _page(session, alert, user_ids=user_ids, why={"chosenBy": actor_id}, now=now)


async def _actionable(session: AsyncSession, alert_id: int, *, account_id: int, to: str) -> Alert:
    alert = await alerts.alert_of(session, account_id=account_id, alert_id=alert_id, lock=True)
    rules.refuse_when_merged(alert.merge_state)
    rules.refuse_when_resolved(alert.status, to=to)
    return alert


async def _check_users(
    session: AsyncSession, *, account_id: int, user_ids: Sequence[int], not_found: bool = False
) -> None:
    known = await escalations.people_of(session, account_id=account_id, user_ids=user_ids)
    for user_id in user_ids:
        if user_id not in known:
            message = f"There is no user {user_id} who can respond to alerts"
            raise NotFound(message) if not_found else ValidationError(f"user-id: {message}")


async def _escalation(session: AsyncSession, alert: Alert) -> escalations.AlertEscalation:
    row = await escalations.escalation_of(session, alert.id)
    if row is None:
        raise ValidationError("This alert has no escalation policy; assign it to a policy or a user")
    return row


def _restart(row: escalations.AlertEscalation, *, now: datetime) -> None:
    row.step, row.pass_reached_someone = 0, False
    row.due_at, row.ended_reason = now, None


async def _start_over(session: AsyncSession, alert: Alert, *, reason: str, now: datetime) -> None:
    """Former responders are asked no more; the chase begins anew (§17 no. 14)."""
    alert.status, alert.accepted_at, alert.accepted_by, alert.accepted_by_type = (
        rules.PENDING,
        None,
        None,
        None,
    )
    await session.flush()
    await notifications.cancel_pending(session, alert_ids=[alert.id], reason=reason, now=now)
    await store.remove_responders(session, alert_id=alert.id)


async def _page(
    session: AsyncSession, alert: Alert, *, user_ids: Sequence[int], why: dict[str, Any], now: datetime
) -> None:
    row = await _escalation(session, alert)
    row.assignment += 1
    await store.add_responders(
        session, pairs=[(alert.account_id, alert.id, user_id) for user_id in user_ids], now=now
    )
    await notifications.plan_pages(
        session,
        account_id=alert.account_id,
        alert_id=alert.id,
        user_ids=user_ids,
        priority=alert.priority,
        assignment=row.assignment,
        why=why,
        now=now,
    )
    await notify(session, topic="wake", payload="notifications")


async def _wake_escalations(session: AsyncSession, alert_id: int) -> None:
    await session.flush()
    await notify(session, topic="wake", payload="escalations")
    await alerts.tell(session, [alert_id])


async def _log(session: AsyncSession, alert: Alert, *, type: str, now: datetime, **vars: Any) -> None:
    await timeline.add(
        session, [NewEntry(account_id=alert.account_id, alert_id=alert.id, type=type, at=now, vars=vars)]
    )
