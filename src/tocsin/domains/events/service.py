"""What becomes of an event: it opens an alert, is attached to one, changes one, or is dropped with a reason.

Events of one source are processed one after the other in the order of receipt, by whoever holds the source's lock;
a whole batch is one transaction and a handful of statements.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.events import store
from tocsin.domains.events.batch import Batch, IncomingEvent, Outcome
from tocsin.domains.events.store import Arrived

__all__ = ["IncomingEvent", "Outcome"]


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
    batch = await Batch.load(session, events, now=now)
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
