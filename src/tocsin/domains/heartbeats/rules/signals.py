"""What a request to a ping URL says."""

import re
from typing import NamedTuple

PLAIN = "PING"
_WORDS = {"": "PING", "start": "START", "success": "SUCCESS", "fail": "FAIL", "log": "LOG"}
LONGEST_RID = 64
_RID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class Signal(NamedTuple):
    """kind: PING, START, SUCCESS, FAIL or LOG. exit_code: 0-255 when the URL ended in one."""

    kind: str
    exit_code: int | None = None


def signal_of(suffix: str) -> Signal | None:
    """The signal of a URL's last part (without the slash); None when it is none."""
    kind = _WORDS.get(suffix)
    if kind is not None:
        return Signal(kind)
    if suffix.isascii() and suffix.isdigit() and len(suffix) <= 3 and int(suffix) <= 255:
        code = int(suffix)
        return Signal("SUCCESS" if code == 0 else "FAIL", code)
    return None


def is_run_id(text: str) -> bool:
    return _RID.fullmatch(text) is not None


# Programs that open links found in chats, mails and pages; each says so in its user agent. A real sender that uses
# such a name sends POST.
_FOLLOWERS = re.compile(
    r"bot\b|bot/|crawler|spider|slurp|preview|prefetch|facebookexternalhit|whatsapp|telegrambot|skypeuripreview"
    r"|mediapartners|embedly|quora link|vkshare|outbrain|safelinks|urldefense|proofpoint|barracuda|mimecast"
    r"|bitlybot|ia_archiver|headlesschrome|lighthouse|google-safety|google web preview|microsoft office"
    r"|ms-office|mattermost|iframely",
    re.IGNORECASE,
)


def follows_links(user_agent: str) -> bool:
    """True when the sender is a crawler or link previewer, whose GET is not a sign of life."""
    return _FOLLOWERS.search(user_agent) is not None


def effect_on_life(kind: str, *, has_run_limit: bool) -> bool:
    """Does this signal count as a sign of life? A start does unless the run has a time limit of its own, which
    then watches it; a log line never does; a fail does (so that silence is not reported on top of it)."""
    match kind:
        case "START":
            return not has_run_limit
        case "LOG":
            return False
        case _:
            return True
