"""What can happen to an alert. Each use case writes the state, the log entries, the escalation and the planned or
cancelled notifications in the caller's transaction: all of it commits, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts import rules, store
from tocsin.domains.alerts.models import Alert, AlertComment
from tocsin.domains.alerts.store import OpenAlert
from tocsin.domains.escalations import service as escalations
from tocsin.domains.notifications import service as notifications
from tocsin.domains.timeline import service as timeline
from tocsin.domains.timeline.service import NewEntry
from tocsin.infra.db import notify
from tocsin.kernel.errors import NotFound

__all__ = ["Alert", "NewAlert", "OpenAlert", "Resolution"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAlert:
    """An alert to be opened. id: from `reserve_ids`. log_type and log_vars: its first log entry."""

    id: int
    account_id: int
    source_id: int
    policy: escalations.EscalationPolicy
    summary: str
    report_time: datetime
    priority: str = "HIGH"
    details: str | None = None
    severity: int | None = None
    alert_key: str | None = None
    images: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[str, Any] = field(default_factory=dict)
    custom_details: dict[str, Any] | None = None
    services: list[dict[str, Any]] = field(default_factory=list)
    runbook_url: str | None = None
    is_drill: bool = False
    auto_resolve_at: datetime | None = None
    log_type: str = "AlertReceivedLogEntry"
    log_vars: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """An alert to be resolved, by whom, and the log entry that says so. Already resolved ones are left alone."""

    alert_id: int
    log_type: str
    user_id: int | None = None
    vars: dict[str, Any] = field(default_factory=dict)


async def alert_of(session: AsyncSession, *, account_id: int, alert_id: int, lock: bool = False) -> Alert:
    """Raises NotFound, also for another account's alert."""
    found = await store.alert(session, account_id=account_id, alert_id=alert_id, lock=lock)
    if found is None:
        raise NotFound(f"There is no alert {alert_id}")
    return found


async def open_alerts_of_source(session: AsyncSession, *, source_id: int) -> list[int]:
    return await store.open_ids_of_source(session, source_id=source_id)


async def open_alerts_by_keys(
    session: AsyncSession, *, source_ids: Sequence[int], keys: Sequence[str]
) -> list[OpenAlert]:
    return await store.open_by_keys(session, source_ids=source_ids, keys=keys)


async def open_alerts_of_sources(session: AsyncSession, source_ids: Sequence[int]) -> list[OpenAlert]:
    return await store.open_of_sources(session, source_ids)


async def reserve_ids(session: AsyncSession, count: int) -> list[int]:
    return await store.next_ids(session, count) if count else []


async def open_many(session: AsyncSession, new: Sequence[NewAlert]) -> None:
    """Open alerts: the row, the first log entry and the escalation state of each."""
    if not new:
        return
    await store.insert_many(session, [_row(item) for item in new])
    await timeline.add(
        session,
        [
            NewEntry(
                account_id=item.account_id,
                alert_id=item.id,
                type=item.log_type,
                at=item.report_time,
                vars={**item.log_vars, "opened": True},
            )
            for item in new
        ],
    )
    await escalations.start_many(
        session,
        [
            escalations.NewEscalation(
                account_id=item.account_id,
                alert_id=item.id,
                policy=item.policy,
                priority=item.priority,
                start=item.report_time,
            )
            for item in new
        ],
    )
    await notify(session, topic="wake", payload="escalations")
    await tell(session, [item.id for item in new])


def _row(item: NewAlert) -> dict[str, Any]:
    return {
        "id": item.id,
        "account_id": item.account_id,
        "source_id": item.source_id,
        "policy_id": item.policy.id,
        "summary": rules.cut(item.summary, rules.LONGEST_SUMMARY),
        "details": rules.cut(item.details, rules.LONGEST_DETAILS),
        "report_time": item.report_time,
        "priority": item.priority,
        "severity": item.severity,
        "alert_key": item.alert_key[: rules.LONGEST_KEY] if item.alert_key else None,
        "folded_key": rules.folded_key(item.alert_key),
        "images": item.images,
        "links": item.links,
        "labels": item.labels,
        "custom_details": item.custom_details,
        "services": item.services,
        "runbook_url": item.runbook_url,
        "is_drill": item.is_drill,
        "last_event_at": item.report_time,
        "auto_resolve_at": item.auto_resolve_at,
    }


async def attach_many(session: AsyncSession, counts: dict[int, int], *, now: datetime) -> None:
    """Events were attached to open alerts: alert id to number of events."""
    ordered = sorted(counts)
    await store.count_events(session, alert_ids=ordered, counts=[counts[key] for key in ordered], now=now)
    await tell(session, ordered)


async def accept_by_source(session: AsyncSession, alert_ids: Sequence[int], *, now: datetime) -> None:
    """ACCEPT events: stops escalation and paging of everybody."""
    if not alert_ids:
        return
    await store.set_accepted(session, alert_ids=alert_ids, user_id=None, now=now)
    await _stop_chase(session, alert_ids, reason="ACCEPTED", now=now)
    await tell(session, alert_ids)


