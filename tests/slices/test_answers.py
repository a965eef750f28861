"""Answers to a page: the link of the mail, and replies to it, through the whole product."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtplib import SMTP
from aiosmtplib.errors import SMTPResponseException

from support.clock import TestClock
from support.product import Product, running_product
from support.smtp_sink import html_of
from tocsin.domains.alerts import service
from tocsin.domains.responses.inbound_mail import ReplyServer
from tocsin.infra.settings import Settings
from tocsin.infra.web import Services


@pytest.fixture
async def product(services: Services, clock: TestClock, settings: Settings) -> AsyncIterator[Product]:
    taking_replies = replace(settings, inbound_smtp_port=2525, inbound_mail_domain="on.acme.test")
    async with running_product(replace(services, settings=taking_replies), clock) as product:
        yield product


@pytest.fixture
async def replies(product: Product) -> AsyncIterator[ReplyServer]:
    server = ReplyServer(product.services)
    await server.open(port=0)
    yield server
    await server.close()


async def paged(product: Product, key: str = "disk") -> tuple[int, str]:
    """Open an alert; returns its id and the token of its page."""
    await product.event(eventType="ALERT", summary="Disk full", alertKey=key)
    [envelope] = product.outbox.take()
    found = re.search(r"https://tocsin\.test/n/(\w+)", envelope.summary)
    assert found
    [alert] = [alert for alert in await product.alerts() if alert["alertKey"] == key]
    return alert["id"], found.group(1)


async def status_of(product: Product, alert_id: int) -> str:
    return str((await product.api.get(f"/api/alerts/{alert_id}")).json()["status"])


async def test_looking_at_the_page_changes_nothing(product: Product) -> None:
    alert_id, token = await paged(product)
    for method in ("GET", "HEAD", "GET"):
        answer = await product.anyone.request(method, f"/n/{token}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["content-type"].startswith("text/html")
    assert "Disk full" in answer.text
    assert answer.text.count("<button") == 2
    assert "<script" not in answer.text
    assert await status_of(product, alert_id) == "PENDING"


async def test_the_form_accepts_and_a_second_answer_says_by_whom(product: Product) -> None:
    alert_id, token = await paged(product)
    first = await product.anyone.post(f"/n/{token}", data={"action": "accept"})
    assert first.status_code == 200
    assert "You have accepted this alert" in first.text
    assert await status_of(product, alert_id) == "ACCEPTED"
    second = await product.anyone.post(f"/n/{token}", data={"action": "accept"})
    assert "already accepted by" in second.text
    entries = (
        await product.api.get(f"/api/alerts/{alert_id}/log-entries", params={"include": "vars"})
    ).json()
    responses = [entry for entry in entries if entry["logEntryType"] == "UserResponseLogEntry"]
    assert len(responses) == 1
    assert responses[0]["vars"]["channel"] == "EMAIL"
    third = await product.anyone.post(f"/n/{token}", data={"action": "resolve"})
    assert "You have resolved this alert" in third.text
    assert await status_of(product, alert_id) == "RESOLVED"
    fourth = await product.anyone.post(f"/n/{token}", data={"action": "accept"})
    assert "already resolved by" in fourth.text
    assert "<button" not in fourth.text


async def test_a_form_that_asks_for_nothing_changes_nothing(product: Product) -> None:
    alert_id, token = await paged(product)
    for data in ({}, {"action": "explode"}, {"action": "a" * 5000}):
        answer = await product.anyone.post(f"/n/{token}", data=data)
        assert answer.status_code == 400
        assert "Nothing was changed" in answer.text
    assert (await product.anyone.post(f"/n/{token}", content=b"\xff\xfe\x00")).status_code == 400
    assert await status_of(product, alert_id) == "PENDING"


async def test_unknown_and_expired_links_get_a_friendly_page(product: Product) -> None:
    _, token = await paged(product)
    for wrong in ("nothing", "0" * 40, "%00", "x" * 300):
        answer = await product.anyone.get(f"/n/{wrong}")
        assert answer.status_code == 404
        assert "does not work any more" in answer.text
    product.clock.advance(timedelta(days=7, seconds=1))
    assert (await product.anyone.get(f"/n/{token}")).status_code == 404
    german = await product.anyone.post(
        f"/n/{token}", data={"action": "accept"}, headers={"accept-language": "de-DE"}
    )
    assert german.status_code == 404
    assert "Dieser Link gilt nicht mehr" in german.text


async def test_text_from_outside_is_escaped_on_the_page_and_in_the_mail(product: Product) -> None:
    await product.event(
        eventType="ALERT", summary="<img src=x onerror=alert(1)>\r\nBcc: all@acme.test", alertKey="x"
    )
    [envelope] = product.outbox.take()
    head = envelope.content.split(b"\r\n\r\n", 1)[0]
    assert b"\r\nBcc:" not in head
    found = re.search(r"/n/(\w+)", envelope.summary)
    assert found
    page = await product.anyone.get(f"/n/{found.group(1)}")
    assert "<img" not in page.text
    mail = message_from_bytes(envelope.content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert "<img" not in html_of(mail)


async def test_the_delivery_list_shows_tries_and_hides_addresses_from_others(product: Product) -> None:
    alert_id, token = await paged(product)
    await product.anyone.post(f"/n/{token}", data={"action": "accept"})
    mine = (await product.api.get(f"/api/alerts/{alert_id}/notifications")).json()
    assert mine[0]["target"] == "owner@acme.test"
    assert mine[0]["status"] == "SUCCESS"
    assert set(mine[0]["user"]) == {"id", "firstname", "lastname"}
    assert set(mine[0]) == {
        "id", "method", "target", "subject", "alertId", "user", "notificationTime", "status", "errorMessage",
    }  # fmt: skip
    [delivery, *_] = (await product.api.get(f"/api/alerts/{alert_id}/deliveries")).json()
    assert delivery["state"] == "SENT"
    assert [one["outcome"] for one in delivery["attempts"]] == ["SENT"]
    assert delivery["attempts"][0]["response"] == "250 ok"
    everything = (await product.api.get("/api/deliveries", params={"states": "SENT"})).json()
    assert everything[0]["alert"] == {"id": alert_id, "summary": "Disk full"}
    assert (await product.api.get("/api/deliveries", params={"states": "LOST"})).status_code == 400
    assert (await product.api.get("/api/alerts/1/deliveries")).status_code == 404


async def reply(server: ReplyServer, token: str, text: str, **headers: str) -> str:
    """Send a reply by SMTP; returns the server's answer."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "owner@acme.test", f"reply+{token}@on.acme.test", "Re: page"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    assert server.port
    async with SMTP(hostname="127.0.0.1", port=server.port, start_tls=False) as client:
        try:
            _, answer = await client.send_message(mail)
        except SMTPResponseException as error:
            return f"{error.code} {error.message}"
        return answer


