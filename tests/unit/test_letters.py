"""What mails look like: the same facts in text and HTML, in two languages, safe against what comes from outside."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domains.notifications import wording
from tocsin.domains.notifications.claims import AlertFacts, Due
from tocsin.domains.notifications.letters import Letter, letter_of
from tocsin.domains.notifications.rules import DueFacts
from tocsin.domains.responses import wording as answer_wording
from tocsin.infra.mime import message

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ALERT = AlertFacts(
    id=4711,
    summary="Backup of db1 is silent",
    details="Expected every 1 h.\nNothing came.",
    status="PENDING",
    priority="HIGH",
    report_time=NOW,
    resolved_on=None,
    is_drill=False,
    runbook_url="https://wiki.test/db1?a=1&b=2",
    links=[
        {"href": "https://graph.test/1", "text": "Graph"},
        {"href": "javascript:alert(1)", "text": "Bad"},
        {"href": "https://wiki.test/db1?a=1&b=2", "text": "Runbook"},
    ],
    custom_details={
        "monitorId": 12,
        "monitorName": "Backup of db1",
        "intervalSec": 3600,
        "lastPing": None,
        "overdueSince": "2026-03-02T11:00:00.000Z",
        "exit_code": 3,
    },
    source="Heartbeats",
    policy="Night shift",
    resolved_by=None,
)
DUE = Due(
    id=9,
    account_id=1,
    alert_id=4711,
    user_id=5,
    kind="PAGE",
    method="EMAIL",
    target="ada@acme.test",
    contact_id=1,
    subject=None,
    why={"level": 0},
    repeat_every_min=None,
    planned_at=NOW,
    scheduled_for=NOW,
    attempts=0,
    facts=DueFacts(
        kind="PAGE",
        state="SCHEDULED",
        interruptions=0,
        alert_status="PENDING",
        is_merged=False,
        is_responder=True,
        muted_until=None,
        contact_status="OK",
    ),
    alert=ALERT,
    first_name="Ada",
    last_name="Test",
    login_email="ada@acme.test",
    language="en",
    timezone="Europe/Berlin",
    thread_root=None,
)


def write(due: Due, *, token: str | None = "t" * 40, takes_replies: bool = False) -> Letter:
    return letter_of(due, base_url="https://tocsin.test", token=token, takes_replies=takes_replies)


def about(**changed: Any) -> Due:
    return replace(DUE, alert=replace(ALERT, **changed))


def test_a_page_says_what_where_since_when_and_what_to_do() -> None:
    letter = write(DUE)
    assert letter.subject == "[HIGH] #4711 Backup of db1 is silent"
    for part in (letter.text, letter.html):
        for fact in (
            "Backup of db1",
            "Heartbeats",
            "Night shift, level 1",
            "2026-03-02 13:00:00 CET",
            "2026-03-02 12:00:00 CET",
            "Expected every",
            "1 h",
            "never",
            "Nothing came.",
            "https://graph.test/1",
            "https://tocsin.test/alerts/4711",
            f"https://tocsin.test/n/{'t' * 40}",
        ):
            assert fact in part
        assert "javascript:" not in part
    assert letter.text.count("https://wiki.test/db1?a=1&b=2") == 1
    assert "https://wiki.test/db1?a=1&amp;b=2" in letter.html
    assert "Accept alert" in letter.html
    assert "Resolve alert" in letter.html


def test_the_language_of_the_user_is_used() -> None:
    letter = write(replace(DUE, language="DE"))
    assert "BITTE HANDELN" in letter.text
    assert "Alarm annehmen" in letter.html
    assert '<html lang="de"' in letter.html
    assert "Letztes Lebenszeichen: nie" in letter.text


def test_every_word_exists_in_both_languages_with_the_same_places_to_fill() -> None:
    for english, german in (
        (wording.ENGLISH, wording.GERMAN),
        (answer_wording.ENGLISH, answer_wording.GERMAN),
    ):
        assert english.keys() == german.keys()
        for key, text in english.items():
            assert re.findall(r"\{\w+\}", text) == re.findall(r"\{\w+\}", german[key]), key


def test_a_recovery_tells_the_length_from_the_start_of_the_outage() -> None:
    due = replace(
        about(status="RESOLVED", resolved_on=NOW + timedelta(minutes=30), resolved_by="Bob Test"),
        kind="RECOVERY",
    )
    letter = write(due, token=None)
    assert letter.subject == "[RESOLVED] #4711 Backup of db1 is silent"
    assert "It lasted 1 h 30 min." in letter.text
    assert "Resolved by: Bob Test" in letter.text
    assert "/n/" not in letter.html
    assert "Accept alert" not in letter.html


def test_mails_load_nothing_from_elsewhere() -> None:
    html = write(DUE).html
    assert "googleapis" not in html
    assert not re.search(r"<(img|script|link|iframe)\b|@import|url\(", html)


def test_low_priority_and_drills_are_told_apart_by_words() -> None:
    assert "low priority" in write(about(priority="LOW")).text.lower()
    drill = write(about(is_drill=True))
    assert drill.subject.startswith("[DRILL] [HIGH] ")
    assert drill.text.startswith("DRILL · ")


def test_the_hint_to_reply_is_there_only_when_replies_are_taken() -> None:
    assert "answer this mail" not in write(DUE).text
    assert "answer this mail" in write(DUE, takes_replies=True).text


@given(text=st.text(max_size=200))
def test_nothing_from_outside_gets_into_the_markup(text: str) -> None:
    hostile = f"<b>{text}\"'<script>"
    letter = write(about(summary=hostile, details=hostile, source=hostile, custom_details={hostile: hostile}))
    assert "<b>" not in letter.html
    assert "<script" not in letter.html


@given(subject=st.text(max_size=300), body=st.text(max_size=500))
def test_any_text_makes_a_message_that_can_be_read_back(subject: str, body: str) -> None:
    content = message(
        sender="Tocsin <tocsin@acme.test>",
        recipient="ada@acme.test\r\nBcc: x@y.test",
        subject=subject,
        message_id="alert-1-2@acme.test",
        at=NOW,
        text=body,
        html=f"<p>{body}</p>",
    )
    head = content.split(b"\r\n\r\n", 1)[0]
    assert b"\nBcc:" not in head
    assert not re.search(rb"(?<!\r)\n", content)
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    mail = message_from_bytes(content, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert mail["Message-ID"] == "<alert-1-2@acme.test>"
    part = mail.get_body(("plain",))
    assert part is not None
    sent = body.encode("utf-8", "replace").decode().replace("\r\n", "\n").replace("\r", "\n")
    assert str(part.get_content()).replace("\r\n", "\n").rstrip("\n") == sent.rstrip("\n")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (725, "12 min 5 s"),
        (7200, "2 h"),
        (187_200, "2 d 4 h"),
        (-5, "0 s"),
    ],
)
def test_lengths_are_said_as_people_say_them(seconds: int, text: str) -> None:
    assert wording.span(timedelta(seconds=seconds)) == text
