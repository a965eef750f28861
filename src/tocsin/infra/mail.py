"""Outgoing mail: an SMTP URL, a pool of persistent connections, and what the server's answers mean.

`SmtpMailer` hands finished messages to a relay; `ConsoleMailer` writes them to the log when no relay is set.
Neither raises: every way a hand-over can end is a `Handed`.
"""

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupported,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from tocsin.kernel.clock import monotonic

log = structlog.get_logger()

Outcome = Literal["SENT", "RETRYABLE", "PERMANENT"]
Security = Literal["OPPORTUNISTIC", "STARTTLS", "TLS"]

CONNECT_TIMEOUT = 8.0
COMMAND_TIMEOUT = 12.0
HAND_OVER_TIMEOUT = 20.0  # the whole hand-over of one message, connecting included
IDLE_LIMIT = 15.0  # an idle connection older than this is not trusted to be alive
MESSAGES_PER_CONNECTION = 500


class MailUrlError(ValueError):
    """The SMTP URL cannot be used; the message says what to write instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpAddress:
    """A parsed SMTP URL.

    `smtp://` is plain and uses STARTTLS when the server offers it, `smtps://` is TLS from the first byte,
    `smtp+starttls://` insists on STARTTLS. `?verify=off` accepts any certificate (self-signed relays).
    """

    host: str
    port: int
    security: Security
    username: str | None = None
    password: str | None = None
    verify: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One finished message. content: RFC 5322 bytes with CRLF line ends."""

    sender: str
    recipient: str
    content: bytes
    summary: str  # what the console provider logs


@dataclass(frozen=True, slots=True)
class Handed:
    """How a hand-over ended. response: the server's answer or the network's error, in one line.

    is_provider_fault: the relay itself could not be reached or used, so other messages will fare no better.
    """

    outcome: Outcome
    response: str
    is_provider_fault: bool = False


class Mailer(Protocol):
    """A way out for mail. `provider` names it in delivery lists."""

    provider: str

    async def hand_over(self, envelope: Envelope) -> Handed: ...

    async def close(self) -> None: ...


def parse_smtp_url(url: str) -> SmtpAddress:
    """Read `smtp://user:pass@host:port`; user and password are percent-decoded. Raises MailUrlError."""
    parts = urlsplit(url)
    kinds: dict[str, tuple[Security, int]] = {
        "smtp": ("OPPORTUNISTIC", 25),
        "smtps": ("TLS", 465),
        "smtp+starttls": ("STARTTLS", 587),
    }
    if parts.scheme not in kinds:
        raise MailUrlError("must start with smtp://, smtps:// or smtp+starttls://")
    security, usual_port = kinds[parts.scheme]
    try:
        port = parts.port
    except ValueError as error:
        raise MailUrlError("the port must be a number between 1 and 65535") from error
    if not parts.hostname:
        raise MailUrlError("names no host; write smtp://host:port")
    if parts.username and parts.password is None:
        raise MailUrlError("has a user but no password; write smtp://user:password@host")
    verify = parse_qs(parts.query).get("verify", ["on"])[-1].lower()
    if verify not in {"on", "off"}:
        raise MailUrlError("verify must be on or off")
    return SmtpAddress(
        host=parts.hostname,
        port=port or (587 if security == "OPPORTUNISTIC" and parts.username else usual_port),
        security=security,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password is not None else None,
        verify=verify == "on",
    )


def open_mailer(smtp_url: str, *, connections: int = 8) -> "Mailer":
    """The mailer the settings ask for: a relay, or the log when none is set."""
    return SmtpMailer(parse_smtp_url(smtp_url), connections=connections) if smtp_url else ConsoleMailer()


def outcome_of_code(code: int) -> Outcome:
    """What an SMTP reply code means for the message: 2xx done, 5xx never, anything else later."""
    if 200 <= code < 300:
        return "SENT"
    return "PERMANENT" if 500 <= code < 600 else "RETRYABLE"


class ConsoleMailer:
    """Writes the page to the log. What an installation without a relay uses."""

    provider = "log"

    async def hand_over(self, envelope: Envelope) -> Handed:
        log.warning("page_written_to_log", to=envelope.recipient, text=envelope.summary)
        return Handed(outcome="SENT", response="written to the log: no SMTP server is configured")

    async def close(self) -> None:
        return None


@dataclass(slots=True)
class _Connection:
    client: SMTP
    used: int = 0
    idle_since: float = 0.0


