"""The whole product in one process: HTTP through the real front, the engine's real works, a clock the test owns."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from support.clock import TestClock
from tocsin.domains.alert_sources import service as alert_sources
from tocsin.domains.escalations import rules as escalation_rules
from tocsin.domains.escalations import service as escalations
from tocsin.domains.identity.service import create_installation
from tocsin.entrypoints import wiring
from tocsin.entrypoints.web import create_app
from tocsin.infra.mail import Envelope, Handed
from tocsin.infra.web import Services
from tocsin.kernel import ids
from tocsin.kernel.work import Work

PASSWORD = "correct horse battery"
OWNER_EMAIL = "owner@acme.test"


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
        """Let the engine do everything that is due at the test's instant."""
        total = 0
        while done := sum([await work.run_due(self.clock.at) for work in self.works]):
            total += done
        return total

    async def after(self, **parts: float) -> int:
        """Time passes, in steps of at most a second of engine time where something may become due."""
        end = self.clock.at + timedelta(**parts)
        done = await self.turn()
        while self.clock.at < end:
            self.clock.at = min(
                end, self.clock.at + timedelta(seconds=max(1.0, (end - self.clock.at).total_seconds() / 40))
            )
            done += await self.turn()
        return done

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

    async def create_user(self, name: str, **fields: Any) -> dict[str, Any]:
        body = {"firstName": name, "lastName": "Test", "email": f"{name.lower()}@acme.test", **fields}
        answer = await self.api.post("/api/users", json=body, params={"send-no-invitation": "true"})
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


@asynccontextmanager
async def running_product(services: Services, clock: TestClock) -> AsyncIterator[Product]:
    """A fresh installation, its web application and its engine."""
    app = create_app(services)
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
        policy = await escalations.create_policy(
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
                name="Api", integration_type="API", escalation_policy_id=policy.id
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
            policy_id=policy.id,
            source_id=source.id,
            source_key=source.integration_key,
        )
