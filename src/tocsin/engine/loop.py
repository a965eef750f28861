"""Turns the works: each in a task of its own, woken by a notice or by the clock."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import structlog

from tocsin.infra.db import Clock
from tocsin.infra.metrics import ENGINE_LAG, ENGINE_TURNS, ENGINE_WORK
from tocsin.kernel.work import Work

log = structlog.get_logger()

FULL_SPEED_PAUSE = 0.0
PAUSE_AFTER_ERROR = 1.0


class Engine:
    """Runs every work until stopped. A work that raises is logged and tried again; it never stops the others."""

    def __init__(
        self,
        *,
        works: Sequence[Work],
        clock: Clock,
        record_turn: Callable[[str, datetime], Awaitable[None]],
        poll_every: float = 0.25,
    ) -> None:
        self.engine_id = f"{socket.gethostname()}-{os.getpid()}"
        self._works = works
        self._clock = clock
        self._record_turn = record_turn
        self._poll_every = poll_every
        self._stopping = asyncio.Event()
        self._wake = {work.name: asyncio.Event() for work in works}

    def wake(self, name: str) -> None:
        """Something became due for this kind of work: do not wait for the next poll."""
        event = self._wake.get(name)
        if event is not None:
            event.set()

    def stop(self) -> None:
        self._stopping.set()
        for event in self._wake.values():
            event.set()

    async def run(self) -> None:
        """Turn until `stop`; batches under way are finished."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._beat())
            for work in self._works:
                tasks.create_task(self._turn(work))

    async def _turn(self, work: Work) -> None:
        wake = self._wake[work.name]
        while not self._stopping.is_set():
            wake.clear()
            pause = self._poll_every
            try:
                done = await work.run_due(await self._clock.now())
                ENGINE_WORK.labels(kind=work.name).inc(done)
                if done:
                    pause = FULL_SPEED_PAUSE
            except Exception:
                log.exception("work_failed", work=work.name)
                pause = PAUSE_AFTER_ERROR
            if pause == FULL_SPEED_PAUSE:
                await asyncio.sleep(0)
                continue
            try:
                await asyncio.wait_for(wake.wait(), pause)
            except TimeoutError:
                continue

    async def _beat(self) -> None:
        while not self._stopping.is_set():
            try:
                now = await self._clock.now()
                await self._record_turn(self.engine_id, now)
                ENGINE_TURNS.inc()
                for work in self._works:
                    oldest = await work.oldest_due(now)
                    lag = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
                    ENGINE_LAG.labels(kind=work.name).set(lag)
            except Exception:
                log.exception("engine_beat_failed")
            try:
                await asyncio.wait_for(self._stopping.wait(), 2.0)
            except TimeoutError:
                continue
