"""What changed, told to whoever listens: one LISTEN connection a process, many readers."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import asyncpg
import structlog

from tocsin.kernel.clock import sleep

log = structlog.get_logger()


class Listener:
    """Listens on the channel `tocsin` and hands every message `(topic, payload)` to its subscribers.

    It reconnects for ever when the database goes away; messages of that time are lost, so they only ever wake or
    refresh: everything that must happen is found by polling too.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._subscribers: set[Callable[[str, str], None]] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._listen())

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @contextmanager
    def subscribed(self, callback: Callable[[str, str], None]) -> Iterator[None]:
        self._subscribers.add(callback)
        try:
            yield
        finally:
            self._subscribers.discard(callback)

    @contextmanager
    def queue(self) -> "Iterator[asyncio.Queue[tuple[str, str]]]":
        """Messages from now on; a reader that falls behind by 1,000 misses the oldest."""
        queue: asyncio.Queue[tuple[str, str]] = asyncio.Queue(1000)

        def put(topic: str, payload: str) -> None:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait((topic, payload))

        with self.subscribed(put):
            yield queue

    async def _listen(self) -> None:
        while True:
            lost = asyncio.Event()
            try:
                connection = await asyncpg.connect(
                    self._dsn, timeout=5, server_settings={"application_name": "tocsin live"}
                )
            except (OSError, asyncpg.PostgresError, TimeoutError):
                await sleep(1.0)
                continue
            try:
                connection.add_termination_listener(lambda *_, lost=lost: lost.set())
                await connection.add_listener("tocsin", self._hear)
                await lost.wait()
            except (
                OSError,
                asyncpg.PostgresError,
                asyncpg.InterfaceError,
                asyncpg.InternalClientError,
            ) as error:
                log.warning("live_connection_lost", error=repr(error))
            finally:
                with suppress(Exception):
                    await connection.close(timeout=1)
            await sleep(0.5)

    def _hear(self, _connection: Any, _pid: int, _channel: str, message: object) -> None:
        topic, _, payload = str(message).partition(" ")
        for subscriber in list(self._subscribers):
            subscriber(topic, payload)