async def test_a_reply_accepts_or_resolves_and_keeps_what_else_was_written(
    product: Product, replies: ReplyServer
) -> None:
    alert_id, token = await paged(product)
    await reply(
        replies, token, "Accept. Looking at it now.\n\nOn Mon, Tocsin <t@x> wrote:\n> [HIGH] Disk full\n"
    )
    assert await status_of(product, alert_id) == "ACCEPTED"
    comments = (await product.api.get(f"/api/alerts/{alert_id}/comments")).json()
    assert [comment["content"] for comment in comments] == ["Looking at it now."]
    await reply(replies, token.upper(), "lösen")
    assert await status_of(product, alert_id) == "RESOLVED"


async def test_an_unclear_reply_becomes_a_comment(product: Product, replies: ReplyServer) -> None:
    alert_id, token = await paged(product)
    await reply(replies, token, "A question: who accepts this?\n> accept")
    assert await status_of(product, alert_id) == "PENDING"
    comments = (await product.api.get(f"/api/alerts/{alert_id}/comments")).json()
    assert [comment["content"] for comment in comments] == ["A question: who accepts this?"]


async def test_machines_cannot_answer_a_page(product: Product, replies: ReplyServer) -> None:
    alert_id, token = await paged(product)
    for headers in (
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<x.acme.test>"},
        {"Message_ID": f"<alert-{alert_id}-7@localhost>"},
    ):
        await reply(replies, token, "accept", **headers)
    assert await status_of(product, alert_id) == "PENDING"
    assert (await product.api.get(f"/api/alerts/{alert_id}/comments")).json() == []


