"""Stories of pages and recoveries: who is told what, when, and never after somebody reacted."""

import asyncio
from dataclasses import dataclass, field

from support.product import Product
from support.smtp_sink import text_of
from tocsin.domains.notifications.jobs import DeliveryWork
from tocsin.infra.mail import Envelope, Handed


@dataclass
class SlowMailer:
    """Holds every mail until it is let go."""

    provider: str = "slow"
    sent: list[Envelope] = field(default_factory=list)
    has_begun: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def hand_over(self, envelope: Envelope) -> Handed:
        self.sent.append(envelope)
        self.has_begun.set()
        await self.may_end.wait()
        return Handed(outcome="SENT", response="250 ok")

    async def close(self) -> None:
        """Nothing to close."""


async def test_an_accept_while_the_mail_is_being_sent_lets_it_end_and_stops_everything_else(
    product: Product,
) -> None:
    mailer = SlowMailer()
    for work in list(product.works):
        if work.name == "notifications":
            product.works.remove(work)
    await product.event(eventType="ALERT", summary="Disk full", alertKey="k")
    (alert,) = await product.alerts()
    sending = asyncio.create_task(DeliveryWork(product.services, mailer).run_due(product.clock.at))
    await asyncio.wait_for(mailer.has_begun.wait(), 10)
    accepted = await product.api.put(f"/api/alerts/{alert['id']}/accept")
    assert accepted.json()["status"] == "ACCEPTED"
    mailer.may_end.set()
    await sending
    product.clock.advance(hours=1)
    await DeliveryWork(product.services, mailer).run_due(product.clock.at)
    assert len(mailer.sent) == 1
    states = [
        item["state"] for item in (await product.api.get(f"/api/alerts/{alert['id']}/deliveries")).json()
    ]
    assert states[0] == "SENT"
    assert "SCHEDULED" not in states
    await product.event(eventType="RESOLVE", alertKey="k")
    await DeliveryWork(product.services, mailer).run_due(product.clock.at)
    assert "[RESOLVED]" in mailer.sent[-1].content.decode()
    assert len(mailer.sent) == 2, "who was being paged hears of the end, once"


async def test_a_page_is_repeated_until_someone_reacts_and_never_after(product: Product) -> None:
    alert = await product.opened()
    assert product.paged() == ["owner"]
    for _ in range(3):
        await product.after(minutes=5)
        assert product.paged() == ["owner"]
    await product.api.put(f"/api/alerts/{alert['id']}/accept")
    await product.after(hours=30)
    assert product.paged() == []


async def test_a_recovery_goes_to_exactly_the_paged_in_the_same_thread_with_the_length_of_the_outage(
    product: Product,
) -> None:
    ada, bob, cleo = [await product.create_user(name) for name in ("Ada", "Bob", "Cleo")]
    policy = await product.create_policy((5, [ada["id"]]), (5, [bob["id"]]), (5, [cleo["id"]]))
    await product.use_policy(policy["id"])
    await product.event(eventType="ALERT", summary="Disk full", alertKey="k")
    await product.after(minutes=7)
    pages = {str(mail["To"]): mail for mail in reversed(product.mails())}
    assert set(pages) == {"ada@acme.test", "bob@acme.test"}
    await product.event(eventType="RESOLVE", alertKey="k")
    recoveries = product.mails()
    assert sorted(str(mail["To"]) for mail in recoveries) == sorted(pages)
    for mail in recoveries:
        page = pages[str(mail["To"])]
        assert mail["In-Reply-To"] == page["Message-ID"]
        assert str(page["Message-ID"]) in str(mail["References"])
        assert str(mail["Subject"]).startswith("[RESOLVED]")
        assert "7 min" in text_of(mail)
    await product.after(hours=1)
    assert product.paged() == []


async def test_the_length_of_a_heartbeats_outage_counts_from_the_missed_deadline(product: Product) -> None:
    monitor = await product.create(
        "heartbeat-monitors", name="Backup", intervalSec=60, alertSource={"id": product.source_id}
    )
    path = f"/api/pings/{monitor['integrationKey']}"
    await product.anyone.get(path)
    await product.after(seconds=61)
    assert product.paged() == ["owner"]
    await product.after(seconds=119)
    await product.anyone.get(path)
    await product.turn()
    (mail,) = product.mails()
    assert "2 min" in text_of(mail)


async def test_an_alert_that_ends_before_anyone_was_paged_sends_no_recovery(product: Product) -> None:
    policy = await product.create_policy((5, [product.owner_id]), delayMin=5)
    await product.use_policy(policy["id"])
    await product.event(eventType="ALERT", summary="Disk full", alertKey="k")
    await product.after(minutes=1)
    await product.event(eventType="RESOLVE", alertKey="k")
    await product.after(hours=1)
    assert product.paged() == []


async def test_a_removed_responder_is_not_paged_again(product: Product) -> None:
    bob = await product.create_user("Bob")
    alert = await product.opened()
    await product.api.post(f"/api/alerts/{alert['id']}/responders", json={"user": {"id": bob["id"]}})
    await product.turn()
    assert sorted(product.paged()) == ["bob", "owner"]
    await product.api.delete(f"/api/alerts/{alert['id']}/responders/{bob['id']}")
    await product.after(minutes=11)
    assert set(product.paged()) == {"owner"}


async def test_downtime_of_the_engine_fires_the_overdue_levels_in_order_and_each_once(
    product: Product,
) -> None:
    ada, bob = [await product.create_user(name) for name in ("Ada", "Bob")]
    policy = await product.create_policy((5, [ada["id"]]), (5, [bob["id"]]))
    await product.use_policy(policy["id"])
    alert = await product.opened()
    product.outbox.take()
    product.clock.advance(hours=2)
    await product.turn()
    found = await product.alert(alert["id"])
    assert [item["user"]["id"] for item in found["responders"]] == [ada["id"], bob["id"]]
    assert product.paged().count("bob") == 1
