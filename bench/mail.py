"""How many pages a second one engine process hands to a local SMTP server.

usage: python bench/mail.py [--pages 5000] [--dsn DSN]

Plans the pages of N alerts with one call, as the engine does in a storm, then runs the delivery until every page
is handed over. The SMTP server is another process that accepts everything. Without --dsn an embedded PostgreSQL
with durable settings is started and thrown away.
"""

import argparse
import asyncio
import multiprocessing
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

import structlog
import uvloop
from sqlalchemy import text

import tocsin.migrations.metadata  # noqa: F401  (all tables, for their foreign keys)
from tocsin.domains.notifications.jobs import DeliveryWork
from tocsin.domains.notifications.service import PagePlan, plan_pages_many
from tocsin.infra.db import Database, DatabaseClock
from tocsin.infra.embedded import EmbeddedPostgres
from tocsin.infra.mail import open_mailer
from tocsin.infra.migrate import migrate
from tocsin.infra.settings import Settings
from tocsin.infra.web import Services


class _Sink(asyncio.Protocol):
    """The least SMTP server there can be: says yes to every line and counts messages."""

    accepted = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        stream = cast(asyncio.Transport, transport)
        self._transport = stream
        self._buffer = bytearray()
        self._is_content = False
        stream.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while True:
            end = self._buffer.find(b"\r\n.\r\n" if self._is_content else b"\r\n")
            if end < 0:
                return
            line = bytes(self._buffer[:end])
            del self._buffer[: end + (5 if self._is_content else 2)]
            self._transport.write(self._answer(line[:4].upper()))

    def _answer(self, verb: bytes) -> bytes:
        if self._is_content:
            self._is_content = False
            type(self).accepted += 1
            return b"250 queued\r\n"
        if verb == b"DATA":
            self._is_content = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"


def _serve(pipe: Connection) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(_Sink, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await loop.run_in_executor(None, pipe.recv)
        pipe.send(_Sink.accepted)

    uvloop.run(main())


async def _fill(services: Services, *, pages: int, people: int) -> list[PagePlan]:
    """An account with people who want mail at once, and one open alert for each page."""
    now = await services.now()
    async with services.database.transaction() as session:
        account = (
            await session.execute(
                text("INSERT INTO accounts (name, tenant, created_at) VALUES ('b', 'b', :now) RETURNING id"),
                {"now": now},
            )
        ).scalar_one()
        users = list(
            (
                await session.execute(
                    text(
                        "INSERT INTO users "
                        "(account_id, username, first_name, last_name, email, created_at, updated_at) "
                        "SELECT :account, 'u' || n, 'U', n::text, 'u' || n || '@bench.test', :now, :now "
                        "FROM generate_series(1, :people) n RETURNING id"
                    ),
                    {"account": account, "people": people, "now": now},
                )
            ).scalars()
        )
        for statement in (
            "INSERT INTO contacts (account_id, user_id, kind, target, created_at) "
            "SELECT account_id, id, 'EMAIL', email, :now FROM users",
            "INSERT INTO notification_preferences "
            "(account_id, user_id, collection, method, contact_id, type, delay_min) "
            "SELECT account_id, user_id, 'alerts', 'EMAIL', id, 'HIGH_PRIORITY', 0 FROM contacts "
            "WHERE created_at <= :now",
        ):
            await session.execute(text(statement), {"now": now})
        alerts = list(
            (
                await session.execute(
                    text(
                        "INSERT INTO alerts (account_id, summary, details, report_time, last_event_at, custom_details) "
                        "SELECT :account, 'Backup of db' || n || ' is silent', repeat('no ping since noon. ', 20), "
                        ":now, :now, jsonb_build_object('monitor', 'db' || n, 'lastPing', '2026-03-02T11:30:00Z') "
                        "FROM generate_series(1, :pages) n RETURNING id"
                    ),
                    {"account": account, "pages": pages, "now": now},
                )
            ).scalars()
        )
        await session.execute(
            text(
                "INSERT INTO alert_responders (alert_id, user_id, account_id, assigned_at) "
                "SELECT a, u, :account, :now FROM unnest(CAST(:alerts AS bigint[]), CAST(:users AS bigint[])) r (a, u)"
            ),
            {
                "account": account,
                "now": now,
                "alerts": alerts,
                "users": [users[n % people] for n in range(pages)],
            },
        )
    return [
        PagePlan(
            account_id=account,
            alert_id=alert,
            user_ids=[users[n % people]],
            priority="HIGH",
            assignment=1,
            why={"policy": "Bench", "level": 1},
        )
        for n, alert in enumerate(alerts)
    ]


async def _measure(dsn: str, *, port: int, pages: int) -> None:
    settings = Settings(
        database_url=dsn, smtp_url=f"smtp://127.0.0.1:{port}", public_url="https://bench.test"
    )
    database = Database(dsn)
    await database.open()
    services = Services(database=database, clock=DatabaseClock(database), settings=settings)
    mailer = open_mailer(settings.smtp_url)
    work = DeliveryWork(services, mailer)
    plans = await _fill(services, pages=pages, people=100)

    began = time.perf_counter()
    async with database.transaction() as session:
        planned = await plan_pages_many(session, plans, now=await services.now())
    plan_seconds = time.perf_counter() - began

    began, cpu_began = time.perf_counter(), time.process_time()
    done = 0
    while moved := await work.run_due(await services.now()):
        done += moved
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    print(f"planned   {planned} pages in {plan_seconds:.2f} s ({planned / plan_seconds:,.0f}/s)")
    print(f"delivered {done} pages in {seconds:.2f} s ({done / seconds:,.0f}/s, target 500/s)")
    print(f"CPU of this process: {cpu / seconds:.0%} of one core, {cpu / max(done, 1) * 1000:.2f} ms a page")
    await mailer.close()
    await database.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--pages", type=int, default=5000)
    arguments.add_argument("--dsn")
    chosen = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    ours, theirs = multiprocessing.Pipe()
    sink = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    sink.start()
    port = ours.recv()
    if chosen.dsn:
        uvloop.run(_measure(chosen.dsn, port=port, pages=chosen.pages))
    else:
        with tempfile.TemporaryDirectory(prefix="tocsin-bench-", dir="/tmp") as folder:
            server = EmbeddedPostgres(Path(folder))
            server.start()
            try:
                asyncio.run(migrate(server.dsn))
                uvloop.run(_measure(server.dsn, port=port, pages=chosen.pages))
            finally:
                server.stop(mode="immediate")
    ours.send("stop")
    print(f"the SMTP server counted {ours.recv()}")


if __name__ == "__main__":
    main()
