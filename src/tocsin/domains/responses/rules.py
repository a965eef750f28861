"""Pure reading of answers: what a reply by mail asks for, and which mails are no reply by a person."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Literal

Action = Literal["accept", "resolve"]

_WORDS: Mapping[str, Action] = {
    **dict.fromkeys(
        ("accept", "accepted", "ack", "acknowledge", "acknowledged", "annehmen", "angenommen"), "accept"
    ),
    **dict.fromkeys(
        ("resolve", "resolved", "lösen", "loesen", "gelöst", "geloest", "schließen", "schliessen"), "resolve"
    ),
}
_LETTERS: Mapping[str, Action] = {"a": "accept", "an": "accept", "r": "resolve", "l": "resolve"}
_FIRST_WORD = re.compile(r"^\W*(\w+)\W*")
_QUOTE_BEGINS = re.compile(
    r"^(>|--\s*$|-{3,}|_{5,}|(On|Am|Le) .{5,}(wrote|schrieb|écrit)\b|(From|Von|De|Sent|Gesendet):\s)",
    re.IGNORECASE,
)
_QUOTED_HTML = re.compile(r"<blockquote|<div class=\"gmail_quote|<div id=\"appendonsend", re.IGNORECASE)
_NOT_TEXT = re.compile(r"<(style|script|head|title)\b.*?</\1>", re.IGNORECASE | re.DOTALL)
_LINE_BREAK = re.compile(r"<br\b[^>]*>|</(p|div|li|tr)>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>")
LONGEST_COMMENT = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """action None: nothing clear was asked. comment: what else the person wrote, '' when nothing."""

    action: Action | None
    comment: str


def read_reply(text: str) -> Reply:
    """Read the part of a mail that its writer wrote. Single letters count only when they stand alone, and a
    line with a question mark asks for nothing."""
    lines = _own_lines(text)
    if not lines:
        return Reply(action=None, comment="")
    first, rest = lines[0], lines[1:]
    match = _FIRST_WORD.match(first)
    word = match.group(1).casefold() if match else ""
    is_alone = match is not None and match.end() == len(first)
    action = None if "?" in first else _WORDS.get(word) or (_LETTERS.get(word) if is_alone else None)
    if action is None or match is None:
        return Reply(action=None, comment=_joined(lines))
    return Reply(action=action, comment=_joined([first[match.end() :], *rest]))


def text_of_html(html: str) -> str:
    """The lines of a mail that came as HTML only; quoted blocks and what follows them are left out."""
    cut = _QUOTED_HTML.split(html, maxsplit=1)[0]
    lines = _TAG.sub("", _LINE_BREAK.sub("\n", _NOT_TEXT.sub("", cut)))
    return unescape(lines)


def _own_lines(text: str) -> list[str]:
    lines: list[str] = []
    for raw in text.replace("\r\n", "\n").split("\n"):
        line = raw.strip()
        if _QUOTE_BEGINS.match(line):
            break
        lines.append(line)
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()[:LONGEST_COMMENT]


def why_no_person_wrote_it(headers: Mapping[str, str], *, envelope_sender: str) -> str | None:
    """The reason to ignore a mail that a machine sent (auto replies, bounces, lists, our own), else None.

    headers: names in lower case.
    """
    if not envelope_sender:
        return "a bounce"
    if headers.get("auto-submitted", "no").split(";")[0].strip().casefold() != "no":
        return "sent automatically"
    if headers.get("precedence", "").strip().casefold() in {"bulk", "junk", "list"}:
        return "bulk mail"
    if any(name in headers for name in ("x-autoreply", "x-autorespond", "list-id")):
        return "an automatic answer or a mailing list"
    if headers.get("content-type", "").casefold().startswith("multipart/report"):
        return "a delivery report"
    if re.match(r"^<?alert-(\d+|none)-\d+@", headers.get("message-id", "").strip()):
        return "our own mail"
    return None
