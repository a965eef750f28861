"""What a person's reply to a page asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.domains.responses.rules import read_reply, text_of_html, why_no_person_wrote_it


@pytest.mark.parametrize(
    ("text", "action", "comment"),
    [
        ("accept", "accept", ""),
        ("  ACK!  \n> quoted accept", "accept", ""),
        ("a", "accept", ""),
        ("Annehmen", "accept", ""),
        ("r", "resolve", ""),
        ("lösen\n\nwar nur das Kabel", "resolve", "war nur das Kabel"),
        ("Gelöst, Neustart half", "resolve", "Neustart half"),
        ("resolved by restarting it", "resolve", "by restarting it"),
        ("\n\nAccept. On my way.\n-- \nAda", "accept", "On my way."),
        ("accept\n\nAm Mo., 2. März schrieb Tocsin:\n> resolve", "accept", ""),
        ("accept\r\n________________________________\r\nFrom: Tocsin\r\nresolve", "accept", ""),
    ],
)
def test_the_first_word_decides(text: str, action: str, comment: str) -> None:
    reply = read_reply(text)
    assert (reply.action, reply.comment) == (action, comment)


@pytest.mark.parametrize(
    "text",
    ["A quick question", "accept?", "I cannot accept this", "r u there", "do not resolve", "unresolved"],
)
def test_what_is_not_clear_stays_a_comment(text: str) -> None:
    reply = read_reply(text)
    assert (reply.action, reply.comment) == (None, text)


@pytest.mark.parametrize("text", ["", "\n\n", "> accept", "On Monday the 3rd, Tocsin wrote:\nresolve"])
def test_nothing_of_ones_own_asks_for_nothing(text: str) -> None:
    reply = read_reply(text)
    assert (reply.action, reply.comment) == (None, "")


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    assert len(read_reply(text).comment) <= 4000
    text_of_html(text)


def test_html_replies_are_read_without_the_quoted_mail() -> None:
    html = "<style>p{}</style><div>Accept<br>it&#39;s mine</div><blockquote>resolve</blockquote>"
    reply = read_reply(text_of_html(html))
    assert (reply.action, reply.comment) == ("accept", "it's mine")


@pytest.mark.parametrize(
    "headers",
    [
        {"auto-submitted": "auto-replied"},
        {"auto-submitted": "auto-generated; x=y"},
        {"precedence": "Bulk"},
        {"precedence": "junk"},
        {"x-autoreply": "yes"},
        {"content-type": "multipart/report; report-type=delivery-status"},
        {"message-id": "<alert-4711-12@acme.test>"},
    ],
)
def test_mail_of_machines_is_recognised(headers: dict[str, str]) -> None:
    assert why_no_person_wrote_it(headers, envelope_sender="x@y.test")


def test_a_bounce_is_no_reply_and_a_plain_mail_is() -> None:
    assert why_no_person_wrote_it({}, envelope_sender="") == "a bounce"
    assert why_no_person_wrote_it({"auto-submitted": "no"}, envelope_sender="x@y.test") is None
