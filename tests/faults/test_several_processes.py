"""Two webs and two engines on one database, which is then restarted and frozen."""

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from support.installation import clean_environment, free_port
from support.ledger import at_rest, broken_promises_at_rest
from support.load import Load, create_monitors, running, source_key
from support.smtp_sink import SmtpSink, smtp_sink
from tocsin.infra.embedded import EmbeddedPostgres

API_KEY = "tcn_" + "g" * 40


@contextmanager
def processes(server: EmbeddedPostgres, folder: Path, *, smtp_url: str) -> Iterator[list[int]]:
    """Two webs (their ports are given) and two engines against `server`."""
    shared = {
        **clean_environment(),
        "TOCSIN_DATABASE_URL": server.dsn,
        "TOCSIN_DATA_DIR": str(folder / "data"),
        "TOCSIN_CONFIG": str(folder / "none.toml"),
        "TOCSIN_SECRET_KEY": "a key that both webs and engines share",
        "TOCSIN_SMTP_URL": smtp_url,
        "TOCSIN_RATE_LIMITS": "off",
        "TOCSIN_ADMIN_EMAIL": "ada@example.com",
        "TOCSIN_ADMIN_API_KEY": API_KEY,
    }
    subprocess.run(
        [sys.executable, "-m", "tocsin", "first-start"], env=shared, check=True, capture_output=True
    )
    ports = [free_port(), free_port()]
    commands = [("web", port) for port in ports] + [("engine", 0), ("engine", 0)]
    with (folder / "output").open("wb") as sink:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "tocsin", name],
                env={**shared, "TOCSIN_PORT": str(port or 8080)},
                stdout=sink,
                stderr=subprocess.STDOUT,
            )
            for name, port in commands
        ]
    try:
        yield ports
    finally:
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.mark.timeout(240)
async def test_two_webs_and_two_engines_survive_a_restarted_and_a_frozen_database(tmp_path: Path) -> None:
    folder = Path(f"/tmp/faults-{os.getpid()}")
    server = EmbeddedPostgres(folder / "pg")
    await asyncio.to_thread(server.start)
    try:
        async with smtp_sink() as sink:
            with processes(server, tmp_path, smtp_url=sink.url) as ports:
                await _story(server, sink, ports=ports, output=tmp_path / "output")
    finally:
        await asyncio.to_thread(server.stop, mode="immediate")
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _story(server: EmbeddedPostgres, sink: SmtpSink, *, ports: list[int], output: Path) -> None:
    connection = await asyncpg.connect(server.dsn)
    load = Load(
        urls=[f"http://127.0.0.1:{port}" for port in ports],
        api_key=API_KEY,
        source_key=await source_key(connection),
        monitors=await create_monitors(connection, 40),
        dice=random.Random(5),
    )
    await connection.close()
    for port in ports:
        await _ready(port)
    async with running(load):
        await asyncio.sleep(3)
        await asyncio.to_thread(server.stop, mode="fast")
        await asyncio.sleep(1)
        await asyncio.to_thread(server.start)
        for port in ports:
            await _ready(port)
        await asyncio.sleep(2)

        before = load.ledger.answers.copy()
        _freeze(server, signal.SIGSTOP)
        # Refused while the database is frozen, not when it goes on: nobody is left hanging.
        await load.until(lambda ledger: (ledger.answers - before).keys() >= {"ping 503", "event 503"})
        await asyncio.sleep(4)
        _freeze(server, signal.SIGCONT)
        for port in ports:
            await _ready(port)
        await asyncio.sleep(6)  # longer than an interval: whoever would be paged by mistake is paged now
        await load.until(lambda ledger: len(ledger.events) > 50)
        load.is_reacting = False
    connection = await asyncpg.connect(server.dsn)
    try:
        await at_rest(connection)
        broken = await broken_promises_at_rest(connection, load, sink)
        said = await asyncio.to_thread(output.read_text)
        assert broken == [], "\n".join([*broken[:20], said[-3000:]])
        assert await connection.fetchval("SELECT count(*) FROM engine_turns") == 2
    finally:
        await connection.close()


def _freeze(server: EmbeddedPostgres, number: int) -> None:
    """Stop or continue the server and all of its processes."""
    pid_file = server.folder / "cluster" / "postmaster.pid"
    parent = int(pid_file.read_text().split()[0])
    children = [
        int(entry.name)
        for entry in Path("/proc").glob("[0-9]*")
        if (entry / "stat").exists() and _parent_of(entry) == parent
    ]
    for pid in [parent, *children]:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _parent_of(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


async def _ready(port: int) -> None:
    deadline = time.monotonic() + 60
    async with httpx.AsyncClient(timeout=5) as client:
        while True:
            try:
                if (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
