"""A load generator: many keep-alive connections that send prepared requests as fast as they are answered, or at a
given rate. Written for little CPU of its own; `Result.cpu_share` says how much it took from the thing measured."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import uvloop

GENERATOR = "own asyncio client"


@dataclass(slots=True)
class Result:
    """latencies: seconds, of the answers with the wanted status."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    @property
    def cpu_share(self) -> float:
        return self.cpu_seconds / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """In seconds."""
        return percentile(self.latencies, share)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; 0 without values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class _Client(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends again when it is its turn."""

    def __init__(self, load: "_Load") -> None:
        self._load = load
        self._buffer = b""
        self._sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._load.free(self)

    def send(self, request: bytes, *, meant_at: float) -> None:
        """meant_at: when it should have gone out; a late start counts as waiting."""
        self._sent_at = meant_at
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer + data if self._buffer else data
        head_end = buffer.find(b"\r\n\r\n")
        if head_end < 0:
            self._buffer = buffer
            return
        start = buffer.find(b"content-length: ", 0, head_end)
        length = int(buffer[start + 16 : buffer.find(b"\r\n", start)]) if start > 0 else 0
        if len(buffer) < head_end + 4 + length:
            self._buffer = buffer
            return
        self._buffer = b""
        self._load.answered(self, status=int(buffer[9:12]), sent_at=self._sent_at)

    def connection_lost(self, exc: Exception | None) -> None:
        self._load.lost()


class _Load:
    def __init__(
        self,
        make: Callable[[int], bytes],
        *,
        wanted: int,
        rate: float | None,
        seconds: float,
        most: int | None,
    ) -> None:
        self._make = make
        self._wanted = wanted
        self._rate = rate
        self._seconds = seconds
        self._most = most
        self._count = 0
        self._idle: list[_Client] = []
        self._under_way = 0
        self.result = Result()
        self.done = asyncio.Event()
        self._began = time.perf_counter()
        self._is_over = False

    def free(self, client: _Client) -> None:
        if self._rate is None:
            self._next(client)
        else:
            self._idle.append(client)

    def _next(self, client: _Client) -> None:
        now = time.perf_counter()
        if now - self._began > self._seconds or (self._most is not None and self._count >= self._most):
            self._is_over = True
            if not self._under_way:
                self.done.set()
            return
        self._under_way += 1
        client.send(self._make(self._count), meant_at=now)
        self._count += 1

    def answered(self, client: _Client, *, status: int, sent_at: float) -> None:
        self._under_way -= 1
        self.result.statuses[status] += 1
        if status == self._wanted:
            self.result.latencies.append(time.perf_counter() - sent_at)
        if self._is_over and not self._under_way:
            self.done.set()
        self.free(client)

    def lost(self) -> None:
        if not self.done.is_set():
            self.result.statuses[0] += 1
            self.done.set()

    async def pace(self) -> None:
        """Open loop: a request every 1/rate seconds, whether or not the earlier ones were answered."""
        assert self._rate is not None
        while (elapsed := time.perf_counter() - self._began) < self._seconds:
            due = int(elapsed * self._rate)
            while self._count < due and self._idle:
                meant_at = self._began + self._count / self._rate
                self._under_way += 1
                self._idle.pop().send(self._make(self._count), meant_at=meant_at)
                self._count += 1
            await asyncio.sleep(0.001)
        self._is_over = True
        if not self._under_way:
            self.done.set()


async def drive(
    port: int,
    make: Callable[[int], bytes],
    *,
    connections: int,
    seconds: float,
    wanted: int = 202,
    rate: float | None = None,
    most: int | None = None,
) -> Result:
    """make: the n-th request as bytes. rate: requests a second (open loop); None: as fast as they are answered.
    most: stop after so many."""
    loop = asyncio.get_running_loop()
    load = _Load(make, wanted=wanted, rate=rate, seconds=seconds, most=most)
    cpu_began = time.process_time()
    transports = [
        (await loop.create_connection(lambda: _Client(load), "127.0.0.1", port))[0]
        for _ in range(connections)
    ]
    if rate is not None:
        await load.pace()
    await asyncio.wait_for(load.done.wait(), seconds + 30)
    load.result.seconds = time.perf_counter() - load._began
    load.result.cpu_seconds = time.process_time() - cpu_began
    for transport in transports:
        transport.abort()
    return load.result


def drive_in_own_loop(*arguments: object, **options: object) -> Result:
    return uvloop.run(drive(*arguments, **options))  # type: ignore[arg-type]


def post(path: str, body: bytes, *, headers: str = "") -> bytes:
    """A POST request as it goes over the wire."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{headers}"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def get(path: str, *, key: str = "") -> bytes:
    authorization = f"Authorization: Bearer {key}\r\n" if key else ""
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\n{authorization}\r\n".encode()
