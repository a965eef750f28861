"""Who watches the watchman: late work, a silent engine, and a sign of life to the outside.

An engine that is late tells the owners through the usual deliveries. One that is dead cannot, so every web process
watches the engines too and then sends the mail itself.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.notifications import service as notifications
from tocsin.infra.mail import Envelope, Mailer
from tocsin.infra.metrics import QUEUE_DEPTH
from tocsin.infra.mime import address_of, domain_of, message
from tocsin.infra.web import Services
from tocsin.kernel.work import Work

log = structlog.get_logger()

TOO_LATE = timedelta(seconds=60)
LOOK_EVERY = timedelta(seconds=15)
# After a standstill everything is late for a moment; only what stays late is worth waking somebody for.
STAYS_LATE = timedelta(seconds=25)
TELL_EVERY = timedelta(hours=1)
ENGINE_ROWS_KEPT = timedelta(days=1)
_DATABASE_AWAY = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

_OWNERS = "SELECT id, account_id, email FROM users WHERE role = 'ACCOUNT_OWNER' ORDER BY id"
_DEPTHS = text(
    "SELECT (SELECT count(*) FROM events WHERE disposition IS NULL) AS events, "
    "(SELECT count(*) FROM alert_escalations WHERE due_at IS NOT NULL) AS escalations, "
    "(SELECT count(*) FROM notifications WHERE due_at IS NOT NULL) AS notifications"
)
# The row is the lock and the memory: whoever moves it may tell, and the next hour nobody else does.
_CLAIM_TELLING = """
INSERT INTO periodic_work (name, due_at) VALUES ('tell_of_silent_engine', $2)
ON CONFLICT (name) DO UPDATE SET due_at = $2 WHERE periodic_work.due_at <= $1
RETURNING name
"""


class LagWatch:
    """Tells the owners when some kind of work stays more than a minute late. Also keeps the queue depths."""

    name = "lag_watch"
    every = LOOK_EVERY
    batch = 1

    def __init__(self, services: Services, works: Sequence[Work]) -> None:
        self._services = services
        self._works = works
        self._late_since: dict[str, datetime] = {}

    async def run(self, now: datetime) -> int:
        late = {}
        for work in self._works:
            oldest = await work.oldest_due(now)
            if oldest is None or now - oldest <= TOO_LATE:
                self._late_since.pop(work.name, None)
            elif now - self._late_since.setdefault(work.name, now) >= STAYS_LATE:
                late[work.name] = now - oldest
        async with self._services.database.transaction() as session:
            depths = (await session.execute(_DEPTHS)).one()
            await session.execute(
                text("DELETE FROM engine_turns WHERE turned_at < :before"), {"before": now - ENGINE_ROWS_KEPT}
            )
            if late:
                await _tell_of_lag(session, late, now=now)
        for kind, depth in depths._mapping.items():
            QUEUE_DEPTH.labels(kind=kind).set(depth)
        return 0


async def _tell_of_lag(session: AsyncSession, late: dict[str, timedelta], *, now: datetime) -> None:
    log.error("engine_is_late", works={name: span.total_seconds() for name, span in late.items()})
    lines = "\n".join(f"- {name}: {span.total_seconds():.0f} s late" for name, span in sorted(late.items()))
    for owner in (await session.execute(text(_OWNERS))).all():
        await notifications.plan_system(
            session,
            account_id=owner.account_id,
            user_ids=[owner.id],
            subject="Tocsin is late",
            text=f"Work that is due is not being done in time:\n\n{lines}\n\nPages may be late or missing until this "
            "is solved. `tocsin doctor` says what it finds.",
            dedup_key=f"engine-late:{now:%Y-%m-%dT%H}",
            now=now,
        )


class SelfHeartbeat:
    """A GET to `self_heartbeat_url`, so that something outside notices when this installation is gone."""

    name = "self_heartbeat"
    every = timedelta(seconds=30)
    batch = 2

    def __init__(self, services: Services) -> None:
        self._settings = services.settings

    async def run(self, now: datetime) -> int:
        if not self._settings.self_heartbeat_url:
            return 0
        # Loaded only where it is used: each process would keep it in memory.
        import httpx

        from tocsin.infra.http_client import http_client

        async with http_client(allow_private_targets=self._settings.allow_private_targets) as client:
            try:
                answer = await client.get(self._settings.self_heartbeat_url)
            except httpx.HTTPError as error:
                log.warning("self_heartbeat_failed", error=str(error) or type(error).__name__)
                raise
        if answer.is_error:
            log.warning("self_heartbeat_refused", status=answer.status_code)
        return 1


class EngineWatch:
    """The web's look at the engines: none has turned for a minute means that nobody is paged for anything."""

    def __init__(self, services: Services, mailer: Mailer) -> None:
        self._services = services
        self._mailer = mailer
        self._began: datetime | None = None

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look(await self._services.now())
            except _DATABASE_AWAY as error:
                log.warning("engine_watch_failed", error=repr(error))
            await asyncio.sleep(LOOK_EVERY.total_seconds())

    async def look(self, now: datetime) -> int:
        """Look once; returns how many owners were told."""
        self._began = self._began or now
        async with self._services.database.pool.acquire() as connection:
            turned_at = await connection.fetchval("SELECT max(turned_at) FROM engine_turns")
            since = turned_at or self._began
            if now - since <= TOO_LATE:
                return 0
            if await connection.fetchval(_CLAIM_TELLING, now, now + TELL_EVERY) is None:
                return 0
            owners = await connection.fetch(_OWNERS)
        log.error("no_engine_turns", since=since.isoformat())
        told = 0
        for owner in owners:
            handed = await self._mailer.hand_over(self._envelope(owner, since=since, now=now))
            told += handed.outcome == "SENT"
        if owners and not told:
            await self._services.database.pool.execute(
                "UPDATE periodic_work SET due_at = $1 WHERE name = 'tell_of_silent_engine'", now + TOO_LATE
            )
        return told

    def _envelope(self, owner: Any, *, since: datetime, now: datetime) -> Envelope:
        settings = self._services.settings
        words = (
            f"No engine of Tocsin at {settings.base_url} has turned since {since:%Y-%m-%d %H:%M:%S} UTC.\n\n"
            "Pings and events are still taken, but nobody is paged for anything until an engine runs again: start one "
            "with `tocsin up` or `tocsin engine`. `tocsin doctor` says what it finds.\n"
        )
        return Envelope(
            sender=address_of(settings.mail_from),
            recipient=owner["email"],
            summary=words,
            content=message(
                sender=settings.mail_from,
                recipient=owner["email"],
                subject="Tocsin pages nobody: its engine has stopped",
                message_id=f"engine-silent-{owner['id']}-{int(now.timestamp())}@{domain_of(settings.mail_from)}",
                at=now,
                text=words,
                html=f"<p>{words}</p>",
                headers=[("Importance", "high")],
            ),
        )
