"""What an SMTP URL means, and what an SMTP answer means for a message."""

import pytest

from support.smtp_sink import smtp_sink
from tocsin.infra.mail import (
    ConsoleMailer,
    Envelope,
    MailUrlError,
    SmtpMailer,
    open_mailer,
    outcome_of_code,
    parse_smtp_url,
)


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://relay.test", "relay.test", 25, "OPPORTUNISTIC"),
        ("smtp://u:p@relay.test", "relay.test", 587, "OPPORTUNISTIC"),
        ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, "OPPORTUNISTIC"),
        ("smtps://relay.test", "relay.test", 465, "TLS"),
        ("smtp+starttls://relay.test", "relay.test", 587, "STARTTLS"),
        ("smtp://[::1]:25", "::1", 25, "OPPORTUNISTIC"),
    ],
)
def test_the_scheme_chooses_security_and_the_usual_port(
    url: str, host: str, port: int, security: str
) -> None:
    address = parse_smtp_url(url)
    assert (address.host, address.port, address.security) == (host, port, security)


def test_user_and_password_are_percent_decoded() -> None:
    address = parse_smtp_url("smtps://me%40acme.test:p%3Aw%2F%25@relay.test")
    assert (address.username, address.password) == ("me@acme.test", "p:w/%")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://relay.test", "must start with"),
        ("smtp://", "no host"),
        ("smtp://relay.test:port", "port must be"),
        ("smtp://relay.test:70000", "port must be"),
        ("smtp://user@relay.test", "no password"),
        ("smtp://relay.test?verify=maybe", "verify must be"),
    ],
)
def test_a_wrong_url_says_what_is_wrong(url: str, said: str) -> None:
    with pytest.raises(MailUrlError, match=said):
        parse_smtp_url(url)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [(250, "SENT"), (421, "RETRYABLE"), (450, "RETRYABLE"), (550, "PERMANENT"), (554, "PERMANENT")],
)
def test_answers_are_final_from_500_on(code: int, outcome: str) -> None:
    assert outcome_of_code(code) == outcome


def mail(recipient: str = "ada@acme.test") -> Envelope:
    return Envelope(
        sender="tocsin@acme.test",
        recipient=recipient,
        content=b"Subject: x\r\n\r\nhello\r\n",
        summary="hello",
    )


async def test_a_server_that_is_not_there_is_a_fault_of_the_provider() -> None:
    async with smtp_sink() as sink:
        url = sink.url
    handed = await SmtpMailer(parse_smtp_url(url)).hand_over(mail())
    assert handed.outcome == "RETRYABLE"
    assert handed.is_provider_fault
    assert "cannot connect" in handed.response


async def test_several_messages_go_through_one_connection_even_after_a_refusal() -> None:
    async with smtp_sink() as sink:
        sink.refuse_recipients["gone@acme.test"] = "550 5.1.1 no such user"
        mailer = SmtpMailer(parse_smtp_url(sink.url))
        answers = [await mailer.hand_over(mail(to)) for to in ("a@x.test", "gone@acme.test", "b@x.test")]
        assert [one.outcome for one in answers] == ["SENT", "PERMANENT", "SENT"]
        assert answers[1].response == "550 5.1.1 no such user"
        assert not answers[1].is_provider_fault
        assert sink.connections == 1
        await mailer.close()


async def test_starttls_that_the_server_does_not_offer_is_never_skipped() -> None:
    async with smtp_sink() as sink:
        handed = await SmtpMailer(parse_smtp_url(sink.url.replace("smtp:", "smtp+starttls:"))).hand_over(
            mail()
        )
        assert handed.outcome == "RETRYABLE"
        assert sink.arrived == []


async def test_without_a_url_mails_go_to_the_log() -> None:
    mailer = open_mailer("")
    assert isinstance(mailer, ConsoleMailer)
    assert (await mailer.hand_over(mail())).outcome == "SENT"
