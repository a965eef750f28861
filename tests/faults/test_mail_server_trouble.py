"""A mail server that is slow, broken or refusing: pages wait, are seen to wait, and go out once when it is back."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.product import Product
from support.smtp_sink import SmtpSink, smtp_sink
from tocsin.domains.notifications.jobs import DeliveryWork
from tocsin.infra.mail import open_mailer
from tocsin.kernel.work import Work


@pytest.fixture
async def sink() -> AsyncIterator[SmtpSink]:
    async with smtp_sink() as running:
        yield running


@pytest.fixture
async def delivery(product: Product, sink: SmtpSink) -> AsyncIterator[Work]:
    mailer = open_mailer(sink.url)
    yield DeliveryWork(product.services, mailer)
    await mailer.close()


async def open_alerts(product: Product, count: int) -> None:
    """Alerts whose pages are planned and not yet sent."""
    for number in range(count):
        await product.anyone.post(
            "/api/events",
            json={
                "integrationKey": product.source_key,
                "eventType": "ALERT",
                "summary": f"trouble {number}",
                "alertKey": str(number),
            },
        )
    for work in product.works:
        if work.name in ("events", "escalations"):
            await work.run_due(product.clock.at)


async def deliveries(product: Product) -> list[dict[str, Any]]:
    answer = await product.api.get("/api/deliveries", params={"max-results": 100})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def keep_delivering(product: Product, delivery: Work, *, minutes: float) -> None:
    for _ in range(int(minutes * 12)):
        product.clock.advance(seconds=5)
        await delivery.run_due(product.clock.at)


async def test_a_refusing_server_is_tried_again_until_it_takes_the_page_once(
    product: Product, sink: SmtpSink, delivery: Work
) -> None:
    sink.refuse_with = "451 come back later"
    await open_alerts(product, 3)
    await delivery.run_due(product.clock.at)
    waiting = await deliveries(product)
    assert {row["state"] for row in waiting} == {"SCHEDULED"}
    assert all("451" in row["attempts"][-1]["response"] for row in waiting if row["attempts"])

    sink.refuse_with = None
    await keep_delivering(product, delivery, minutes=4)
    assert len(sink.arrived) == 3
    assert set(Counter(mail["Message-ID"] for mail in sink.arrived).values()) == {1}
    assert Counter(row["state"] for row in await deliveries(product))["SENT"] == 3


async def test_a_broken_server_opens_the_breaker_and_pages_keep_their_tries(
    product: Product, sink: SmtpSink, delivery: Work
) -> None:
    sink.drop = "before"
    await open_alerts(product, 20)
    await keep_delivering(product, delivery, minutes=3)
    rows = await deliveries(product)
    assert {row["state"] for row in rows} == {"SCHEDULED"}
    # While the breaker is open one probe each half minute goes out, not twenty pages each time.
    assert sum(len(row["attempts"]) for row in rows) < 60
    assert not sink.arrived

    sink.drop = None
    await keep_delivering(product, delivery, minutes=10)
    assert len({mail["Subject"] for mail in sink.arrived}) == 20
    assert set(Counter(mail["Message-ID"] for mail in sink.arrived).values()) == {1}


async def test_a_server_that_hangs_up_after_taking_a_page_gets_it_at_most_twice_with_the_same_id(
    product: Product, sink: SmtpSink, delivery: Work
) -> None:
    sink.drop = "after"
    await open_alerts(product, 1)
    await delivery.run_due(product.clock.at)
    sink.drop = None
    await keep_delivering(product, delivery, minutes=3)
    assert len(sink.arrived) == 2
    assert len({mail["Message-ID"] for mail in sink.arrived}) == 1


async def test_a_slow_server_delays_pages_and_repeats_none(
    product: Product, sink: SmtpSink, delivery: Work
) -> None:
    sink.pause = 0.2
    await open_alerts(product, 20)
    await delivery.run_due(product.clock.at)
    assert len(sink.arrived) == 20
    await keep_delivering(product, delivery, minutes=2)
    assert len(sink.arrived) == 20


async def test_pages_that_wait_behind_a_slow_server_are_not_sent_after_somebody_accepted(
    product: Product, sink: SmtpSink, delivery: Work
) -> None:
    sink.pause = 0.6
    await open_alerts(product, 20)
    sending = asyncio.create_task(delivery.run_due(product.clock.at))
    while not sink.arrived:  # noqa: ASYNC110  (a real server, in its own time)
        await asyncio.sleep(0.01)
    for alert in await product.alerts():
        answer = await product.api.put(f"/api/alerts/{alert['id']}/accept")
        assert answer.status_code == 200
    already = len(sink.arrived)
    await sending
    await keep_delivering(product, delivery, minutes=1)
    # Those at the server's door when the first was accepted may still arrive, the others not.
    assert len(sink.arrived) <= already + 8
    assert len(sink.arrived) < 20
