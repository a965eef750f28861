"""The watchdog: late work, a silent engine, broken invariants, a sign of life to the outside."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from support.product import OWNER_EMAIL, Outbox, Product
from tocsin.domains.alerts.periodic import AlertRetention, StuckAlerts
from tocsin.domains.heartbeats.periodic import ForgottenMonitors
from tocsin.engine.periodic import Periodic
from tocsin.entrypoints.watchdog import EngineWatch, LagWatch, SelfHeartbeat
from tocsin.infra.http_client import PrivateTarget, http_client, is_public


async def execute(product: Product, statement: str, **values: object) -> None:
    async with product.services.database.transaction() as session:
        await session.execute(text(statement), values)


async def value(product: Product, statement: str, **values: object) -> object:
    async with product.services.database.transaction() as session:
        return (await session.execute(text(statement), values)).scalar()


async def test_owners_are_told_once_an_hour_when_work_stays_late(product: Product) -> None:
    await product.anyone.post(
        "/api/events",
        json={"integrationKey": product.source_key, "eventType": "ALERT", "summary": "nobody processes me"},
    )
    events = next(work for work in product.works if work.name == "events")
    watch = LagWatch(product.services, [events])

    product.clock.advance(seconds=90)
    await watch.run(product.clock.at)
    assert (
        await value(product, "SELECT count(*) FROM notifications") == 0
    )  # it may only be a start after a standstill

    for _ in range(4):
        product.clock.advance(seconds=15)
        await watch.run(product.clock.at)
    delivery = next(work for work in product.works if work.name == "notifications")
    await delivery.run_due(product.clock.at)
    [mail] = product.outbox.take()
    assert mail.recipient == OWNER_EMAIL
    assert "events: " in mail.summary

    product.clock.advance(hours=1)
    await watch.run(product.clock.at)
    await delivery.run_due(product.clock.at)
    assert len(product.outbox.take()) == 1


async def test_nobody_is_told_when_the_lag_goes_away_by_itself(product: Product) -> None:
    await product.anyone.post(
        "/api/events",
        json={"integrationKey": product.source_key, "eventType": "ALERT", "summary": "late for a moment"},
    )
    events = next(work for work in product.works if work.name == "events")
    watch = LagWatch(product.services, [events])
    product.clock.advance(minutes=10)
    await watch.run(product.clock.at)
    await events.run_due(product.clock.at)
    product.clock.advance(seconds=30)
    await watch.run(product.clock.at)
    assert await value(product, "SELECT count(*) FROM notifications WHERE kind = 'SYSTEM'") == 0


async def test_the_web_tells_the_owners_itself_when_no_engine_has_turned_for_a_minute(
    product: Product,
) -> None:
    outbox = Outbox()
    one, other = EngineWatch(product.services, outbox), EngineWatch(product.services, outbox)
    await execute(
        product,
        "INSERT INTO engine_turns (engine_id, started_at, turned_at) VALUES ('e', :now, :now)",
        now=product.clock.at,
    )
    product.clock.advance(seconds=59)
    assert await one.look(product.clock.at) == 0
    product.clock.advance(seconds=15)
    told = await asyncio.gather(one.look(product.clock.at), other.look(product.clock.at))
    assert sorted(told) == [0, 1]
    [mail] = outbox.take()
    assert mail.recipient == OWNER_EMAIL

    product.clock.advance(minutes=59)
    assert await one.look(product.clock.at) == 0
    product.clock.advance(minutes=1)
    assert await one.look(product.clock.at) == 1

    product.clock.advance(hours=2)
    await execute(product, "UPDATE engine_turns SET turned_at = :now", now=product.clock.at)
    assert await one.look(product.clock.at) == 0


async def test_an_engine_that_was_never_started_is_missed_as_well(product: Product) -> None:
    watch = EngineWatch(product.services, Outbox())
    assert await watch.look(product.clock.at) == 0
    product.clock.advance(seconds=61)
    assert await watch.look(product.clock.at) == 1


async def test_an_open_alert_without_a_next_step_is_found_and_goes_on(product: Product) -> None:
    await product.event(eventType="ALERT", summary="stuck", alertKey="a")
    await product.event(eventType="ALERT", summary="orphan", alertKey="b")
    [orphan, stuck] = [alert["id"] for alert in await product.alerts()]
    product.outbox.take()
    await execute(
        product,
        "UPDATE alert_escalations SET due_at = NULL, ended_reason = NULL WHERE alert_id = :id",
        id=stuck,
    )
    await execute(product, "DELETE FROM alert_escalations WHERE alert_id = :id", id=orphan)
    check = StuckAlerts(product.services)
    assert await check.run(product.clock.at) == 0  # what was opened this very moment is left alone

    product.clock.advance(seconds=30)
    assert await check.run(product.clock.at) == 2
    assert await check.run(product.clock.at) == 0
    await product.turn()
    assert (
        await value(
            product,
            "SELECT count(*) FROM alert_escalations WHERE alert_id IN (:a, :b) "
            "AND (due_at IS NOT NULL OR ended_reason IS NOT NULL)",
            a=stuck,
            b=orphan,
        )
        == 2
    )


async def test_an_armed_monitor_without_a_next_look_gets_one(product: Product) -> None:
    await execute(
        product,
        "INSERT INTO heartbeat_monitors (account_id, name, integration_key, key_hash, interval_sec, badge_key, state, "
        "last_ping, created_at, updated_at) VALUES (:account, 'm', 'k', 1, 60, 'b', 'HEALTHY', :now, :now, :now)",
        account=product.account_id,
        now=product.clock.at,
    )
    assert await ForgottenMonitors(product.services).run(product.clock.at) == 1
    assert await value(product, "SELECT check_at FROM heartbeat_monitors") == product.clock.at


async def test_resolved_alerts_go_after_their_time_and_open_ones_stay(product: Product) -> None:
    await product.event(eventType="ALERT", summary="old and open", alertKey="open")
    await product.event(eventType="ALERT", summary="old and over", alertKey="over")
    await product.event(eventType="RESOLVE", alertKey="over")
    retention = AlertRetention(product.services)
    product.clock.advance(days=399)
    assert await retention.run(product.clock.at) == 0
    product.clock.advance(days=2)
    assert await retention.run(product.clock.at) == 1
    assert await value(product, "SELECT summary FROM alerts") == "old and open"


class _Task:
    def __init__(self, *, name: str = "task", fails: bool = False) -> None:
        self.name = name
        self.every = timedelta(minutes=1)
        self.batch = 10
        self.fails = fails
        self.runs = 0

    async def run(self, now: object) -> int:
        self.runs += 1
        if self.fails:
            raise RuntimeError("broken")
        return 0


async def test_two_engines_share_periodic_tasks_and_a_broken_one_stops_nothing(product: Product) -> None:
    task, broken = _Task(name="good"), _Task(name="broken", fails=True)
    engines = [Periodic(product.services.database, [task, broken]) for _ in range(2)]
    for _ in range(3):
        await asyncio.gather(*(engine.run_due(product.clock.at) for engine in engines))
        product.clock.advance(seconds=61)
    assert task.runs == 3
    assert broken.runs == 3
    error = await value(product, "SELECT last_error FROM periodic_work WHERE name = 'broken'")
    assert error == "RuntimeError('broken')"


@asynccontextmanager
async def _server(answer: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://localhost:{server.sockets[0].getsockname()[1]}/alive", asked
    finally:
        server.close()


async def test_the_installation_sends_its_own_heartbeat(product: Product) -> None:
    async with _server(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as (
        url,
        asked,
    ):
        settings = replace(product.services.settings, self_heartbeat_url=url, allow_private_targets=True)
        assert await SelfHeartbeat(replace(product.services, settings=settings)).run(product.clock.at) == 1
    assert asked[0].startswith(b"GET /alive HTTP/1.1")


async def test_a_name_that_leads_into_the_own_network_is_refused() -> None:
    async with _server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") as (url, asked):
        async with http_client(allow_private_targets=False) as client:
            with pytest.raises(PrivateTarget):
                await client.get(url)
            with pytest.raises(httpx.HTTPError):
                await client.get("http://[::ffff:127.0.0.1]/")
        assert asked == []


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(address: str, expected: bool) -> None:
    assert is_public(address) is expected
