"""What happens in the demo's month, one happening after the other."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts import service as alerts
from tocsin.domains.events.service import IncomingEvent, hand_over
from tocsin.domains.heartbeats.facts import alert_key
from tocsin.domains.heartbeats.rules import wording
from tocsin.entrypoints.demo.cast import JOBS, PEOPLE, Trouble
from tocsin.entrypoints.demo.history import Happening
from tocsin.entrypoints.demo.monitors import Outage

BETWEEN_REPEATS = timedelta(seconds=75)
CHANNELS = ("WEB", "EMAIL")
# Outages that end by themselves sooner are not accepted by anybody; longer ones by the first on call.
ACCEPTED_WHEN_LONGER = timedelta(minutes=40)
ACCEPTED_AFTER = timedelta(minutes=4)


@dataclass(slots=True)
class Stage:
    """Ids of what was set up; alert_ids: by source and key, while an alert is open."""

    session: AsyncSession
    account_id: int
    user_ids: list[int]
    source_ids: dict[str, int]
    alert_ids: dict[tuple[str, str], int] = field(default_factory=dict)

    async def tell(
        self,
        source: str,
        key: str,
        *,
        event_type: str = "ALERT",
        payload: dict[str, Any],
        now: datetime,
        log_type: str | None = None,
    ) -> None:
        """An event arrives at a source and is processed."""
        event = IncomingEvent(
            account_id=self.account_id,
            source_id=self.source_ids[source],
            event_type=event_type,
            alert_key=key,
            payload=payload,
            received_at=now,
            log_type=log_type,
        )
        [outcome] = await hand_over(self.session, [event], now=now)
        if outcome.alert_id is not None:
            self.alert_ids[source, key] = outcome.alert_id


def trouble_happenings(stage: Stage, trouble: Trouble, *, now: datetime) -> Iterator[Happening]:
    """An alert of an event source from its first event to its end."""
    opened = now - trouble.ago
    key = (trouble.source, trouble.key)
    person = stage.user_ids[trouble.by]
    payload: dict[str, Any] = {"summary": trouble.summary, "details": trouble.details}
    if trouble.priority:
        payload["priority"] = trouble.priority

    async def event(at: datetime) -> None:
        await stage.tell(*key, payload=payload, now=at)

    async def accept(at: datetime) -> None:
        await alerts.accept(
            stage.session,
            stage.alert_ids[key],
            account_id=stage.account_id,
            user_id=person,
            channel=CHANNELS[trouble.by % 2],
            now=at,
        )

    async def comment(at: datetime) -> None:
        author = PEOPLE[trouble.by]
        await alerts.comment(
            stage.session,
            stage.alert_ids[key],
            account_id=stage.account_id,
            user_id=person,
            creator=f"{author.first_name} {author.last_name}",
            content=trouble.comment or "",
            now=at,
        )

    async def resolve(at: datetime) -> None:
        if trouble.recovers:
            await stage.tell(
                *key, event_type="RESOLVE", payload={"summary": f"Over: {trouble.summary}"}, now=at
            )
        else:
            await alerts.resolve(
                stage.session,
                stage.alert_ids[key],
                account_id=stage.account_id,
                user_id=person,
                channel="WEB",
                now=at,
            )

    yield Happening(opened, event)
    end = now if trouble.resolved_after is None else opened + timedelta(minutes=trouble.resolved_after)
    for number in range(1, trouble.repeats + 1):
        if (at := opened + BETWEEN_REPEATS * number) < end:
            yield Happening(at, event)
    if trouble.accepted_after is not None:
        accepted = opened + timedelta(minutes=trouble.accepted_after)
        yield Happening(accepted, accept)
        if trouble.comment is not None:
            yield Happening(accepted + (end - accepted) * 0.6, comment)
    if trouble.resolved_after is not None:
        yield Happening(end, resolve)


def outage_happenings(stage: Stage, outage: Outage, *, now: datetime) -> Iterator[Happening]:
    """An alert of a monitor: overdue or failed, perhaps accepted, perhaps back."""
    monitor, key = outage.monitor, (JOBS, alert_key(outage.monitor_id))
    silence = wording.Silence(
        name=monitor.name,
        schedule=monitor.schedule,
        last_ping=outage.last_ping,
        expected_at=outage.since - monitor.schedule.grace,
        deadline=outage.since,
    )
    failure = f"Heartbeat monitor '{monitor.name}' reported a failure"
    payload: dict[str, Any] = {
        "summary": failure if outage.failed else wording.overdue_summary(monitor.name),
        "details": wording.failure_details(silence, exit_code=1, now=outage.since)
        if outage.failed
        else wording.silence_details(silence, now=outage.since),
    }
    if monitor.runbook:
        payload["runbookUrl"] = monitor.runbook
        payload["links"] = [{"href": monitor.runbook, "text": "Runbook"}]

    async def overdue(at: datetime) -> None:
        await stage.tell(*key, payload=payload, now=at, log_type="HeartbeatOverdueLogEntry")

    async def accept(at: datetime) -> None:
        await alerts.accept(
            stage.session,
            stage.alert_ids[key],
            account_id=stage.account_id,
            user_id=stage.user_ids[1],
            channel="EMAIL",
            now=at,
        )

    async def back(at: datetime) -> None:
        details = wording.recovery_details(since=outage.since, until=at, missed=1)
        told = {"summary": f"Heartbeat monitor '{monitor.name}' is healthy again", "details": details}
        await stage.tell(
            *key, event_type="RESOLVE", payload=told, now=at, log_type="HeartbeatResolvedLogEntry"
        )

    yield Happening(outage.since, overdue)
    lasted = (outage.until or now) - outage.since
    if lasted > ACCEPTED_WHEN_LONGER:
        yield Happening(outage.since + ACCEPTED_AFTER, accept)
    if outage.until is not None:
        yield Happening(outage.until, back)
