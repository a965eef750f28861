"""A small SMTP server that takes replies to pages: mails to `reply+<token>@<inbound mail domain>`."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tocsin.domains.notifications.tokens import is_token
from tocsin.domains.responses import service
from tocsin.domains.responses.rules import read_reply, text_of_html, why_no_person_wrote_it
from tocsin.infra.web import Services
from tocsin.kernel.errors import AppError

log = structlog.get_logger()

LARGEST_MAIL = 2 * 1024 * 1024
_PREFIX = "reply+"
_TAKEN = "250 2.0.0 taken"


class ReplyServer:
    """Listens while it is open; does nothing unless a port and a domain are set, or when the port is taken."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int | None:
        """The port it listens on; None while it does not."""
        return None if self._server is None else int(self._server.sockets[0].getsockname()[1])

    async def open(self, *, port: int | None = None) -> None:
        """Start listening. port: instead of the one of the settings (0: any free one)."""
        settings = self._services.settings
        chosen = settings.inbound_smtp_port if port is None else port
        if not settings.inbound_mail_domain or (port is None and not chosen):
            return
        handler = _Handler(self._services)

        def answer() -> SMTP:
            return SMTP(
                handler,
                hostname=settings.inbound_mail_domain,
                ident="Tocsin",
                data_size_limit=LARGEST_MAIL,
                enable_SMTPUTF8=True,
                timeout=60,
            )

        try:
            self._server = await asyncio.get_running_loop().create_server(answer, settings.host, chosen)
        except OSError as error:
            # Usually a second engine on this machine; replies then go to the first.
            log.warning("cannot_take_replies_by_mail", port=chosen, reason=error.strerror)
            return
        log.info("taking_replies_by_mail", port=self.port, domain=settings.inbound_mail_domain)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


class _Handler:
    """The names are those by which aiosmtpd calls a handler."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._token_of(address) is None:
            return "550 5.1.1 this server only takes replies to pages"
        if envelope.rcpt_tos:
            return "452 4.5.3 one recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        token = self._token_of(envelope.rcpt_tos[0])
        content = envelope.content
        if token is None or not isinstance(content, bytes):
            return "550 5.1.1 this server only takes replies to pages"
        try:
            return await self._take(token, content, envelope_sender=envelope.mail_from or "")
        except AppError as error:
            log.info("reply_refused", reason=error.message)
            return _TAKEN
        except (OSError, DBAPIError, InterfaceError, PoolTimeout) as error:
            log.warning("reply_not_taken", reason=str(error) or type(error).__name__)
            return "451 4.3.0 try again later"

    async def _take(self, token: str, content: bytes, *, envelope_sender: str) -> str:
        mail: Any = message_from_bytes(content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        reason = why_no_person_wrote_it(_headers(mail), envelope_sender=envelope_sender)
        if reason is not None:
            log.info("reply_ignored", reason=reason)
            return _TAKEN
        reply = read_reply(_text_of(mail).replace("\x00", ""))
        now = await self._services.now()
        async with self._services.database.transaction() as session:
            if reply.action is not None:
                answer = await service.act(session, token, action=reply.action, now=now)
                if answer is None:
                    log.info("reply_ignored", reason="unknown or expired token")
                    return "550 5.7.1 this reply address does not work any more"
                log.info(
                    "reply_taken", alert=answer.facts.alert_id, action=reply.action, result=answer.result
                )
            if reply.comment and not await service.add_comment(
                session, token, content=reply.comment, now=now
            ):
                return "550 5.7.1 this reply address does not work any more"
        return _TAKEN

    def _token_of(self, address: str) -> str | None:
        local, _, domain = address.strip("<>").lower().rpartition("@")
        if domain != self._services.settings.inbound_mail_domain or not local.startswith(_PREFIX):
            return None
        token = local.removeprefix(_PREFIX)
        return token if is_token(token) else None


def _headers(mail: EmailMessage) -> dict[str, str]:
    """By lower-case name; broken headers read as ''."""
    found: dict[str, str] = {}
    for name, value in mail.raw_items():
        found.setdefault(name.lower(), str(value))
    return found


def _text_of(mail: EmailMessage) -> str:
    """What a person wrote, from the plain part or else the HTML one; '' when there is none that can be read."""
    try:
        part = mail.get_body(("plain", "html"))
        if part is None:
            return ""
        text = str(part.get_content())
        return text if part.get_content_subtype() == "plain" else text_of_html(text)
    except (LookupError, ValueError, KeyError, AttributeError, TypeError):
        return ""
