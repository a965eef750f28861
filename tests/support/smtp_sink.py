"""A real SMTP server on loopback that keeps what it is given, or behaves badly in the way a test asks for."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class SmtpSink:
    """What arrived, in order, and how to answer the next messages.

    `refuse_with`: an SMTP answer for MAIL such as "450 later"; `refuse_recipients`: answers by address;
    `arrived_at`: monotonic seconds, one for each in `arrived`; `pause`: seconds before the content is answered;
    `hold`: messages wait for this event before they are answered; `drop`: close the connection instead of answering
    the content ("before" it is kept, "after" it was kept).
    """

    port: int = 0
    arrived: list[EmailMessage] = field(default_factory=list)
    arrived_at: list[float] = field(default_factory=list)
    connections: int = 0
    refuse_with: str | None = None
    refuse_recipients: dict[str, str] = field(default_factory=dict)
    hold: asyncio.Event | None = None
    holding: asyncio.Event = field(default_factory=asyncio.Event)
    pause: float = 0.0
    drop: str | None = None
    dropped: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> list[str]:
        return [str(mail["To"]) for mail in self.arrived]

    def take(self) -> list[EmailMessage]:
        """What arrived since the last `take`."""
        mails, self.arrived, self.arrived_at = self.arrived, [], []
        return mails

    async def at_least(self, count: int) -> None:
        """Return when this many messages have arrived."""
        while len(self.arrived) < count:
            self.news.clear()
            await self.news.wait()

    # The names aiosmtpd calls its handlers by.
    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refuse_with is not None:
            return self.refuse_with
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse_recipients:
            return self.refuse_recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hold is not None:
            self.holding.set()
            await self.hold.wait()
        if self.drop == "before":
            return self._hang_up(server)
        content = envelope.content
        assert isinstance(content, bytes)
        mail: Any = message_from_bytes(content, policy=policy.default)
        self.arrived.append(mail)
        self.news.set()
        self.arrived_at.append(time.monotonic())
        if self.pause:
            await asyncio.sleep(self.pause)
        if self.drop == "after":
            return self._hang_up(server)
        return f"250 2.0.0 queued as {len(self.arrived)}"

    def _hang_up(self, server: SMTP) -> str:
        self.dropped += 1
        assert server.transport is not None
        server.transport.abort()
        return "421 closing"


@asynccontextmanager
async def smtp_sink() -> AsyncIterator[SmtpSink]:
    """A sink on a free port of loopback for as long as the block runs."""
    sink = SmtpSink()

    def connect() -> SMTP:
        sink.connections += 1
        return SMTP(sink, hostname="sink.test", enable_SMTPUTF8=True, data_size_limit=2**24)

    server = await asyncio.get_running_loop().create_server(connect, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        if sink.hold is not None:
            sink.hold.set()
        server.close()


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(("html",))
    assert part is not None
    return str(part.get_content())
