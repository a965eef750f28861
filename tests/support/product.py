"""The whole product in one process: HTTP through the real front, the engine's real works, a clock the test owns."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx

from support.clock import TestClock
from tocsin.domains.alert_sources import service as alert_sources
from tocsin.domains.escalations import rules as escalation_rules
from tocsin.domains.escalations import service as escalations
from tocsin.domains.heartbeats.liveness import beat
from tocsin.domains.identity import service as identity
from tocsin.domains.identity.service import create_installation
from tocsin.entrypoints import wiring
from tocsin.entrypoints.front import Front
from tocsin.entrypoints.web import create_app
from tocsin.infra.db import Clock
from tocsin.infra.mail import Envelope, Handed
from tocsin.infra.settings import Settings
from tocsin.infra.web import Services
from tocsin.kernel import ids
from tocsin.kernel.work import Work

PASSWORD = "correct horse battery"
OWNER_EMAIL = "owner@acme.test"


_ALIVE = """
INSERT INTO ingest_liveness (id, alive_at) VALUES (1, $1) ON CONFLICT (id) DO UPDATE SET alive_at = $1
"""
# Whatever the engine looks at next, of all kinds of work.
_NEXT_DUE = """
SELECT min(at) FROM (
    SELECT min(check_at) AS at FROM heartbeat_monitors WHERE check_at > $1
    UNION ALL SELECT min(late_at) FROM heartbeat_runs WHERE late_at > $1
    UNION ALL SELECT min(due_at) FROM alert_escalations WHERE due_at > $1
    UNION ALL SELECT min(due_at) FROM notifications WHERE due_at > $1
    UNION ALL SELECT min(auto_resolve_at) FROM alerts WHERE auto_resolve_at > $1 AND status <> 'RESOLVED'
    UNION ALL SELECT min(not_before) FROM events WHERE not_before > $1
) AS due
"""


@dataclass(slots=True)
class Outbox:
    """Where mails end: every one is kept. `answers` are given in order before the usual success."""

    provider: str = "test"
    sent: list[Envelope] = field(default_factory=list)
    answers: list[Handed] = field(default_factory=list)

    async def hand_over(self, envelope: Envelope) -> Handed:
        if self.answers:
            return self.answers.pop(0)
        self.sent.append(envelope)
        return Handed(outcome="SENT", response="250 ok")

    async def close(self) -> None:
        """Nothing to close."""

    def take(self) -> list[Envelope]:
        taken, self.sent = self.sent, []
        return taken


@dataclass(slots=True, kw_only=True)
class Product:
    """api: a client with the owner's API key. anyone: a client without credentials. policy_id and source_id: the
    owner's policy (one level, five minutes) and an API source that uses it."""

    services: Services
    clock: TestClock
    api: httpx.AsyncClient
    anyone: httpx.AsyncClient
    outbox: Outbox
    works: list[Work]
    owner_id: int = 0
    account_id: int = 0
    policy_id: int = 0
    source_id: int = 0
    source_key: str = ""

    async def turn(self) -> int:
        """Let the engine do everything that is due at the test's instant. Pings could be received until now."""
        async with self.services.database.pool.acquire() as connection:
            await connection.execute(_ALIVE, self.clock.at)
        total = 0
        while done := sum([await work.run_due(self.clock.at) for work in self.works]):
            total += done
        return total

    async def after(self, **parts: float) -> int:
        """Time passes: the engine turns at every instant at which something becomes due, and at the end."""
        end = self.clock.at + timedelta(**parts)
        done = await self.turn()
        while self.clock.at < end:
            async with self.services.database.pool.acquire() as connection:
                due = await connection.fetchval(_NEXT_DUE, self.clock.at)
            self.clock.at = min(end, due or end)
            done += await self.turn()
        return done

    async def outage(self, **parts: float) -> None:
        """Our own outage: nobody receives pings, no engine turns; then a process comes up and beats."""
        async with self.services.database.pool.acquire() as connection:
            await connection.execute(_ALIVE, self.clock.at)
        self.clock.advance(**parts)
        await beat(self.services, now=self.clock.at)

    async def event(self, **body: Any) -> httpx.Response:
        """Send an event with the source's key and let it be processed."""
        answer = await self.anyone.post("/api/events", json={"integrationKey": self.source_key, **body})
        await self.turn()
        return answer

    async def alerts(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.api.get("/api/alerts", params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    async def log_types(self, alert_id: int) -> list[str]:
        answer = await self.api.get(f"/api/alerts/{alert_id}/log-entries", params={"max-results": 100})
        return [entry["logEntryType"] for entry in answer.json()]

    async def alert(self, alert_id: int, **query: Any) -> dict[str, Any]:
        answer = await self.api.get(f"/api/alerts/{alert_id}", params=query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def opened(self, **body: Any) -> dict[str, Any]:
        """The newest alert, after an ALERT event."""
        answer = await self.event(eventType="ALERT", **{"summary": "Disk full", **body})
        assert answer.status_code == 202, answer.text
        return (await self.alerts())[0]

    async def create(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to a collection under /api; the entity."""
        answer = await self.api.post(f"/api/{path}", json=body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def create_source(self, **fields: Any) -> dict[str, Any]:
        body = {
            "name": "Another",
            "integrationType": "API",
            "escalationPolicy": {"id": self.policy_id},
            **fields,
        }
        return await self.create("alert-sources", **body)

    async def create_policy(
        self, *levels: tuple[int, Sequence[int]], name: str = "Levels", **fields: Any
    ) -> dict[str, Any]:
        """levels: minutes until the next one, and the users."""
        rules = [
            {"escalationTimeout": timeout, "users": [{"id": user_id} for user_id in user_ids]}
            for timeout, user_ids in levels
        ]
        return await self.create("escalation-policies", **{"name": name, "escalationRules": rules, **fields})

    async def use_policy(self, policy_id: int) -> None:
        """The source's alerts escalate by this policy from now on."""
        answer = await self.api.put(
            f"/api/alert-sources/{self.source_id}",
            json={"name": "Api", "integrationType": "API", "escalationPolicy": {"id": policy_id}},
        )
        assert answer.status_code == 200, answer.text

    async def headers_of(self, user_id: int) -> dict[str, str]:
        """Credentials of a user: an API key of his."""
        async with self.services.database.transaction() as session:
            made = await identity.create_key(
                session,
                account_id=self.account_id,
                user_id=user_id,
                name="tests",
                expires_at=None,
                now=self.clock.at,
            )
        return {"Authorization": f"Bearer {made.text}"}

    def mails(self) -> list[EmailMessage]:
        """What was sent since the last call."""
        return [
            message_from_bytes(envelope.content, policy=policy.default) for envelope in self.outbox.take()
        ]

    def paged(self) -> list[str]:
        """Whom mails went to since the last call: the part before the @, in order."""
        return [str(mail["To"]).split("@")[0] for mail in self.mails()]

    async def create_user(self, name: str, **fields: Any) -> dict[str, Any]:
        body = {"firstName": name, "lastName": "Test", "email": f"{name.lower()}@acme.test", **fields}
        answer = await self.api.post("/api/users", json=body, params={"send-no-invitation": "true"})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


class _CurrentClock:
    """The clock of the test that runs: making an application takes half a second, so tests share one."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    async def now(self) -> datetime:
        return await self.clock.now()


_apps: dict[tuple[int, Settings], tuple[Front, _CurrentClock]] = {}


def app_of(services: Services) -> Front:
    """An application on this database with these settings, reading this clock."""
    mark = (id(services.database), replace(services.settings, data_dir=Path()))
    if mark not in _apps:
        clock = _CurrentClock(services.clock)
        _apps[mark] = create_app(replace(services, clock=clock)), clock
    app, clock = _apps[mark]
    clock.clock = services.clock
    return app


@asynccontextmanager
async def running_product(services: Services, clock: TestClock) -> AsyncIterator[Product]:
    """A fresh installation, its web application and its engine."""
    app = app_of(services)
    key = ids.api_key()
    outbox = Outbox()
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with services.database.transaction() as session:
        made = await create_installation(
            session,
            email=OWNER_EMAIL,
            password=PASSWORD,
            api_key_text=key,
            account_name="Acme",
            tenant="acme",
            now=clock.at,
        )
        made_policy = await escalations.create_policy(
            session,
            account_id=made.account_id,
            fields=escalations.PolicyFields(
                name="Default", rules=(escalation_rules.Rule(timeout_min=5, user_ids=(made.user_id,)),)
            ),
            now=clock.at,
        )
        source = await alert_sources.create_source(
            session,
            account_id=made.account_id,
            fields=alert_sources.SourceFields(
                name="Api", integration_type="API", escalation_policy_id=made_policy.id
            ),
            now=clock.at,
        )
    await asyncio.sleep(0)
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx.AsyncClient(transport=transport, base_url="https://tocsin.test", headers=headers) as api,
        httpx.AsyncClient(transport=transport, base_url="https://tocsin.test") as anyone,
    ):
        yield Product(
            services=services,
            clock=clock,
            api=api,
            anyone=anyone,
            outbox=outbox,
            works=wiring.works(services, mailer=outbox),
            owner_id=made.user_id,
            account_id=made.account_id,
            policy_id=made_policy.id,
            source_id=source.id,
            source_key=source.integration_key,
        )