async def test_mail_to_strange_addresses_and_with_dead_tokens_is_refused(
    product: Product, replies: ReplyServer
) -> None:
    assert (await reply(replies, "0" * 40, "accept")).startswith("550")
    assert replies.port
    async with SMTP(hostname="127.0.0.1", port=replies.port, start_tls=False) as client:
        await client.mail("owner@acme.test")
        for address in ("root@on.acme.test", "reply+short@on.acme.test", f"reply+{'0' * 40}@elsewhere.test"):
            with pytest.raises(SMTPResponseException, match="only takes replies"):
                await client.rcpt(address)


async def test_pages_ask_for_replies_to_their_own_address(product: Product) -> None:
    await product.event(eventType="ALERT", summary="Disk full", alertKey="disk")
    [envelope] = product.outbox.take()
    assert re.search(rb"\r\nReply-To: reply\+[0-9a-f]{40}@on\.acme\.test\r\n", envelope.content)


async def test_accepting_while_pages_go_out_never_blocks_and_never_pages_twice(product: Product) -> None:
    for number in range(60):
        await product.anyone.post(
            "/api/events",
            json={
                "integrationKey": product.source_key,
                "eventType": "ALERT",
                "summary": f"Disk {number} full",
                "alertKey": f"disk-{number}",
            },
        )
    works = {work.name: work for work in product.works}
    await works["events"].run_due(product.clock.at)
    await works["escalations"].run_due(product.clock.at)
    alerts = await product.alerts(**{"max-results": 100})
    assert len(alerts) == 60

    async def accept(alert_id: int) -> None:
        async with product.services.database.transaction() as session:
            await service.accept(
                session,
                alert_id,
                account_id=product.account_id,
                user_id=product.owner_id,
                channel="API",
                now=product.clock.at,
            )

    deliver = works["notifications"].run_due
    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        for index, alert in enumerate(alerts):
            tasks.create_task(accept(alert["id"]))
            if index % 20 == 0:
                tasks.create_task(deliver(product.clock.at))
    await product.turn()
    subjects = [envelope.summary.split("\n")[2] for envelope in product.outbox.take()]
    assert len(subjects) == len(set(subjects))
    deliveries = (await product.api.get("/api/deliveries", params={"max-results": 100})).json()
    assert {delivery["state"] for delivery in deliveries} <= {"SENT", "CANCELLED"}
    assert len(deliveries) == 60


async def test_a_user_can_send_himself_a_test_mail_once_a_minute(product: Product) -> None:
    contacts = (await product.api.get(f"/api/users/{product.owner_id}/contacts/emails")).json()
    path = f"/api/users/{product.owner_id}/contacts/emails/{contacts[0]['id']}/test"
    first = await product.api.post(path)
    assert first.status_code == 202, first.text
    assert (await product.api.post(path)).status_code == 429
    await product.turn()
    [envelope] = product.outbox.take()
    assert "TEST MESSAGE" in envelope.summary
    [delivery] = (await product.api.get("/api/deliveries")).json()
    assert delivery["id"] == first.json()["notificationId"]
    assert delivery["kind"] == "TEST"
    assert (
        await product.api.post(f"/api/users/{product.owner_id}/contacts/emails/1/test")
    ).status_code == 404
