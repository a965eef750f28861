"""The engine's part in events: the inbox is emptied source by source, in order."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.events import service, store
from tocsin.infra.web import Services
from tocsin.kernel.backoff import retry_delay

log = structlog.get_logger()

BATCH = 500
MOST_SOURCES = 50
# A broken event (a bug of ours) holds up its source while it is tried again; then it is set aside, visibly.
RETRY_STEPS = (1.0, 5.0, 20.0)


class EventWork:
    """Processes accepted events."""

    name = "events"

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run_due(self, now: datetime) -> int:
        try:
            return await self._run_batch(now, limit=BATCH)
        except Exception:
            log.exception("event_batch_failed")
            return await self._run_one_by_one(now)

    async def _run_batch(self, now: datetime, *, limit: int) -> int:
        async with self._services.database.transaction() as session:
            rows = await _claim(session, now=now, limit=limit)
            await service.process(session, [service.from_row(row) for row in rows], now=now)
            return len(rows)

    async def _run_one_by_one(self, now: datetime) -> int:
        """After a batch failed: find the event that breaks it and let the others through."""
        done = 0
        for _ in range(BATCH):
            async with self._services.database.transaction() as session:
                rows = await _claim(session, now=now, limit=1)
            if not rows:
                break
            try:
                done += await self._run_batch(now, limit=1)
            except Exception as error:
                log.exception("event_failed", event=rows[0]["id"])
                await self._set_aside(rows[0], error=error, now=now)
        return done

    async def _set_aside(self, row: Any, *, error: Exception, now: datetime) -> None:
        pause = retry_delay(row["attempts"] + 1, steps=RETRY_STEPS, jitter=random.random())  # noqa: S311
        async with self._services.database.transaction() as session:
            if pause is not None:
                await store.postpone(session, event_id=row["id"], until=now + pause, reason=repr(error))
                return
            decided = store.Decided(
                event_id=row["id"],
                disposition="INVALID",
                reason=f"could not be processed: {error!r}"[:500],
                alert_id=None,
            )
            await store.record(session, [decided], now=now)

    async def oldest_due(self, now: datetime) -> datetime | None:
        async with self._services.database.transaction() as session:
            return await store.oldest_waiting(session)


async def _claim(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[Any]:
    waiting = await store.sources_waiting(session, now=now, limit=MOST_SOURCES)
    mine = await store.try_lock_sources(session, waiting)
    return await store.waiting(session, source_ids=mine, limit=limit) if mine else []


async def process_until(services: Services, *, source_id: int, event_id: int, now: datetime) -> None:
    """Process one source up to and including one event, at once (the legacy path answers with its outcome)."""
    async with services.database.transaction() as session:
        await store.lock_sources(session, [source_id])
        rows = await store.waiting_until(session, source_id=source_id, event_id=event_id)
        await service.process(session, [service.from_row(row) for row in rows], now=now)


class EventRetention:
    """Forgets processed events after the configured time."""

    name = "event_retention"
    every = timedelta(minutes=10)
    batch = 20_000

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self, now: datetime) -> int:
        keep = timedelta(days=self._services.settings.event_retention_days)
        async with self._services.database.transaction() as session:
            return await store.forget(session, now=now, keep=keep, limit=self.batch)
