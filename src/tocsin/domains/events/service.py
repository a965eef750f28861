"""What becomes of an event: it opens an alert, is attached to one, changes one, or is dropped with a reason.

Events of one source are processed one after the other in the order of receipt, by whoever holds the source's lock;
a whole batch is one transaction and a handful of statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources import rules as source_rules
from tocsin.domains.alert_sources import service as alert_sources
from tocsin.domains.alerts import rules as alert_rules
from tocsin.domains.alerts import service as alerts
from tocsin.domains.alerts.service import NewAlert, OpenAlert, Resolution
from tocsin.domains.escalations import service as escalations
from tocsin.domains.events import rules, store
from tocsin.domains.events.open_alerts import OpenAlerts
from tocsin.domains.events.store import Arrived, Decided
from tocsin.domains.timeline import service as timeline
from tocsin.domains.timeline.service import NewEntry
from tocsin.kernel.wire import duration_in


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingEvent:
    """An event to process. payload: the contract's event fields. log_type overrides the type of its log entry.
    id: its row in the inbox; None when the row is still to be written."""

    account_id: int
    source_id: int
    event_type: str
    alert_key: str | None
    payload: dict[str, Any]
    received_at: datetime
    is_drill: bool = False
    log_type: str | None = None
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """disposition: CREATED, ATTACHED, ACCEPTED, RESOLVED, COMMENTED, or why it was dropped (PAUSED, NO_MATCH,
    NO_KEY); reason: the same as a sentence."""

    event_id: int
    disposition: str
    reason: str | None
    alert_id: int | None


async def hand_over(
    session: AsyncSession, events: Sequence[IncomingEvent], *, now: datetime
) -> list[Outcome]:
    """Store and process events of our own making (heartbeats) within the caller's transaction."""
    if not events:
        return []
    await store.lock_sources(session, [event.source_id for event in events])
    event_ids = await store.insert_in(session, [_arrived(event) for event in events])
    numbered = [_numbered(event, event_id) for event, event_id in zip(events, event_ids, strict=True)]
    return await process(session, numbered, now=now)


async def process(session: AsyncSession, events: Sequence[IncomingEvent], *, now: datetime) -> list[Outcome]:
    """Process events whose rows exist and whose sources are locked by this transaction, in the order given."""
    batch = await _Batch.load(session, events, now=now)
    for event in events:
        if batch.closed_key_of(event):
            # The open alert of a key is unique: its resolution must be written before the next one opens.
            await batch.write(session)
        batch.take(event)
    await batch.write(session)
    return batch.outcomes


def _arrived(event: IncomingEvent) -> Arrived:
    return Arrived(
        account_id=event.account_id,
        source_id=event.source_id,
        correlation_id=store.new_correlation_id(),
        event_type=event.event_type,
        alert_key=event.alert_key,
        payload=store.encode(event.payload),
        received_at=event.received_at,
    )


def _numbered(event: IncomingEvent, event_id: int) -> IncomingEvent:
    return IncomingEvent(
        account_id=event.account_id,
        source_id=event.source_id,
        event_type=event.event_type,
        alert_key=event.alert_key,
        payload=event.payload,
        received_at=event.received_at,
        is_drill=event.is_drill,
        log_type=event.log_type,
        id=event_id,
    )


