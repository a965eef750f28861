"""Durable pings a second against the no-op route of the same server, in the same run.

usage: python bench/pings.py [--monitors 100000] [--connections 256] [--seconds 10]

Needs `wrk`. Starts an embedded PostgreSQL with full durability and one Granian process in a folder of its own, and
throws both away. What is printed: requests answered 202 (each committed before), requests of the no-op route, and
the ratio of the two; then how many pings the database holds, which must be at least the number answered.
"""

import argparse
import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg

from tocsin.domains.heartbeats.keys import key_hash
from tocsin.infra.embedded import EmbeddedPostgres
from tocsin.infra.migrate import migrate
from tocsin.kernel.ids import heartbeat_key

SCRIPT = """
local keys = {}
for line in io.lines(os.getenv("PING_KEYS")) do keys[#keys + 1] = line end
local threads = 0
function setup(thread) thread:set("number", threads) threads = threads + 1 end
function init() math.randomseed(number + 1) end
function request() return wrk.format("GET", "/api/pings/" .. keys[math.random(#keys)]) end
local refused = 0
function response(status) if status ~= 202 then refused = refused + 1 end end
"""


async def fill(dsn: str, *, monitors: int) -> list[str]:
    """An account with healthy monitors that have pinged before; returns their keys."""
    await migrate(dsn)
    connection = await asyncpg.connect(dsn)
    try:
        account = await connection.fetchval(
            "INSERT INTO accounts (name, tenant, created_at) VALUES ('Bench', 'bench', now()) RETURNING id"
        )
        keys = [heartbeat_key(interval_sec=300, tenant="bench") for _ in range(monitors)]
        await connection.execute(
            "INSERT INTO heartbeat_monitors (account_id, name, integration_key, key_hash, interval_sec, badge_key, "
            "state, last_ping, armed_at, check_at, created_at, updated_at) "
            "SELECT $1, 'monitor ' || n, key, hash, 300, 'badge' || n, 'HEALTHY', now(), now(), "
            "now() + interval '5 minutes', now(), now() "
            "FROM unnest($2::text[], $3::bigint[]) WITH ORDINALITY AS k (key, hash, n)",
            account,
            keys,
            [key_hash(key) for key in keys],
        )
        await connection.execute("VACUUM ANALYZE heartbeat_monitors")
    finally:
        await connection.close()
    return keys


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def start_server(dsn: str, *, port: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
            "--loop", "uvloop", "--no-access-log", "--log-level", "warning", "--no-ws", "pings:app",
        ],
        env={**os.environ, "BENCH_DSN": dsn, "PYTHONPATH": f"{Path(__file__).parent}:{os.getenv('PYTHONPATH', '')}"},
        start_new_session=True,
    )  # fmt: skip


def load(
    url: str, *, connections: int, seconds: int, script: Path | None, keys: Path
) -> tuple[float, int, str]:
    """Requests a second, requests in all, and what wrk said."""
    command = ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "5s"]
    command += ["-s", str(script)] if script is not None else []
    done = subprocess.run(
        [*command, url],
        env={**os.environ, "PING_KEYS": str(keys)},
        capture_output=True,
        text=True,
        check=True,
    )
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    total = re.search(r"(\d+) requests in", done.stdout)
    assert per_second is not None
    assert total is not None
    return float(per_second.group(1)), int(total.group(1)), done.stdout


def wait_until_up(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process and its descendants, the ended ones included."""
    ticks, parents = os.sysconf("SC_CLK_TCK"), {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / ticks)
    total, wanted = 0.0, {pid}
    for _ in range(4):
        wanted |= {child for child, (parent, _) in parents.items() if parent in wanted}
    for member in wanted:
        total += parents.get(member, (0, 0.0))[1]
    return total


async def stored(dsn: str) -> tuple[int, str]:
    connection = await asyncpg.connect(dsn)
    try:
        row = await connection.fetchrow(
            "SELECT sum(ping_count)::bigint FROM heartbeat_monitors",
        )
        await connection.execute("SELECT pg_stat_force_next_flush()")
        hot = await connection.fetchrow(
            "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'heartbeat_monitors'"
        )
        share = 100 * hot["n_tup_hot_upd"] / max(1, hot["n_tup_upd"])
        return row[0], f"{share:.1f} % of the monitor updates were HOT"
    finally:
        await connection.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--monitors", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--seconds", type=int, default=10)
    chosen = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="tocsin-bench-", dir="/tmp"))
    postgres = EmbeddedPostgres(folder / "pg")
    server = None
    try:
        folder.chmod(0o755)
        postgres.start()
        keys = asyncio.run(fill(postgres.dsn, monitors=chosen.monitors))
        key_file, script = folder / "keys", folder / "pings.lua"
        key_file.write_text("\n".join(keys) + "\n")
        script.write_text(SCRIPT)
        port = free_port()
        server = start_server(postgres.dsn, port=port)
        wait_until_up(port)
        url = f"http://127.0.0.1:{port}"
        common: dict[str, Any] = {"connections": chosen.connections, "keys": key_file}
        load(f"{url}/", seconds=2, script=script, **common)
        before, _ = asyncio.run(stored(postgres.dsn))
        postmaster = int((folder / "pg" / "cluster" / "postmaster.pid").read_text().split()[0])
        pids = {"server": server.pid, "database": postmaster}
        used = {name: cpu_seconds(pid) for name, pid in pids.items()}
        durable, answered, said = load(f"{url}/", seconds=chosen.seconds, script=script, **common)
        spent = {name: (cpu_seconds(pid) - used[name]) / answered * 1e6 for name, pid in pids.items()}
        after, hot = asyncio.run(stored(postgres.dsn))
        no_op, _, _ = load(f"{url}/no-op", seconds=max(2, chosen.seconds // 2), script=None, **common)
        print(said)
        print(f"durable pings   {durable:10.0f} /s")
        print(f"no-op route     {no_op:10.0f} /s")
        print(f"ratio           {durable / no_op:10.2f}")
        print("CPU for each    " + ", ".join(f"{name} {micro:.0f} µs" for name, micro in spent.items()))
        print(f"answered {answered}, stored {after - before}; {hot}")
    finally:
        if server is not None:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(10)
        postgres.stop(mode="immediate")
        shutil.rmtree(folder, ignore_errors=True)


class BenchApp:
    """The ping gate as the product has it, and a route that does nothing."""

    def __init__(self) -> None:
        self._gate: Any = None
        self._opening: asyncio.Lock | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/no-op":
            await send({"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"2")]})
            await send({"type": "http.response.body", "body": b"{}"})
            return
        if self._gate is None:
            await self._open()
        await self._gate(scope, receive, send)

    async def _open(self) -> None:
        from tocsin.domains.heartbeats.ingest import PingGate
        from tocsin.infra.db import Database, DatabaseClock
        from tocsin.infra.settings import Settings
        from tocsin.infra.web import Services

        self._opening = self._opening or asyncio.Lock()
        async with self._opening:
            if self._gate is not None:
                return
            database = Database(os.environ["BENCH_DSN"])
            await database.open()
            settings = Settings(rate_limits=False, secret_key="x" * 32)
            self._gate = PingGate(
                Services(database=database, clock=DatabaseClock(database), settings=settings)
            )


app = BenchApp()

if __name__ == "__main__":
    main()
