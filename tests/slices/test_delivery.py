"""Pages from planning to the mail server, against a real database and a real SMTP server."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from support.clock import TestClock
from support.paging import Rule, World
from support.smtp_sink import SmtpSink, html_of, smtp_sink, text_of
from tocsin.domains.notifications import service
from tocsin.domains.notifications.jobs import DeliveryWork
from tocsin.infra.mail import ConsoleMailer, SmtpMailer, parse_smtp_url
from tocsin.infra.web import Services


@dataclass
class Stage:
    world: World
    clock: TestClock
    services: Services
    sink: SmtpSink
    work: DeliveryWork
    mailers: list[SmtpMailer] = field(default_factory=list)

    def another_process(self) -> DeliveryWork:
        mailer = SmtpMailer(parse_smtp_url(self.sink.url))
        self.mailers.append(mailer)
        return DeliveryWork(self.services, mailer)

    async def plan(self, alert_id: int, *users: int, priority: str = "HIGH", assignment: int = 1) -> int:
        async with self.services.database.transaction() as session:
            return await service.plan_pages(
                session,
                account_id=self.world.account_id,
                alert_id=alert_id,
                user_ids=users,
                priority=priority,
                assignment=assignment,
                why={"level": 1},
                now=self.clock.at,
            )

    async def cancel(self, alert_id: int, *, status: str = "ACCEPTED") -> None:
        """What accepting an alert does, in one transaction."""
        async with self.services.database.transaction() as session:
            await session.execute(
                text("UPDATE alerts SET status = :status, resolved_on = :resolved WHERE id = :id"),
                {
                    "status": status,
                    "id": alert_id,
                    "resolved": self.clock.at if status == "RESOLVED" else None,
                },
            )
            await service.cancel_pending(
                session, alert_ids=[alert_id], reason=f"the alert is {status.lower()}", now=self.clock.at
            )
            if status == "RESOLVED":
                await service.plan_recoveries(session, alert_ids=[alert_id], now=self.clock.at)

    async def turn(self) -> int:
        return await self.work.run_due(self.clock.at)

    async def states(self, alert_id: int) -> list[tuple[str, str | None]]:
        rows = await self.world.execute(
            "SELECT state, error FROM notifications WHERE alert_id = :id ORDER BY id", id=alert_id
        )
        return [(row.state, row.error) for row in rows]

    async def logged(self, alert_id: int) -> list[dict[str, Any]]:
        rows = await self.world.execute(
            "SELECT vars FROM log_entries WHERE alert_id = :id AND type = 'NotificationLogEntry' ORDER BY id",
            id=alert_id,
        )
        return [row.vars for row in rows]


@pytest.fixture
async def stage(services: Services, clock: TestClock) -> AsyncIterator[Stage]:
    world = World(services)
    await world.account()
    async with smtp_sink() as sink:
        mailer = SmtpMailer(parse_smtp_url(sink.url))
        made = Stage(world, clock, services, sink, DeliveryWork(services, mailer), [mailer])
        yield made
        for one in made.mailers:
            await one.close()


async def test_a_planned_page_reaches_the_mail_server_and_leaves_its_trace(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(
        ada,
        runbook_url="https://wiki.test/db1",
        custom_details={"monitor": "Backup of db1", "lastPing": "2026-03-02T11:30:00Z"},
    )
    assert await stage.plan(alert, ada) == 1

    assert await stage.turn() == 1

    [mail] = stage.sink.take()
    assert mail["To"] == "ada@acme.test"
    assert mail["Subject"] == f"[HIGH] #{alert} Backup of db1 is silent"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["In-Reply-To"] is None
    for part in (text_of(mail), html_of(mail)):
        assert "Backup of db1" in part
        assert "2026-03-02 11:30:00 UTC" in part
        assert "https://wiki.test/db1" in part
        assert "https://tocsin.test/n/" in part
    [row] = await stage.world.execute(
        "SELECT n.state, n.attempts, n.due_at, n.provider_id, t.outcome, t.response "
        "FROM notifications n JOIN notification_attempts t ON t.notification_id = n.id"
    )
    assert (row.state, row.attempts, row.due_at, row.outcome) == ("SENT", 1, None, "SENT")
    assert row.response == row.provider_id == "250 2.0.0 queued as 1"
    assert [entry["state"] for entry in await stage.logged(alert)] == ["SENT"]
    assert await stage.turn() == 0


async def test_planning_the_same_assignment_twice_pages_once(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada)
    assert await stage.plan(alert, ada) == 1
    assert await stage.plan(alert, ada) == 0
    assert await stage.plan(alert, ada, assignment=2) == 1
    await stage.turn()
    assert len(stage.sink.take()) == 2


async def test_a_delayed_rule_waits_and_an_accept_takes_it_back(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule(), Rule(delay_min=5, target="ada@home.test"))
    alert = await stage.world.alert(ada)
    assert await stage.plan(alert, ada) == 2
    await stage.turn()
    assert stage.sink.recipients == ["ada@acme.test"]
    stage.clock.advance(minutes=3)
    await stage.cancel(alert)
    stage.clock.advance(minutes=3)
    assert await stage.turn() == 0
    assert await stage.states(alert) == [("SENT", None), ("CANCELLED", "the alert is accepted")]
    assert [entry["state"] for entry in await stage.logged(alert)] == ["SENT", "CANCELLED"]


async def test_a_page_that_became_needless_without_being_cancelled_is_not_sent(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    gone, merged, taken_over = [await stage.world.alert(ada) for _ in range(3)]
    for alert in (gone, merged, taken_over):
        await stage.plan(alert, ada)
    await stage.world.execute("UPDATE alerts SET status = 'RESOLVED' WHERE id = :id", id=gone)
    await stage.world.execute(
        "UPDATE alerts SET merged_into_id = :other WHERE id = :id", id=merged, other=gone
    )
    await stage.world.execute("DELETE FROM alert_responders WHERE alert_id = :id", id=taken_over)
    await stage.turn()
    assert stage.sink.take() == []
    assert await stage.states(gone) == [("CANCELLED", "the alert is resolved")]
    assert await stage.states(merged) == [("CANCELLED", "the alert was merged into another one")]
    assert await stage.states(taken_over) == [("CANCELLED", "the user is no longer a responder")]


async def test_a_muted_user_gets_nothing_and_the_trace_says_why(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada)
    await stage.world.execute(
        "UPDATE users SET muted_until = :until", until=stage.clock.at + timedelta(hours=1)
    )
    await stage.plan(alert, ada)
    await stage.turn()
    assert stage.sink.take() == []
    assert await stage.states(alert) == [("SUPPRESSED", "muted by the user until 2026-03-02 13:00 UTC")]
    assert [entry["state"] for entry in await stage.logged(alert)] == ["SUPPRESSED"]


async def test_high_without_a_usable_rule_goes_to_the_login_address_and_says_so(stage: Stage) -> None:
    nothing = await stage.world.user("Ada")
    only_phone = await stage.world.user("Bob", Rule(method="SMS", target="+4915100000"))
    unverified = await stage.world.user("Cleo", Rule(target="cleo@home.test", status="LOCKED"))
    alert = await stage.world.alert(nothing, only_phone, unverified)
    await stage.plan(alert, nothing, only_phone, unverified)
    await stage.turn()
    mails = stage.sink.take()
    assert sorted(str(mail["To"]) for mail in mails) == ["ada@acme.test", "bob@acme.test", "cleo@acme.test"]
    assert all("none of your rules could be used" in text_of(mail) for mail in mails)
    reasons = await stage.world.execute(
        "SELECT why->>'fallback' AS why FROM notifications WHERE state = 'SENT'"
    )
    assert {row.why for row in reasons} == {
        "no rule for high priority alerts",
        "no usable rule for high priority alerts",
    }
    assert ("SUPPRESSED", "no provider for SMS is configured") in await stage.states(alert)
    assert ("SUPPRESSED", "the contact is not verified") in await stage.states(alert)


async def test_low_without_rules_pages_nobody(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada, priority="LOW")
    assert await stage.plan(alert, ada, priority="LOW") == 0


async def test_a_rule_that_repeats_goes_on_until_somebody_reacts(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule(repeat_every_min=10))
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    for minutes in (0, 10, 10):
        stage.clock.advance(minutes=minutes)
        await stage.turn()
    first, second, third = stage.sink.take()
    assert second["In-Reply-To"] == third["In-Reply-To"] == first["Message-ID"]
    assert len({mail["Message-ID"] for mail in (first, second, third)}) == 3
    assert "REMINDER 2" in text_of(third)
    await stage.cancel(alert)
    stage.clock.advance(minutes=10)
    assert await stage.turn() == 0
    assert [state for state, _ in await stage.states(alert)] == ["SENT", "SENT", "SENT", "CANCELLED"]


async def test_repeating_ends_after_a_day_with_an_entry_that_says_so(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule(repeat_every_min=600))
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    for _ in range(5):
        await stage.turn()
        stage.clock.advance(minutes=600)
    assert len(stage.sink.take()) == 3
    assert (await stage.states(alert))[-1] == (
        "SUPPRESSED",
        "repeated for 24 h without an answer; it ends here",
    )


async def test_a_refusal_for_now_is_tried_again_with_the_same_message_id(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    stage.sink.refuse_recipients["ada@acme.test"] = "450 4.2.1 try later"
    await stage.turn()
    assert await stage.states(alert) == [("SCHEDULED", "450 4.2.1 try later")]
    stage.clock.advance(seconds=9)
    assert await stage.turn() == 0
    stage.sink.refuse_recipients.clear()
    stage.clock.advance(seconds=4)
    await stage.turn()
    [mail] = stage.sink.take()
    attempts = await stage.world.execute("SELECT outcome FROM notification_attempts ORDER BY id")
    assert [row.outcome for row in attempts] == ["RETRY", "SENT"]
    [row] = await stage.world.execute("SELECT id FROM notifications")
    assert mail["Message-ID"] == f"<alert-{alert}-{row.id}@localhost>"
    assert [entry["state"] for entry in await stage.logged(alert)] == ["RETRY", "SENT"]


async def test_an_address_that_is_refused_for_good_falls_back_to_the_login_address(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule(target="ada@gone.test"))
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    stage.sink.refuse_recipients["ada@gone.test"] = "550 5.1.1 no such user"
    await stage.turn()
    await stage.turn()
    assert stage.sink.recipients == ["ada@acme.test"]
    assert await stage.states(alert) == [("FAILED", "550 5.1.1 no such user"), ("SENT", None)]
    [row] = await stage.world.execute(
        "SELECT why->>'fallback' AS why FROM notifications WHERE state = 'SENT'"
    )
    assert row.why == "the page to a•••@gone.test failed"


async def test_no_fallback_when_every_address_was_tried(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    stage.sink.refuse_recipients["ada@acme.test"] = "550 5.1.1 no such user"
    await stage.turn()
    assert await stage.turn() == 0
    assert [state for state, _ in await stage.states(alert)] == ["FAILED"]


async def test_a_process_that_dies_while_sending_repeats_the_page_at_most_once(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    for _ in range(2):
        stage.sink.hold, stage.sink.holding = asyncio.Event(), asyncio.Event()
        dying = asyncio.create_task(stage.another_process().run_due(stage.clock.at))
        await stage.sink.holding.wait()
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        stage.sink.hold.set()
        assert await stage.turn() == 0, "the lease still runs"
        stage.clock.advance(seconds=61)
    stage.sink.hold = None
    await stage.turn()
    assert [
        row.outcome for row in await stage.world.execute("SELECT outcome FROM notification_attempts")
    ] == [
        "INTERRUPTED",
        "INTERRUPTED",
    ]
    assert await stage.states(alert) == [
        ("FAILED", "interrupted twice while being sent; it may have arrived")
    ]


async def test_an_interrupted_page_is_sent_again_by_the_next_process(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    stage.sink.hold = asyncio.Event()
    dying = asyncio.create_task(stage.another_process().run_due(stage.clock.at))
    await stage.sink.holding.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    stage.sink.hold.set()
    stage.sink.take()
    stage.clock.advance(seconds=61)
    await stage.turn()
    assert stage.sink.recipients.count("ada@acme.test") >= 1
    attempts = await stage.world.execute("SELECT outcome FROM notification_attempts ORDER BY id")
    assert [row.outcome for row in attempts] == ["INTERRUPTED", "SENT"]


async def test_an_accept_during_the_send_does_not_lead_to_a_second_one(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule(repeat_every_min=5), Rule(delay_min=1, target="ada@home.test"))
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    stage.sink.hold = asyncio.Event()
    sending = asyncio.create_task(stage.turn())
    await stage.sink.holding.wait()
    await stage.cancel(alert)
    stage.sink.hold.set()
    await sending
    stage.clock.advance(minutes=30)
    await stage.turn()
    assert len(stage.sink.take()) == 1
    assert [state for state, _ in await stage.states(alert)] == ["SENT", "CANCELLED"]


async def test_two_processes_share_the_pages_and_send_each_once(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alerts = [await stage.world.alert(ada) for _ in range(120)]
    for alert in alerts:
        await stage.plan(alert, ada)
    other = stage.another_process()
    done = await asyncio.gather(stage.turn(), other.run_due(stage.clock.at))
    assert sum(done) == 120
    subjects = [str(mail["Subject"]) for mail in stage.sink.take()]
    assert len(subjects) == len(set(subjects)) == 120
    assert stage.sink.connections <= 16, "messages share connections"


async def test_a_failing_provider_makes_pages_wait_instead_of_failing(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alerts = [await stage.world.alert(ada) for _ in range(60)]
    for alert in alerts:
        await stage.plan(alert, ada)
    stage.sink.refuse_with = "421 4.3.2 shutting down"
    await stage.turn()
    tried = await stage.world.execute("SELECT count(*) AS n FROM notification_attempts")
    assert 5 <= tried[0].n <= 13, "five failures open the breaker; what was on its way then ends too"
    stage.clock.advance(seconds=20)
    await stage.turn()
    assert await stage.world.execute("SELECT count(*) AS n FROM notification_attempts") == tried
    assert await stage.work.oldest_due(stage.clock.at) is not None
    stage.sink.refuse_with = None
    for _ in range(8):
        stage.clock.advance(seconds=31)
        await stage.turn()
        await stage.turn()
    assert len(stage.sink.take()) == 60


async def test_a_connection_that_drops_is_a_reason_to_try_again(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    stage.sink.drop = "before"
    await stage.turn()
    assert stage.sink.dropped == 1
    stage.sink.drop = None
    stage.clock.advance(seconds=15)
    await stage.turn()
    assert stage.sink.recipients == ["ada@acme.test"]


async def test_the_recovery_goes_to_those_who_were_paged_in_the_same_thread(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule(), Rule(target="ada@home.test"))
    bob = await stage.world.user("Bob", Rule(delay_min=30))
    alert = await stage.world.alert(ada, bob)
    await stage.plan(alert, ada, bob)
    await stage.turn()
    pages = {str(mail["To"]): mail for mail in stage.sink.take()}
    assert set(pages) == {"ada@acme.test", "ada@home.test"}
    stage.clock.advance(minutes=12, seconds=5)
    await stage.cancel(alert, status="RESOLVED")
    await stage.turn()
    recoveries = {str(mail["To"]): mail for mail in stage.sink.take()}
    assert set(recoveries) == set(pages)
    for address, mail in recoveries.items():
        assert mail["In-Reply-To"] == mail["References"] == pages[address]["Message-ID"]
        assert mail["Subject"] == f"[RESOLVED] #{alert} Backup of db1 is silent"
        assert "It lasted 12 min 5 s." in text_of(mail)
        assert "/n/" not in html_of(mail)


async def test_no_recovery_without_a_page_that_arrived(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    stage.sink.refuse_recipients["ada@acme.test"] = "450 later"
    await stage.turn()
    await stage.cancel(alert, status="RESOLVED")
    stage.sink.refuse_recipients.clear()
    stage.clock.advance(minutes=5)
    await stage.turn()
    assert stage.sink.take() == []
    assert [state for state, _ in await stage.states(alert)] == ["CANCELLED"]


async def test_a_recovery_planned_while_the_page_is_being_sent_waits_for_it(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada)
    await stage.plan(alert, ada)
    stage.sink.hold = asyncio.Event()
    sending = asyncio.create_task(stage.turn())
    await stage.sink.holding.wait()
    await stage.cancel(alert, status="RESOLVED")
    other = stage.another_process()
    await other.run_due(stage.clock.at)
    assert stage.sink.arrived == []
    stage.sink.hold.set()
    await sending
    stage.clock.advance(seconds=3)
    await stage.turn()
    assert [str(mail["Subject"]).split()[0] for mail in stage.sink.take()] == ["[HIGH]", "[RESOLVED]"]


async def test_drills_say_so_in_subject_and_text(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule())
    alert = await stage.world.alert(ada, is_drill=True)
    await stage.plan(alert, ada)
    await stage.turn()
    [mail] = stage.sink.take()
    assert mail["Subject"] == f"[DRILL] [HIGH] #{alert} Backup of db1 is silent"
    assert "This is a drill" in text_of(mail)


async def test_a_system_message_is_told_once_to_each(stage: Stage) -> None:
    ada = await stage.world.user("Ada")
    for _ in range(2):
        async with stage.services.database.transaction() as session:
            await service.plan_system(
                session,
                account_id=stage.world.account_id,
                user_ids=[ada],
                subject="The engine is late",
                text="Pages are 70 s late.",
                dedup_key="engine-late-1",
                now=stage.clock.at,
            )
    await stage.turn()
    [mail] = stage.sink.take()
    assert mail["Subject"] == "[TOCSIN] The engine is late"
    assert "Pages are 70 s late." in text_of(mail)


async def test_a_test_message_reaches_a_contact_that_is_not_verified_yet(stage: Stage) -> None:
    ada = await stage.world.user("Ada", Rule(target="ada@home.test", status="LOCKED"))
    [contact] = await stage.world.execute("SELECT id FROM contacts")
    async with stage.services.database.transaction() as session:
        await service.plan_test(
            session,
            account_id=stage.world.account_id,
            user_id=ada,
            contact_id=contact.id,
            test_key="1",
            now=stage.clock.at,
        )
    await stage.turn()
    assert stage.sink.recipients == ["ada@home.test"]


async def test_without_a_mail_server_pages_are_written_to_the_log(
    services: Services, clock: TestClock
) -> None:
    world = World(services)
    await world.account()
    ada = await world.user("Ada", Rule())
    alert = await world.alert(ada)
    async with services.database.transaction() as session:
        await service.plan_pages(
            session,
            account_id=world.account_id,
            alert_id=alert,
            user_ids=[ada],
            priority="HIGH",
            assignment=1,
            why={},
            now=clock.at,
        )
    await DeliveryWork(services, ConsoleMailer()).run_due(clock.at)
    [row] = await world.execute("SELECT provider, outcome FROM notification_attempts")
    assert (row.provider, row.outcome) == ("log", "SENT")
