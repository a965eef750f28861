"""RFC 5322 messages of a text and an HTML part, built by hand: the standard library's classes cost a
millisecond a message, which is what hundreds of pages a second cannot afford."""

import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr, parseaddr
from functools import lru_cache

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def one_line(text: str) -> str:
    """Header text from outside: no line breaks, no control characters."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode()).strip()


@lru_cache(maxsize=16)
def address_of(mailbox: str) -> str:
    """The bare address of `Name <address>`."""
    return parseaddr(mailbox)[1] or mailbox


@lru_cache(maxsize=16)
def domain_of(mailbox: str) -> str:
    return address_of(mailbox).rpartition("@")[2] or "localhost"


def message(
    *,
    sender: str,
    recipient: str,
    subject: str,
    message_id: str,
    at: datetime,
    text: str,
    html: str,
    headers: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The finished message with CRLF line ends.

    message_id: without angle brackets; the boundary follows from it, so that the same message is built the same
    way again. headers: further ones, ASCII.
    """
    boundary = f"=_{binascii.crc32(message_id.encode()):08x}_tocsin"
    head = [
        f"From: {_mailbox(sender)}",
        f"To: {one_line(recipient)}",
        f"Subject: {_words(one_line(subject))}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: <{message_id}>",
        *(f"{name}: {one_line(value)}" for name, value in headers),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
    ]
    mark = f"--{boundary}".encode()
    return b"\r\n".join(
        [
            "\r\n".join(head).encode("ascii", "replace"),
            b"",
            mark,
            _part(text, "text/plain"),
            mark,
            _part(html, "text/html"),
            mark + b"--",
            b"",
        ]
    )


def _part(body: str, kind: str) -> bytes:
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    encoded = binascii.b2a_qp(lines.encode("utf-8", "replace"), istext=True)
    return b"".join(
        (
            f"Content-Type: {kind}; charset=utf-8\r\n".encode(),
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
            encoded.replace(b"\n", b"\r\n"),
        )
    )


@lru_cache(maxsize=16)
def _mailbox(mailbox: str) -> str:
    name, address = parseaddr(one_line(mailbox))
    return formataddr((name, address)) if address else one_line(mailbox)


def _words(text: str) -> str:
    """A header value: as it is when it is short ASCII, else folded and encoded as RFC 2047 says."""
    if text.isascii() and len(text) < 68 and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=76, header_name="Subject").encode(linesep="\r\n")