async def resolve_many(
    session: AsyncSession, resolutions: Sequence[Resolution], *, now: datetime
) -> list[int]:
    """Resolve, end escalations, cancel pages, and tell exactly those who were paged. Returns the ids resolved."""
    if not resolutions:
        return []
    by_id = {item.alert_id: item for item in sorted(resolutions, key=lambda item: item.alert_id)}
    done = await store.set_resolved(
        session, alert_ids=list(by_id), user_ids=[item.user_id for item in by_id.values()], now=now
    )
    if not done:
        return []
    alerts = await store.locked(session, done)
    await timeline.add(
        session,
        [
            NewEntry(
                account_id=alerts[alert_id].account_id,
                alert_id=alert_id,
                type=by_id[alert_id].log_type,
                at=now,
                vars={**by_id[alert_id].vars, "status": "RESOLVED"},
            )
            for alert_id in done
        ],
    )
    await _stop_chase(session, done, reason="RESOLVED", now=now)
    await notifications.plan_recoveries(session, alert_ids=done, now=now)
    await notify(session, topic="wake", payload="notifications")
    await tell(session, done)
    return done


async def accept(
    session: AsyncSession, alert_id: int, *, account_id: int, user_id: int, channel: str, now: datetime
) -> Alert:
    """A person takes the alert. Accepting again is no error; one who was no responder becomes one (§3.1)."""
    alert = await alert_of(session, account_id=account_id, alert_id=alert_id, lock=True)
    rules.refuse_when_merged(alert.merge_state)
    rules.refuse_when_resolved(alert.status, to="accept it")
    responder = await store.responder(session, alert_id=alert_id, user_id=user_id)
    if alert.status == rules.ACCEPTED and responder is not None and responder.status == rules.ACCEPTED:
        return alert
    if alert.status == rules.PENDING:
        alert.status, alert.accepted_at = rules.ACCEPTED, now
        alert.accepted_by, alert.accepted_by_type = user_id, "USER"
    await session.flush()
    await store.add_responders(
        session, pairs=[(account_id, alert_id, user_id)], now=now, status=rules.ACCEPTED
    )
    await _stop_chase(session, [alert_id], reason="ACCEPTED", now=now)
    await _log(
        session,
        alert,
        type="UserResponseLogEntry",
        now=now,
        action="ACCEPTED",
        userId=user_id,
        channel=channel,
    )
    await tell(session, [alert_id])
    return alert


async def resolve(
    session: AsyncSession, alert_id: int, *, account_id: int, user_id: int, channel: str, now: datetime
) -> Alert:
    """A person says it is over. Resolving again is no error."""
    alert = await alert_of(session, account_id=account_id, alert_id=alert_id, lock=True)
    rules.refuse_when_merged(alert.merge_state)
    if alert.status == rules.RESOLVED:
        return alert
    await resolve_many(
        session,
        [
            Resolution(
                alert_id=alert_id,
                user_id=user_id,
                log_type="UserResponseLogEntry",
                vars={"action": "RESOLVED", "userId": user_id, "channel": channel},
            )
        ],
        now=now,
    )
    return await alert_of(session, account_id=account_id, alert_id=alert_id, lock=True)


async def comment(
    session: AsyncSession,
    alert_id: int,
    *,
    account_id: int,
    user_id: int | None,
    creator: str,
    content: str,
    now: datetime,
) -> AlertComment:
    alert = await alert_of(session, account_id=account_id, alert_id=alert_id, lock=True)
    rules.refuse_when_merged(alert.merge_state)
    row = AlertComment(
        account_id=account_id,
        alert_id=alert_id,
        content=rules.cut(content, rules.LONGEST_DETAILS) or "",
        creator=creator,
        user_id=user_id,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    await _log(
        session,
        alert,
        type="AlertCommentAddedLogEntry",
        now=now,
        creator=creator,
        content=content[:500],
        userId=user_id,
    )
    await tell(session, [alert_id])
    return row


async def comments_of(session: AsyncSession, *, account_id: int, alert_id: int) -> Sequence[AlertComment]:
    await alert_of(session, account_id=account_id, alert_id=alert_id)
    return await store.comments(session, alert_id=alert_id)


async def add_event_comments(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Comments that came with events: `{account_id, alert_id, content, creator, user_id, created_at}`."""
    await store.add_comments(session, rows)


async def tell(session: AsyncSession, alert_ids: Sequence[int]) -> None:
    """Open pages refresh: one message for many alerts."""
    if len(alert_ids) > 20:
        await notify(session, topic="alert", payload="many")
        return
    for alert_id in alert_ids:
        await notify(session, topic="alert", payload=str(alert_id))


async def _stop_chase(session: AsyncSession, alert_ids: Sequence[int], *, reason: str, now: datetime) -> None:
    await escalations.end_many(session, alert_ids, reason=reason)
    await notifications.cancel_pending(session, alert_ids=alert_ids, reason=reason, now=now)


async def _log(session: AsyncSession, alert: Alert, *, type: str, now: datetime, **vars: Any) -> None:
    await timeline.add(
        session, [NewEntry(account_id=alert.account_id, alert_id=alert.id, type=type, at=now, vars=vars)]
    )
