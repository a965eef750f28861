"""Load on a real installation, and the ledger of what it promised: every 202, every accepted alert."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import httpx

from tocsin.domains.heartbeats.keys import key_hash

INTERVAL_SEC = 4
_MONITORS = """
INSERT INTO heartbeat_monitors (account_id, name, integration_key, key_hash, interval_sec, alert_source_id, badge_key,
    storm_grouping, flap_detection, created_at, updated_at)
SELECT s.account_id, 'monitor ' || n, key, hash, $3, s.id, 'badge-' || key, false, false, now(), now()
FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS new (key, hash, n),
    (SELECT id, account_id FROM alert_sources WHERE integration_type = 'HEARTBEAT2' ORDER BY id LIMIT 1) s
RETURNING id, integration_key
"""


@dataclass
class Ledger:
    """What was acknowledged. Instants of pings are wall clock (sent, answered), those of accepts monotonic."""

    pings: Counter[str] = field(default_factory=Counter)
    last_ping: dict[str, datetime] = field(default_factory=dict)
    events: list[str] = field(default_factory=list)
    accepted: dict[int, float] = field(default_factory=dict)
    answers: Counter[str] = field(default_factory=Counter)
    slowest_refusal: float = 0.0


@dataclass
class Load:
    """Pings of every monitor twice a second, events over some keys, and a person who reacts.

    `urls`: the webs, used in turn. `silent`: keys of monitors that no longer ping.
    """

    urls: list[str]
    api_key: str
    source_key: str
    monitors: dict[str, int]
    dice: random.Random
    alert_keys: int = 30
    ledger: Ledger = field(default_factory=Ledger)
    silent: set[str] = field(default_factory=set)
    is_reacting: bool = True
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until cancelled. What cannot be sent is counted and given up, as a cron job would."""
        limits = httpx.Limits(max_connections=60, max_keepalive_connections=30, keepalive_expiry=2)
        async with (
            httpx.AsyncClient(timeout=10, limits=limits) as client,
            asyncio.TaskGroup() as tasks,
        ):
            for number, key in enumerate(self.monitors):
                tasks.create_task(self._ping(client, key, offset=number / len(self.monitors)))
            tasks.create_task(self._every(0.03, self._event, client))
            tasks.create_task(self._every(0.3, self._react, client))

    async def until(self, reached: Callable[[Ledger], bool]) -> None:
        """Return when the ledger says so: a busy machine takes longer, a load that died never gets there and runs
        into the test's own limit."""
        while not reached(self.ledger):
            self.news.clear()
            await self.news.wait()

    async def _ping(self, client: httpx.AsyncClient, key: str, *, offset: float) -> None:
        await asyncio.sleep(offset)
        while key not in self.silent:
            sent = datetime.now(UTC)
            answer = await self._request(client, "POST", f"/api/heartbeats/{key}", kind="ping")
            if answer is not None and answer.status_code == 202:
                self.ledger.pings[key] += 1
                self.ledger.last_ping[key] = sent
            await asyncio.sleep(0.5)

    async def _event(self, client: httpx.AsyncClient) -> None:
        kind = self.dice.choices(["ALERT", "RESOLVE", "ACCEPT", "COMMENT"], [12, 2, 1, 1])[0]
        key = f"key-{self.dice.randrange(self.alert_keys)}"
        body = {
            "integrationKey": self.source_key,
            "eventType": kind,
            "summary": f"{key} is bad",
            "alertKey": key,
        }
        answer = await self._request(client, "POST", "/api/events", kind="event", json=body)
        if answer is not None and answer.status_code == 202:
            self.ledger.events.append(answer.headers["correlation-id"])

    async def _react(self, client: httpx.AsyncClient) -> None:
        """A person accepts or resolves one of the pending alerts."""
        if not self.is_reacting:
            return
        found = await self._request(client, "GET", "/api/alerts?states=PENDING&max-results=50", kind="list")
        pending = found.json() if found is not None and found.status_code == 200 else []
        mine = [alert["id"] for alert in pending if (alert.get("alertKey") or "").startswith("key-")]
        if not mine:
            return
        alert_id = self.dice.choice(mine)
        action = self.dice.choice(["accept", "accept", "resolve"])
        answer = await self._request(client, "PUT", f"/api/alerts/{alert_id}/{action}", kind=action)
        if answer is not None and answer.status_code == 200:
            self.ledger.accepted.setdefault(alert_id, time.monotonic())

    async def _request(
        self, client: httpx.AsyncClient, method: str, path: str, *, kind: str, json: Any = None
    ) -> httpx.Response | None:
        started = time.monotonic()
        try:
            answer = await client.request(
                method,
                self.dice.choice(self.urls) + path,
                json=json,
                headers={"Authorization": f"Bearer {self.api_key}"},
            )
        except httpx.HTTPError as error:
            self.ledger.answers[f"{kind} {type(error).__name__}"] += 1
            return None
        self.ledger.answers[f"{kind} {answer.status_code}"] += 1
        self.news.set()
        if answer.status_code == 503:
            assert kind in ("list", "accept", "resolve") or "retry-after" in answer.headers
            if kind in ("ping", "event"):
                self.ledger.slowest_refusal = max(self.ledger.slowest_refusal, time.monotonic() - started)
        return answer

    async def _every(
        self, pause: float, action: Callable[[httpx.AsyncClient], Awaitable[None]], client: httpx.AsyncClient
    ) -> None:
        while True:
            await action(client)
            await asyncio.sleep(pause)


@asynccontextmanager
async def running(load: Load) -> AsyncIterator[None]:
    """The load runs while the block does; an error in it fails the test."""
    task = asyncio.create_task(load.run())
    try:
        yield
    finally:
        if not task.done():
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def create_monitors(connection: "asyncpg.Connection[Any]", count: int) -> dict[str, int]:
    """Monitors with an interval too short for the API, so that a test need not wait. Ids by key."""
    keys = [f"ih2:fault-{number}" for number in range(count)]
    rows = await connection.fetch(_MONITORS, keys, [key_hash(key) for key in keys], INTERVAL_SEC)
    return {row["integration_key"]: row["id"] for row in rows}


async def source_key(connection: "asyncpg.Connection[Any]") -> str:
    """The key of the first source for events."""
    return str(
        await connection.fetchval(
            "SELECT integration_key FROM alert_sources WHERE integration_type = 'API' ORDER BY id LIMIT 1"
        )
    )