class SmtpMailer:
    """A small pool of connections to one relay; several messages go through each."""

    def __init__(self, address: SmtpAddress, *, connections: int = 8) -> None:
        self.provider = f"smtp:{address.host}"
        self._address = address
        self._slots = asyncio.Semaphore(connections)
        self._idle: deque[_Connection] = deque()
        self._tls = self._tls_context()

    async def hand_over(self, envelope: Envelope) -> Handed:
        """Hand one message to the relay. Never raises; a cancelled call drops its connection."""
        async with self._slots:
            try:
                async with asyncio.timeout(HAND_OVER_TIMEOUT):
                    return await self._through_some_connection(envelope)
            except TimeoutError:
                return Handed(
                    outcome="RETRYABLE",
                    response=f"no answer within {HAND_OVER_TIMEOUT:.0f} s",
                    is_provider_fault=True,
                )

    async def close(self) -> None:
        """Close the idle connections; call it when nothing is being handed over any more."""
        while self._idle:
            await self._leave(self._idle.pop())

    async def _through_some_connection(self, envelope: Envelope) -> Handed:
        connection = self._take_idle()
        if connection is not None:
            handed = await self._through(connection, envelope)
            if handed is not None:
                return handed
        try:
            connection = await self._connect()
        except (SMTPException, OSError, ssl.SSLError, ValueError) as error:
            return _connect_failure(error)
        handed = await self._through(connection, envelope)
        return handed or Handed(
            outcome="RETRYABLE", response="the server closed the connection", is_provider_fault=True
        )

    async def _through(self, connection: _Connection, envelope: Envelope) -> Handed | None:
        """Hand over on this connection. None: it turned out dead before the server took anything."""
        client = connection.client
        is_content_on_its_way = False
        try:
            await client.mail(envelope.sender)
            await client.rcpt(envelope.recipient)
            is_content_on_its_way = True
            answer = await client.data(envelope.content)
        except SMTPResponseException as error:
            return await self._after_refusal(connection, error)
        except (SMTPServerDisconnected, ConnectionError) as error:
            client.close()
            if not is_content_on_its_way:
                return None
            return Handed(outcome="RETRYABLE", response=_one_line(str(error)), is_provider_fault=True)
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            return Handed(outcome="RETRYABLE", response=_one_line(str(error)), is_provider_fault=True)
        except BaseException:
            client.close()
            raise
        self._give_back(connection)
        return Handed(outcome="SENT", response=_one_line(f"{answer.code} {answer.message}"))

    async def _after_refusal(self, connection: _Connection, error: SMTPResponseException) -> Handed | None:
        client = connection.client
        is_closing = error.code == 421
        if is_closing and connection.used > 0:
            client.close()
            return None
        try:
            if client.is_connected and not is_closing:
                await client.rset()
                self._give_back(connection)
            else:
                client.close()
        except (SMTPException, OSError):
            client.close()
        return Handed(
            outcome=outcome_of_code(error.code),
            response=_one_line(f"{error.code} {error.message}"),
            is_provider_fault=is_closing or isinstance(error, SMTPAuthenticationError),
        )

    def _take_idle(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.client.is_connected and monotonic() - connection.idle_since < IDLE_LIMIT:
                return connection
            connection.client.close()
        return None

    def _give_back(self, connection: _Connection) -> None:
        connection.used += 1
        connection.idle_since = monotonic()
        if connection.used >= MESSAGES_PER_CONNECTION or not connection.client.is_connected:
            connection.client.close()
        else:
            self._idle.append(connection)

    async def _connect(self) -> _Connection:
        address = self._address
        client = SMTP(
            hostname=address.host,
            port=address.port,
            username=address.username,
            password=address.password,
            use_tls=address.security == "TLS",
            start_tls={"TLS": False, "STARTTLS": True, "OPPORTUNISTIC": None}[address.security],
            tls_context=self._tls,
            timeout=CONNECT_TIMEOUT,
            local_hostname="localhost",
        )
        try:
            await client.connect()
        except BaseException:
            client.close()
            raise
        client.timeout = COMMAND_TIMEOUT
        return _Connection(client)

    async def _leave(self, connection: _Connection) -> None:
        try:
            await connection.client.quit(timeout=1)
        except (SMTPException, OSError):
            connection.client.close()

    def _tls_context(self) -> ssl.SSLContext:
        """Certificates are checked, except where TLS is only a bonus (no credentials, plain would do)."""
        context = ssl.create_default_context()
        is_bonus = self._address.security == "OPPORTUNISTIC" and self._address.username is None
        if is_bonus or not self._address.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _connect_failure(error: Exception) -> Handed:
    """Nothing about the message itself was refused, so even a 5xx greeting or login is worth another try."""
    if isinstance(error, SMTPResponseException):
        text = f"{error.code} {error.message}"
    elif isinstance(error, SMTPNotSupported):
        text = f"the server cannot do what the SMTP URL asks for: {error}"
    else:
        text = f"cannot connect: {error or type(error).__name__}"
    return Handed(outcome="RETRYABLE", response=_one_line(text), is_provider_fault=True)


def _one_line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:500] or "no answer"
