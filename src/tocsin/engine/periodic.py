"""What is done every so often by whichever engine comes first: retention, checks, the watchdog."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import text

from tocsin.infra.db import Database

log = structlog.get_logger()

_KNOW = text(
    "INSERT INTO periodic_work (name, due_at) SELECT name, :now FROM unnest(CAST(:names AS text[])) AS known (name) "
    "ON CONFLICT DO NOTHING"
)
_CLAIM = text(
    "SELECT name FROM periodic_work WHERE name = ANY(CAST(:names AS text[])) AND due_at <= :now "
    "FOR UPDATE SKIP LOCKED"
)
_MOVE = text("UPDATE periodic_work SET due_at = :due_at WHERE name = :name")
_RECORD = text("UPDATE periodic_work SET due_at = :due_at, last_error = :error WHERE name = :name")
_OLDEST = text(
    "SELECT min(due_at) FROM periodic_work WHERE name = ANY(CAST(:names AS text[])) AND due_at <= :now"
)


class PeriodicTask(Protocol):
    """every: the pause between two runs. batch: a run that did this many things is repeated at once."""

    name: str
    every: timedelta
    batch: int

    async def run(self, now: datetime) -> int: ...


class Periodic:
    """A `Work` of many small tasks. Their due times are rows, so that several engines share them and a restart
    neither forgets nor repeats one; what a killed engine was at is done at its next time."""

    name = "periodic"

    def __init__(self, database: Database, tasks: Sequence[PeriodicTask]) -> None:
        self._database = database
        self._tasks = {task.name: task for task in tasks}
        self._names = sorted(self._tasks)
        self._are_known = False

    async def run_due(self, now: datetime) -> int:
        claimed = await self._claim(now)
        async with asyncio.TaskGroup() as running:
            for name in claimed:
                running.create_task(self._run(self._tasks[name], now=now))
        return len(claimed)

    async def oldest_due(self, now: datetime) -> datetime | None:
        async with self._database.transaction() as session:
            oldest: datetime | None = (
                await session.execute(_OLDEST, {"names": self._names, "now": now})
            ).scalar_one()
            return oldest

    async def _claim(self, now: datetime) -> list[str]:
        async with self._database.transaction() as session:
            if not self._are_known:
                await session.execute(_KNOW, {"names": self._names, "now": now})
            names = (await session.execute(_CLAIM, {"names": self._names, "now": now})).scalars().all()
            for name in names:
                await session.execute(_MOVE, {"name": name, "due_at": now + self._tasks[name].every})
        self._are_known = True
        return list(names)

    async def _run(self, task: PeriodicTask, *, now: datetime) -> None:
        error: str | None = None
        done = 0
        try:
            done = await task.run(now)
        except Exception as raised:
            log.exception("periodic_task_failed", task=task.name)
            error = repr(raised)[:500]
        due_at = now if done >= task.batch else now + task.every
        async with self._database.transaction() as session:
            await session.execute(_RECORD, {"name": task.name, "due_at": due_at, "error": error})
