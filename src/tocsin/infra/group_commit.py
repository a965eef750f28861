"""Many small writes, one commit: requests wait in a batch, one transaction stores it, all are answered."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tocsin.infra.metrics import INGEST_BATCH_SIZE, INGEST_COMMIT_SECONDS
from tocsin.kernel.clock import monotonic
from tocsin.kernel.errors import Unavailable

log = structlog.get_logger()

Item = TypeVar("Item")
Result = TypeVar("Result")

# Answering "try again" late is worse than early: clients time out and come back as well (ADR-0005).
COMMIT_TIMEOUT_SEC = 1.6
DATABASE_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that was cut in the middle of an exchange
    DBAPIError,
    PoolTimeout,
)
_NOT_STORED = "The database does not answer; nothing was stored, send it again"

# Work that was given up but is still letting go of its connection: the event loop itself keeps no task alive.
_given_up: set["asyncio.Task[Any]"] = set()


async def in_time(work: Coroutine[Any, Any, Result]) -> Result:
    """The result of work on the database; raises Unavailable (503) when it fails or takes too long.

    The caller is told at once: a cancelled query keeps its task until the server (which may be frozen) confirms.
    """
    task = asyncio.get_running_loop().create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=COMMIT_TIMEOUT_SEC)
    except asyncio.CancelledError:
        _give_up(task)
        raise
    if not done:
        _give_up(task)
        raise Unavailable(_NOT_STORED)
    try:
        return task.result()
    except DATABASE_AWAY as error:
        log.warning("database_away", error=repr(error))
        raise Unavailable(_NOT_STORED) from error


def _give_up(task: "asyncio.Task[Any]") -> None:
    _given_up.add(task)
    task.add_done_callback(_forget)
    task.cancel()


def _forget(task: "asyncio.Task[Any]") -> None:
    _given_up.discard(task)
    if not task.cancelled():
        task.exception()  # seen: nobody waits for it any more


class GroupCommit(Generic[Item, Result]):
    """Collects items while a commit is under way and stores them with the next one.

    store: gets the items of one batch and returns one result for each, committed. `submit` raises Unavailable (503)
    when the database does not answer within COMMIT_TIMEOUT_SEC or more than `longest_queue` items wait.
    """

    def __init__(
        self,
        store: Callable[[list[Item]], Coroutine[Any, Any, list[Result]]],
        *,
        kind: str,
        largest_batch: int = 500,
        longest_queue: int = 20_000,
        writers: int = 2,
    ) -> None:
        self._store = store
        self._kind = kind
        self._largest_batch = largest_batch
        self._longest_queue = longest_queue
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._running = 0
        self._writers = writers

    @property
    def is_overloaded(self) -> bool:
        return len(self._waiting) >= self._longest_queue

    async def submit(self, item: Item) -> Result:
        if self.is_overloaded:
            raise Unavailable("Too many requests wait to be stored; nothing was stored, send it again")
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running < self._writers:
            self._running += 1
            asyncio.get_running_loop().create_task(self._drain())
        return await future

    async def _drain(self) -> None:
        try:
            # Requests that are ready in this round of the event loop come along.
            await asyncio.sleep(0)
            while self._waiting:
                batch = self._waiting[: self._largest_batch]
                del self._waiting[: self._largest_batch]
                await self._commit(batch)
        finally:
            self._running -= 1

    async def _commit(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        started = monotonic()
        try:
            results = await in_time(self._store([item for item, _ in batch]))
        except Unavailable as refusal:
            log.warning("ingest_commit_failed", kind=self._kind, items=len(batch))
            # Whoever waits behind this batch has waited as long: all are told at once.
            behind, self._waiting = self._waiting, []
            _refuse([*batch, *behind], refusal)
            return
        except Exception as error:
            log.exception("ingest_commit_broke", kind=self._kind, items=len(batch))
            _refuse(batch, error)
            return
        INGEST_BATCH_SIZE.labels(kind=self._kind).observe(len(batch))
        INGEST_COMMIT_SECONDS.labels(kind=self._kind).observe(monotonic() - started)
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)


def _refuse(batch: list[tuple[Item, "asyncio.Future[Result]"]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