@dataclass(slots=True, kw_only=True)
class _Batch:
    """Plays a batch of events on the open alerts of their sources, then writes what came of it."""

    now: datetime
    sources: dict[int, alert_sources.AlertSource]
    policies: dict[int, escalations.EscalationPolicy]
    routed: dict[tuple[int, str], escalations.EscalationPolicy | None]
    rules: dict[int, rules.SourceRules]
    open: dict[int, OpenAlerts]
    spare_ids: list[int]
    outcomes: list[Outcome] = field(default_factory=list)
    new: list[NewAlert] = field(default_factory=list)
    attached: dict[int, int] = field(default_factory=dict)
    accepted: list[int] = field(default_factory=list)
    resolved: list[Resolution] = field(default_factory=list)
    entries: list[NewEntry] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    closed: set[tuple[int, str]] = field(default_factory=set)
    recorded: int = 0

    @classmethod
    async def load(cls, session: AsyncSession, events: Sequence[IncomingEvent], *, now: datetime) -> "_Batch":
        sources = await alert_sources.sources_by_id(session, list({event.source_id for event in events}))
        policies = await escalations.policies_by_id(
            session, list({source.escalation_policy_id for source in sources.values()})
        )
        rules_of = {source.id: _rules_of(source) for source in sources.values()}
        whole = {source_id for source_id, found in rules_of.items() if rules.needs_open_alerts(found)}
        keyed = {
            (event.source_id, folded)
            for event in events
            if event.source_id not in whole
            and (folded := alert_rules.folded_key(event.alert_key)) is not None
        }
        found = await alerts.open_alerts_of_sources(session, list(whole))
        found += await alerts.open_alerts_by_keys(
            session, source_ids=[source for source, _ in keyed], keys=[key for _, key in keyed]
        )
        grouped = {source_id: OpenAlerts() for source_id in sources}
        for alert in found:
            grouped[alert.source_id].add(alert)
        routed: dict[tuple[int, str], escalations.EscalationPolicy | None] = {}
        for event in events:
            routing = event.payload.get("routingKey")
            if event.event_type == "ALERT" and routing and (event.account_id, routing) not in routed:
                routed[event.account_id, routing] = await escalations.resolve_routing(
                    session, account_id=event.account_id, routing=routing
                )
        spare = await alerts.reserve_ids(session, sum(event.event_type == "ALERT" for event in events))
        return cls(
            now=now,
            sources=sources,
            policies=policies,
            routed=routed,
            rules=rules_of,
            open=grouped,
            spare_ids=spare[::-1],
        )

    def closed_key_of(self, event: IncomingEvent) -> bool:
        """Whether an alert with the event's key was resolved in what is not written yet."""
        folded = alert_rules.folded_key(event.alert_key)
        return event.event_type == "ALERT" and folded is not None and (event.source_id, folded) in self.closed

    def take(self, event: IncomingEvent) -> None:
        source = self.sources.get(event.source_id)
        if source is None:
            self._end(
                event, rules.INVALID, reason="the alert source was deleted before the event was processed"
            )
            return
        if not source.active:
            self._end(event, rules.PAUSED, reason="the alert source is paused")
            return
        if event.event_type == "ALERT":
            self._take_alert(event, source)
        else:
            self._take_response(event, source)

    def _take_alert(self, event: IncomingEvent, source: alert_sources.AlertSource) -> None:
        folded = alert_rules.folded_key(event.alert_key)
        if folded is None and source.alert_creation == "OPEN_RESOLVE_ON_EXTRACTION":
            self._end(event, rules.NO_KEY, reason="the source groups by key and the event has none")
            return
        summary = alert_rules.cut(event.payload.get("summary"), alert_rules.LONGEST_SUMMARY) or ""
        target = rules.attaches_to(
            rules=self.rules[source.id],
            same_key=self.open[source.id].with_key(folded),
            summary=summary,
            open_alerts=self.open[source.id],
            at=event.received_at,
        )
        if target is None:
            self._open(event, source, folded=folded, summary=summary)
            return
        by_key = folded is not None and target.folded_key == folded
        why = "same alert key" if by_key else f"grouping of the source: {source.alert_creation}"
        self._attach(event, target.id, why=why)
        self._end(event, rules.ATTACHED, reason=f"attached to alert #{target.id}: {why}", alert_id=target.id)

    def _open(
        self, event: IncomingEvent, source: alert_sources.AlertSource, *, folded: str | None, summary: str
    ) -> None:
        payload = event.payload
        routing = payload.get("routingKey")
        routed = self.routed.get((event.account_id, routing)) if routing else None
        policy = routed or self.policies[source.escalation_policy_id]
        if routing:
            routed_type = "AlertRoutedSuccessfulLogEntry" if routed else "AlertNotRoutedLogEntry"
        alert_id = self.spare_ids.pop()
        summary = summary.strip() or f"New alert from {source.name}"
        self.new.append(
            NewAlert(
                id=alert_id,
                account_id=event.account_id,
                source_id=source.id,
                policy=policy,
                summary=summary,
                details=payload.get("details"),
                report_time=event.received_at,
                priority=source_rules.event_priority(
                    rule=source.alert_priority_rule,
                    integration_type=source.integration_type,
                    asked=payload.get("priority"),
                ),
                severity=payload.get("severity") or source.severity,
                alert_key=event.alert_key.strip() if folded and event.alert_key else None,
                images=alert_rules.clean_links(payload.get("images"), most=alert_rules.MOST_IMAGES),
                links=alert_rules.clean_links(payload.get("links"), most=alert_rules.MOST_LINKS),
                labels=alert_rules.cut_labels(payload.get("labels")),
                custom_details=payload.get("customDetails"),
                services=alert_rules.clean_links(payload.get("services"), most=15),
                runbook_url=payload.get("runbookUrl") or source.runbook_url,
                is_drill=event.is_drill,
                auto_resolve_at=_auto_resolve_at(source, event.received_at),
                log_type=event.log_type or "AlertReceivedLogEntry",
                log_vars={"eventId": event.id, "sourceName": source.name},
            )
        )
        if routing:
            self._log(event, alert_id, type=routed_type, routingKey=routing, policyId=policy.id)
        self.open[source.id].add(
            OpenAlert(
                id=alert_id,
                source_id=source.id,
                status="PENDING",
                folded_key=folded,
                summary=summary,
                report_time=event.received_at,
            )
        )
        self._comment(event, alert_id)
        self._end(event, rules.CREATED, reason=f"opened alert #{alert_id}", alert_id=alert_id)

    def _take_response(self, event: IncomingEvent, source: alert_sources.AlertSource) -> None:
        folded = alert_rules.folded_key(event.alert_key)
        mine = self.open[source.id]
        if folded is None:
            target = rules.single_candidate(
                rules=self.rules[source.id], event_type=event.event_type, open_alerts=mine
            )
        else:
            target = mine.with_key(folded)
        if target is None:
            disposition = rules.NO_MATCH if folded else rules.NO_KEY
            reason = "no open alert has this key" if folded else "the event has no alert key"
            self._end(event, disposition, reason=reason)
            return
        self._comment(event, target.id)
        if event.event_type == "ACCEPT":
            self._accept(event, target)
        elif event.event_type == "RESOLVE":
            self._resolve(event, target)
        else:
            self._end(event, rules.COMMENTED, reason=f"commented on alert #{target.id}", alert_id=target.id)

    def _accept(self, event: IncomingEvent, alert: OpenAlert) -> None:
        if alert.status == "ACCEPTED":
            self._attach(event, alert.id, why="already accepted")
        else:
            alert.status = "ACCEPTED"
            self.accepted.append(alert.id)
            self._log(event, alert.id, type="AlertSourceResponseLogEntry", status="ACCEPTED")
        self._end(event, rules.ACCEPTED, reason=f"accepted alert #{alert.id}", alert_id=alert.id)

    def _resolve(self, event: IncomingEvent, alert: OpenAlert) -> None:
        self.open[event.source_id].remove(alert)
        if alert.folded_key is not None:
            self.closed.add((event.source_id, alert.folded_key))
        self.resolved.append(
            Resolution(
                alert_id=alert.id,
                log_type=event.log_type or "AlertSourceResponseLogEntry",
                vars={"eventId": event.id},
            )
        )
        self._end(event, rules.RESOLVED, reason=f"resolved alert #{alert.id}", alert_id=alert.id)

    def _attach(self, event: IncomingEvent, alert_id: int, *, why: str) -> None:
        self.attached[alert_id] = self.attached.get(alert_id, 0) + 1
        self._log(event, alert_id, type="AlertReceivedLogEntry", why=why)
        if event.event_type == "ALERT":
            self._comment(event, alert_id)

    def _comment(self, event: IncomingEvent, alert_id: int) -> None:
        for item in (event.payload.get("comments") or [])[: alert_rules.MOST_COMMENTS]:
            creator = item.get("creator") or "System"
            self.comments.append(
                {
                    "account_id": event.account_id,
                    "alert_id": alert_id,
                    "content": alert_rules.cut(item["content"], alert_rules.LONGEST_DETAILS),
                    "creator": creator,
                    "user_id": None,
                    "created_at": event.received_at,
                }
            )
            self._log(
                event,
                alert_id,
                type="AlertCommentAddedBySystemLogEntry",
                creator=creator,
                content=item["content"][:500],
            )

    def _log(self, event: IncomingEvent, alert_id: int, *, type: str, **vars: Any) -> None:
        self.entries.append(
            NewEntry(
                account_id=event.account_id,
                alert_id=alert_id,
                type=type,
                at=event.received_at,
                vars={"eventId": event.id, **vars},
            )
        )

    def _end(
        self, event: IncomingEvent, disposition: str, *, reason: str, alert_id: int | None = None
    ) -> None:
        self.outcomes.append(
            Outcome(event_id=event.id, disposition=disposition, reason=reason, alert_id=alert_id)
        )

    async def write(self, session: AsyncSession) -> None:
        await alerts.open_many(session, self.new)
        await alerts.attach_many(session, self.attached, now=self.now)
        await alerts.accept_by_source(session, self.accepted, now=self.now)
        await timeline.add(session, self.entries)
        await alerts.add_event_comments(session, self.comments)
        await alerts.resolve_many(session, self.resolved, now=self.now)
        await store.record(
            session,
            [
                Decided(
                    event_id=item.event_id,
                    disposition=item.disposition,
                    reason=item.reason,
                    alert_id=item.alert_id,
                )
                for item in self.outcomes[self.recorded :]
            ],
            now=self.now,
        )
        self.recorded = len(self.outcomes)
        for written in (self.new, self.attached, self.accepted, self.entries, self.comments, self.resolved):
            written.clear()
        self.closed.clear()


def from_row(row: Any) -> IncomingEvent:
    """An event as the inbox holds it."""
    return IncomingEvent(
        id=row["id"],
        account_id=row["account_id"],
        source_id=row["source_id"],
        event_type=row["event_type"],
        alert_key=row["alert_key"],
        payload=msgspec.json.decode(row["payload"]),
        received_at=row["received_at"],
    )


def _rules_of(source: alert_sources.AlertSource) -> rules.SourceRules:
    return rules.SourceRules(
        active=source.active,
        alert_creation=source.alert_creation,
        grouping_window=rules.window_of(source.alert_grouping_window),
    )


def _auto_resolve_at(source: alert_sources.AlertSource, at: datetime) -> datetime | None:
    if source.auto_resolution_timeout is None:
        return None
    span: timedelta = duration_in(source.auto_resolution_timeout, field="autoResolutionTimeout")
    return at + span
