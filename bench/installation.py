"""A throw-away installation to measure: `tocsin up` in its own processes on a new data folder, without rate limits."""

import asyncio
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from tocsin.infra.embedded import EmbeddedPostgres

API_KEY = "tcn_" + "b" * 40
SECONDS_TO_START = 90


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of the web, the engine and PostgreSQL."""

    web: float
    engine: float
    postgres: float

    def __sub__(self, other: "Cost") -> "Cost":
        return Cost(self.web - other.web, self.engine - other.engine, self.postgres - other.postgres)

    @property
    def total(self) -> float:
        return self.web + self.engine + self.postgres


def cost_row(cost: Cost, count: int) -> None:
    """What one of `count` things cost, and how many a second two cores could do at that price: a figure that does not
    depend on what else the machine is doing."""
    each = [part / max(count, 1) * 1e6 for part in (cost.web, cost.engine, cost.postgres)]
    print(
        f"  CPU each: web {each[0]:.0f} µs, engine {each[1]:.0f} µs, PostgreSQL {each[2]:.0f} µs; two cores "
        f"could do {2e6 / max(sum(each), 0.001):,.0f}/s",
        flush=True,
    )


@dataclass(slots=True)
class Running:
    """seconds_to_ready: of the last start, by its own word."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes]"
    environment: dict[str, str]

    @property
    def dsn(self) -> str:
        return EmbeddedPostgres(self.folder / "data" / "postgres").dsn

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def pids(self, name: str) -> list[int]:
        """Processes of this installation: "up", "web", "engine"."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().split(b"\0")
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            if f"TOCSIN_DATA_DIR={self.folder}/data".encode() in environment and command[2:4] == [
                b"tocsin",
                name.encode(),
            ]:
                found.append(int(entry.name))
        return found

    def cpu_seconds(self, name: str) -> float:
        """CPU time that the processes of this name have used."""
        ticks = 0
        for number in self.pids(name):
            fields = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def cost(self) -> "Cost":
        """CPU seconds used so far, by part."""
        return Cost(self.cpu_seconds("web"), self.cpu_seconds("engine"), self._postgres_seconds())

    def _postgres_seconds(self) -> float:
        """Of the server and its processes, the ended ones included."""
        file = self.folder / "data" / "postgres" / "cluster" / "postmaster.pid"
        parent = int(file.read_text().split()[0])
        ticks = 0
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(entry.name) == parent:
                ticks += sum(int(fields[place]) for place in (11, 12, 13, 14))
            elif int(fields[1]) == parent:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def resident_mib(self, name: str) -> float:
        pages = sum(int(Path(f"/proc/{number}/statm").read_text().split()[1]) for number in self.pids(name))
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One request with the owner's API key."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(
                method,
                path,
                body=None if body is None else json.dumps(body),
                headers={"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"},
            )
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        finally:
            connection.close()

    def restart(self) -> float:
        """Stop, start again; seconds until it was ready."""
        self.stop()
        self.process = _start(self.folder, self.environment)
        return _wait_until_ready(self.folder, self.process)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()


@contextmanager
def installation(**settings: str) -> Iterator[Running]:
    """Running and ready; gone afterwards. settings: names of Tocsin's settings in lower case."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-bench-", dir="/tmp"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    ours = {
        "data_dir": str(folder / "data"),
        "port": str(port),
        "config": str(folder / "none.toml"),
        "rate_limits": "off",
        "allow_private_targets": "on",
        "admin_email": "owner@bench.test",
        "admin_api_key": API_KEY,
        "log_level": "warning",
        **settings,
    }
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")},
        **{f"TOCSIN_{name.upper()}": value for name, value in ours.items()},
    }
    running = Running(folder, port, _start(folder, environment), environment)
    try:
        _wait_until_ready(folder, running.process)
        yield running
    finally:
        running.stop()
        EmbeddedPostgres(folder / "data" / "postgres").stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)


@asynccontextmanager
async def database_of(running: Running) -> AsyncIterator["asyncpg.Connection[Any]"]:
    connection = await asyncpg.connect(running.dsn, command_timeout=600)
    try:
        yield connection
    finally:
        await connection.close()


async def wait_until(
    connection: "asyncpg.Connection[Any]", query: str, *arguments: object, seconds: float = 120
) -> float:
    """Ask until the query gives a true value; the seconds it took. Raises TimeoutError."""
    began = time.monotonic()
    while not await connection.fetchval(query, *arguments):
        if time.monotonic() - began > seconds:
            raise TimeoutError(query)
        await asyncio.sleep(0.05)
    return time.monotonic() - began


def row(what: str, value: float, unit: str, *, target: float | None = None, at_most: bool = False) -> None:
    """One line: the figure, and how it stands to its target (1.00 and more is good)."""
    against = ""
    if target is not None:
        ratio = (target / value if value else float("inf")) if at_most else value / target
        sign = "≤" if at_most else "≥"
        against = f"   target {sign} {target:,g} {unit}   ratio {ratio:.2f}"
    print(f"{what:<58} {value:>12,.3f} {unit}{against}", flush=True)


def _start(folder: Path, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    with (folder / "output").open("wb") as sink:
        return subprocess.Popen(
            [sys.executable, "-m", "tocsin", "up"],
            env=environment,
            cwd=folder,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_until_ready(folder: Path, process: "subprocess.Popen[bytes]") -> float:
    began = time.monotonic()
    output = folder / "output"
    while "Tocsin is ready" not in (said := output.read_text(errors="replace")):
        if process.poll() is not None or time.monotonic() - began > SECONDS_TO_START:
            raise SystemExit(f"The installation did not start:\n{said}")
        time.sleep(0.02)
    return time.monotonic() - began
