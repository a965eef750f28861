"""What people do to running monitors: pause, resume, mute, many at once, and the drill."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit import service as audit
from tocsin.domains.events import service as events
from tocsin.domains.events.service import IncomingEvent, Outcome
from tocsin.domains.heartbeats import creation, due_store, store
from tocsin.domains.heartbeats.alarms import OVERDUE_LOG, Alarm, alert_payload
from tocsin.domains.heartbeats.facts import alert_key, facts_of
from tocsin.domains.heartbeats.models import HeartbeatMonitor
from tocsin.domains.heartbeats.rules.verdict import plain_deadline
from tocsin.infra.db import notify
from tocsin.infra.web import clean_text, one_of
from tocsin.kernel.errors import ValidationError
from tocsin.kernel.wire import instant_out

ACTIONS = ("PAUSE", "RESUME", "MUTE", "UNMUTE", "DELETE", "ADD_TAGS", "REMOVE_TAGS", "SET_SOURCE")
MOST_AT_ONCE = 10_000

Change = Callable[[HeartbeatMonitor], dict[str, Any] | None]


def pause(now: datetime) -> Change:
    """Silence no longer matters; pings are still recorded. A recovery that is due is still announced."""

    def change(monitor: HeartbeatMonitor) -> dict[str, Any] | None:
        if monitor.paused_at is not None:
            return None
        is_recovering = monitor.state == "HEALTHY" and monitor.overdue_since is not None
        monitor.paused_at = now
        monitor.check_at = now if is_recovering else None
        return {}

    return change


def resume(now: datetime) -> Change:
    """Deadlines count from now on, as if a ping had just come."""

    def change(monitor: HeartbeatMonitor) -> dict[str, Any] | None:
        if monitor.paused_at is None:
            return None
        monitor.paused_at = None
        if monitor.state != "UNKNOWN" or monitor.expect_first_ping_by is not None:
            monitor.armed_at = monitor.check_at = now
        return {}

    return change


def mute(*, until: datetime, reason: str | None, now: datetime) -> Change:
    """States change, nobody is told. If it is still overdue when the mute ends, that is told then."""
    if until <= now:
        raise ValidationError("until: must lie in the future")
    clean_text(reason, field="reason", longest=500)

    def change(monitor: HeartbeatMonitor) -> dict[str, Any] | None:
        monitor.muted_until, monitor.mute_reason = until, reason
        if monitor.state == "OVERDUE" and monitor.reported_at is None and monitor.paused_at is None:
            monitor.check_at = until
        return {"until": instant_out(until), "reason": reason}

    return change


def unmute(now: datetime) -> Change:
    def change(monitor: HeartbeatMonitor) -> dict[str, Any] | None:
        if monitor.muted_until is None:
            return None
        monitor.muted_until = monitor.mute_reason = None
        if monitor.state == "OVERDUE" and monitor.reported_at is None and monitor.paused_at is None:
            monitor.check_at = now
        return {}

    return change


_KINDS = {"PAUSE": "PAUSED", "RESUME": "RESUMED", "MUTE": "MUTED", "UNMUTE": "UNMUTED"}


async def change_running(
    session: AsyncSession,
    monitors: Sequence[HeartbeatMonitor],
    *,
    action: str,
    change: Change,
    account_id: int,
    user_id: int,
    now: datetime,
) -> int:
    """Apply to (locked) monitors, write their timeline and one audit entry. Returns how many changed."""
    transitions: list[dict[str, Any]] = []
    for monitor in monitors:
        details = change(monitor)
        if details is not None:
            transitions.append(
                {"monitor_id": monitor.id, "at": now, "kind": _KINDS[action], "details": details}
            )
    await session.flush()
    await due_store.add_transitions(session, transitions)
    ids = [row["monitor_id"] for row in transitions]
    await _told(session, ids, action=action, account_id=account_id, user_id=user_id, now=now)
    await notify(session, topic="wake", payload="heartbeats")
    return len(ids)


async def bulk(
    session: AsyncSession,
    *,
    account_id: int,
    user_id: int,
    ids: Sequence[int],
    action: str,
    tags: Sequence[str] = (),
    until: datetime | None = None,
    reason: str | None = None,
    source_id: int | None = None,
    now: datetime,
) -> int:
    """One action on many monitors; ids that do not exist are skipped. Returns how many changed."""
    one_of(action, ACTIONS, field="action")
    if len(ids) > MOST_AT_ONCE:
        raise ValidationError(f"ids: at most {MOST_AT_ONCE} at once")
    monitors = await store.monitors_by_ids(session, set(ids), account_id=account_id)
    if action in _KINDS:
        change = _change(action, until=until, reason=reason, now=now)
        return await change_running(
            session,
            monitors,
            action=action,
            change=change,
            account_id=account_id,
            user_id=user_id,
            now=now,
        )
    changed = [monitor.id for monitor in monitors]
    if action == "DELETE":
        await store.delete_monitors(session, changed)
    elif action == "SET_SOURCE":
        if source_id is not None:
            await creation.check_source(session, source_id, account_id=account_id)
        for monitor in monitors:
            monitor.alert_source_id, monitor.updated_at = source_id, now
    else:
        creation.check_tags(tags)
        for monitor in monitors:
            kept = [tag for tag in monitor.tags if tag not in tags]
            monitor.tags = sorted({*kept, *tags}) if action == "ADD_TAGS" else kept
            creation.check_tags(monitor.tags)
            monitor.updated_at = now
    await _told(session, changed, action=action, account_id=account_id, user_id=user_id, now=now)
    return len(changed)


def _change(action: str, *, until: datetime | None, reason: str | None, now: datetime) -> Change:
    match action:
        case "PAUSE":
            return pause(now)
        case "RESUME":
            return resume(now)
        case "UNMUTE":
            return unmute(now)
        case _:
            if until is None:
                raise ValidationError("until: must be given to mute")
            return mute(until=until, reason=reason, now=now)


async def simulate_miss(
    session: AsyncSession, monitor: HeartbeatMonitor, *, user_id: int, now: datetime
) -> Outcome:
    """A drill: pages exactly as a real miss would; the monitor's state stays. Raises ValidationError."""
    if monitor.alert_source_id is None:
        raise ValidationError("alertSource: the monitor has none, so a miss would page nobody; set one first")
    bodies = await due_store.last_bodies(session, [monitor])
    alarm = Alarm(monitor=monitor, kind="OVERDUE", since=plain_deadline(facts_of(monitor)) or now)
    payload = alert_payload(alarm, body=bodies.get(monitor.id), now=now)
    payload["summary"] = f"[Drill] {payload['summary']}"
    outcomes = await events.hand_over(
        session,
        [
            IncomingEvent(
                account_id=monitor.account_id,
                source_id=monitor.alert_source_id,
                event_type="ALERT",
                alert_key=f"{alert_key(monitor.id)}-drill",
                payload=payload,
                received_at=now,
                is_drill=True,
                log_type=OVERDUE_LOG,
            )
        ],
        now=now,
    )
    details = {"alertId": outcomes[0].alert_id}
    await due_store.add_transitions(
        session, [{"monitor_id": monitor.id, "at": now, "kind": "DRILL", "details": details}]
    )
    await _told(
        session, [monitor.id], action="DRILL", account_id=monitor.account_id, user_id=user_id, now=now
    )
    return outcomes[0]


async def _told(
    session: AsyncSession, ids: Sequence[int], *, action: str, account_id: int, user_id: int, now: datetime
) -> None:
    if not ids:
        return
    await audit.record(
        session,
        account_id=account_id,
        actor_user_id=user_id,
        action=action,
        object_type="HEARTBEAT_MONITOR",
        object_id=ids[0] if len(ids) == 1 else None,
        details={"ids": list(ids[:1000]), "count": len(ids)},
        now=now,
    )
    await due_store.notify_monitors(session, ids)
