"""The least SMTP server there can be, in a process of its own: says yes to every line and keeps when mails came."""

import asyncio
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, cast

import uvloop


@dataclass(slots=True)
class Sink:
    port: int
    pipe: "Connection[Any, Any]"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def arrivals(self) -> list[tuple[float, str]]:
        """(wall clock seconds, subject) of what came since the last call."""
        self.pipe.send("arrivals")
        found: list[tuple[float, str]] = self.pipe.recv()
        return found


class _Server(asyncio.Protocol):
    arrived: list[tuple[float, str]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._buffer = bytearray()
        self._is_content = False
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = self._buffer.find(b"\r\n.\r\n" if self._is_content else b"\r\n")
            if end < 0:
                return
            line = bytes(self._buffer[:end])
            del self._buffer[: end + (5 if self._is_content else 2)]
            self._transport.write(self._answer(line))

    def _answer(self, line: bytes) -> bytes:
        if self._is_content:
            self._is_content = False
            at = line.find(b"Subject: ")
            subject = line[at + 9 : line.find(b"\r\n", at)].decode("ascii", "replace") if at >= 0 else ""
            type(self).arrived.append((time.time(), subject))
            return b"250 queued\r\n"
        verb = line[:4].upper()
        if verb == b"DATA":
            self._is_content = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"


def _serve(pipe: "Connection[Any, Any]") -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Server, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        while await loop.run_in_executor(None, pipe.recv) != "stop":
            arrived, _Server.arrived = _Server.arrived, []
            pipe.send(arrived)

    uvloop.run(main())


@contextmanager
def smtp_sink() -> Iterator[Sink]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    sink = Sink(ours.recv(), ours)
    try:
        yield sink
    finally:
        ours.send("stop")
        process.join(5)
