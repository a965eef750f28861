"""Delivery of due notifications: claim and write the try, send, record. Each lane does a small group at a
time, so that a process that dies leaves few tries with an unknown end."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.notifications import aftermath, claims, letters, rules, store, tokens
from tocsin.domains.notifications.breaker import Breaker
from tocsin.domains.notifications.claims import Due
from tocsin.domains.notifications.service import log_vars
from tocsin.domains.timeline import service as timeline
from tocsin.infra.mail import Envelope, Handed, Mailer
from tocsin.infra.metrics import NOTIFICATION_SECONDS, NOTIFICATIONS
from tocsin.infra.mime import address_of, domain_of, message
from tocsin.infra.web import Services
from tocsin.kernel.clock import monotonic

log = structlog.get_logger()

LANES = 3
GROUP = 48
ON_THE_WIRE = 12
AT_ONCE = 8
SEND_WITHIN = 30.0  # seconds after the claim; with a hand-over's own limit it stays inside the lease


@dataclass(frozen=True, slots=True, kw_only=True)
class _Try:
    due: Due
    attempt_id: int
    token: str | None

    @property
    def number(self) -> int:
        return self.due.attempts + 1


class DeliveryWork:
    """Sends due notifications. Any number of engines may run it: SKIP LOCKED claims, with a lease."""

    name = "notifications"

    def __init__(self, services: Services, mailer: Mailer) -> None:
        self._services = services
        self._mailer = mailer
        self._breaker = Breaker()
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def run_due(self, now: datetime) -> int:
        """Deliver until nothing is due at `now`. Returns how many notifications were moved on."""
        async with asyncio.TaskGroup() as tasks:
            lanes = [tasks.create_task(self._lane(now)) for _ in range(LANES)]
        return sum(lane.result() for lane in lanes)

    async def oldest_due(self, now: datetime) -> datetime | None:
        async with self._services.database.transaction() as session:
            return await store.oldest_due(session, now=now)

    async def _lane(self, now: datetime) -> int:
        done = 0
        for _ in range(5):  # then the engine gets to look at its clock
            moved = await self._group(now)
            done += moved
            if moved < GROUP:
                break
        return done

    async def _group(self, now: datetime) -> int:
        batch = self._breaker.allowance(now=now, batch=GROUP)
        if batch == 0:
            return 0
        claimed_at = monotonic()
        async with self._services.database.transaction() as session:
            moved, tries = await self._claim(session, now=now, batch=batch)
        if not tries:
            self._breaker.no_probe_needed()
            return moved
        answers: list[tuple[_Try, Handed | None]] = []
        for start in range(0, len(tries), ON_THE_WIRE):
            part = tries[start : start + ON_THE_WIRE]
            answers += await self._send_part(part, give_up_at=claimed_at + SEND_WITHIN)
        await self._record(answers)
        return moved

    async def _send_part(
        self, tries: Sequence[_Try], *, give_up_at: float
    ) -> list[tuple[_Try, Handed | None]]:
        """Say in the database that these go on the wire, and send them. Few at a time: should the process be
        killed now, only these have an unknown end."""
        if monotonic() > give_up_at or self._breaker.is_tripped:
            return [(one, None) for one in tries]
        now = await self._services.now()
        async with self._services.database.transaction() as session:
            wanted = await store.mark_handed(session, [one.attempt_id for one in tries], now=now)
        going = [one for one in tries if one.attempt_id in wanted]
        answers = await asyncio.gather(*(self._send(one, give_up_at=give_up_at) for one in going))
        kept_back = [one for one in tries if one.attempt_id not in wanted]
        return [*zip(going, answers, strict=True), *((one, None) for one in kept_back)]

    async def _claim(self, session: AsyncSession, *, now: datetime, batch: int) -> tuple[int, list[_Try]]:
        """Decide about due rows and write the tries of those that go out. Returns how many rows moved."""
        claimed = await claims.claim_due(session, now=now, batch=batch)
        decisions = [(due, rules.decide(due.facts, now=now)) for due in claimed]
        await store.mark_interrupted(session, [due.id for due in claimed if due.was_interrupted], now=now)
        drops = [(due, decision) for due, decision in decisions if isinstance(decision, rules.Drop)]
        await store.drop(session, [(due.id, drop.state, drop.reason) for due, drop in drops], now=now)
        await timeline.add(session, [entry for due, drop in drops for entry in _entry(due, drop, now=now)])
        await aftermath.after_failures(
            session, [due for due, drop in drops if drop.state == "FAILED"], now=now
        )
        await store.postpone(
            session,
            [due.id for due, decision in decisions if isinstance(decision, rules.Wait)],
            until=now + rules.RECOVERY_WAITS,
        )
        for due, drop in drops:
            NOTIFICATIONS.labels(method=due.method, outcome=drop.state).inc()
        await store.announce(session, [due.alert_id for due, _ in drops if due.alert_id is not None])
        wanted = [due for due, decision in decisions if isinstance(decision, rules.Send)]
        return len(claimed), await self._begin(session, wanted, now=now) if wanted else []

    async def _begin(self, session: AsyncSession, wanted: Sequence[Due], *, now: datetime) -> list[_Try]:
        attempts = await store.begin_attempts(
            session,
            [due.id for due in wanted],
            provider=self._mailer.provider,
            now=now,
            lease_end=now + rules.LEASE,
        )
        tries = [
            _Try(
                due=due,
                attempt_id=attempts[due.id],
                token=tokens.new_token() if due.kind == "PAGE" else None,
            )
            for due in wanted
        ]
        await store.insert_tokens(
            session,
            [
                (tokens.token_hash(one.token), one.due.account_id, one.due.alert_id, one.due.user_id)
                for one in tries
                if one.token is not None and one.due.alert_id is not None
            ],
            expires_at=now + tokens.LIFE,
        )
        return tries

    async def _send(self, one: _Try, *, give_up_at: float) -> Handed | None:
        """Hand one mail over. None: not tried, since the provider fails or the lease would not have lasted."""
        async with self._at_once:
            if monotonic() > give_up_at or self._breaker.is_tripped:
                return None
            now = await self._services.now()
            try:
                envelope = self._envelope(one, now=now)
            except Exception as error:
                log.exception("mail_not_written", notification=one.due.id)
                reason = f"the mail could not be written: {type(error).__name__}"
                return Handed(outcome="PERMANENT", response=reason)
            handed = await self._mailer.hand_over(envelope)
        if not handed.is_provider_fault:
            self._breaker.succeeded()
        elif self._breaker.failed(now=now):
            log.warning("mail_provider_failing", provider=self._mailer.provider, answer=handed.response)
        return handed

    def _envelope(self, one: _Try, *, now: datetime) -> Envelope:
        settings = self._services.settings
        due = one.due
        letter = letters.letter_of(
            due,
            base_url=settings.base_url,
            token=one.token,
            takes_replies=bool(settings.inbound_smtp_port and settings.inbound_mail_domain),
        )
        domain = domain_of(settings.mail_from)
        headers = [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
        if due.thread_root is not None and due.alert_id is not None:
            root = f"<{message_id(due.alert_id, due.thread_root, domain=domain)}>"
            headers += [("In-Reply-To", root), ("References", root)]
        if one.token and settings.inbound_smtp_port and settings.inbound_mail_domain:
            headers.append(("Reply-To", f"reply+{one.token}@{settings.inbound_mail_domain}"))
        if due.kind == "PAGE" and due.alert is not None and due.alert.priority == "HIGH":
            headers += [("Importance", "high"), ("X-Priority", "1")]
        return Envelope(
            sender=address_of(settings.mail_from),
            recipient=due.target,
            summary=letter.text,
            content=message(
                sender=settings.mail_from,
                recipient=due.target,
                subject=letter.subject,
                message_id=message_id(due.alert_id, due.id, domain=domain),
                at=now,
                text=letter.text,
                html=letter.html,
                headers=headers,
            ),
        )

    async def _record(self, answers: Sequence[tuple[_Try, Handed | None]]) -> None:
        now = await self._services.now()
        untried = [(one.due.id, one.attempt_id) for one, handed in answers if handed is None]
        results = [(one.due, _result(one, handed, now=now)) for one, handed in answers if handed is not None]
        async with self._services.database.transaction() as session:
            if untried:
                await store.give_back(session, untried, now=now)
            ours = await store.record(session, [result for _, result in results], now=now)
            kept = [(due, result) for due, result in results if due.id in ours]
            await timeline.add(
                session, [entry for due, result in kept for entry in _entry(due, result, now=now)]
            )
            await aftermath.after_sent(
                session, [due for due, result in kept if result.outcome == "SENT"], now=now
            )
            await aftermath.after_failures(
                session,
                [due for due, result in kept if result.outcome == "FAILED"],
                now=now,
            )
            await store.announce(session, [due.alert_id for due, _ in kept if due.alert_id is not None])
        for due, result in kept:
            NOTIFICATIONS.labels(method=due.method, outcome=result.outcome).inc()
            if result.outcome == "SENT":
                waited = (now - due.scheduled_for).total_seconds()
                NOTIFICATION_SECONDS.labels(method=due.method).observe(max(0.0, waited))


def message_id(alert_id: int | None, notification_id: int, *, domain: str) -> str:
    """The same for every try of a notification, so that a mailbox can tell a repeat from a new page."""
    return f"alert-{alert_id or 'none'}-{notification_id}@{domain}"


def _result(one: _Try, handed: Handed, *, now: datetime) -> store.Result:
    due_at = None
    outcome = {"SENT": "SENT", "PERMANENT": "FAILED", "RETRYABLE": "FAILED"}[handed.outcome]
    if handed.outcome == "RETRYABLE":
        due_at = rules.next_try(one.number, now=now, jitter=random.random())  # noqa: S311
        outcome = "FAILED" if due_at is None else "RETRY"
    return store.Result(
        id=one.due.id,
        attempt_id=one.attempt_id,
        attempt=one.number,
        outcome=outcome,
        response=handed.response,
        due_at=due_at,
    )


def _entry(due: Due, end: rules.Drop | store.Result, *, now: datetime) -> Sequence[timeline.NewEntry]:
    if due.alert_id is None:
        return ()
    state, reason = (end.state, end.reason) if isinstance(end, rules.Drop) else (end.outcome, end.response)
    return (
        timeline.NewEntry(
            account_id=due.account_id,
            alert_id=due.alert_id,
            type="NotificationLogEntry",
            at=now,
            vars=log_vars(due.id, due.user_id, due.kind, due.method, state=state, reason=reason),
        ),
    )
