"""The words of mails and answer pages, in English and German. Keys are the same in every language."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

ENGLISH: Mapping[str, str] = {
    "action_needed": "Action needed",
    "reminder": "Reminder {number}: action needed",
    "resolved": "Resolved",
    "message": "Message from Tocsin",
    "test": "Test message",
    "drill": "DRILL",
    "HIGH": "high priority",
    "LOW": "low priority",
    "page_lead": "Nobody has reacted yet. Accept the alert to say that you are on it, or resolve it when it is "
    "over.",
    "drill_lead": "This is a drill: nothing is broken. React as you would to a real alert.",
    "recovery_lead": "The alert is over. It lasted {length}.",
    "test_lead": "This is what a page from Tocsin reaches you by. Nothing needs to be done.",
    "accept": "Accept alert",
    "resolve": "Resolve alert",
    "runbook": "What to do (runbook)",
    "alert": "Alert",
    "source": "Source",
    "priority": "Priority",
    "since": "Since",
    "until": "Until",
    "length": "Length",
    "resolved_by": "Resolved by",
    "policy": "Escalation policy",
    "level": "level {number}",
    "why": "Why you",
    "fallback": "none of your rules could be used ({reason}), so this goes to your login address",
    "monitor": "Monitor",
    "monitorName": "Monitor",
    "intervalSec": "Expected every",
    "lastPing": "Last ping",
    "expectedAt": "Expected at",
    "expected": "Expected",
    "schedule": "Schedule",
    "overdueSince": "Overdue since",
    "exitCode": "Exit code",
    "open_alert": "Open the alert",
    "links": "Links",
    "confirm": "Accept or resolve",
    "reply_hint": 'You can also answer this mail with the one word "accept" or "resolve".',
    "footer": "Sent by Tocsin at {base_url}. The links work for 7 days and only for this alert; do not forward "
    "them.",
    "plain_footer": "Sent by Tocsin at {base_url}.",
    "never": "never",
}

GERMAN: Mapping[str, str] = {
    "action_needed": "Bitte handeln",
    "reminder": "Erinnerung {number}: bitte handeln",
    "resolved": "Gelöst",
    "message": "Nachricht von Tocsin",
    "test": "Testnachricht",
    "drill": "ÜBUNG",
    "HIGH": "hohe Priorität",
    "LOW": "niedrige Priorität",
    "page_lead": "Noch hat niemand reagiert. Nehmen Sie den Alarm an, um zu zeigen, dass Sie sich kümmern, "
    "oder lösen Sie ihn, wenn er vorbei ist.",
    "drill_lead": "Dies ist eine Übung: Nichts ist ausgefallen. Reagieren Sie wie auf einen echten Alarm.",
    "recovery_lead": "Der Alarm ist vorbei. Er dauerte {length}.",
    "test_lead": "So erreicht Sie eine Meldung von Tocsin. Es ist nichts zu tun.",
    "accept": "Alarm annehmen",
    "resolve": "Alarm lösen",
    "runbook": "Was zu tun ist (Runbook)",
    "alert": "Alarm",
    "source": "Quelle",
    "priority": "Priorität",
    "since": "Seit",
    "until": "Bis",
    "length": "Dauer",
    "resolved_by": "Gelöst von",
    "policy": "Eskalationsregel",
    "level": "Stufe {number}",
    "why": "Warum Sie",
    "fallback": "keine Ihrer Regeln war nutzbar ({reason}), daher geht dies an Ihre Anmeldeadresse",
    "monitor": "Überwachung",
    "monitorName": "Überwachung",
    "intervalSec": "Erwartet alle",
    "lastPing": "Letztes Lebenszeichen",
    "expectedAt": "Erwartet um",
    "expected": "Erwartet",
    "schedule": "Zeitplan",
    "overdueSince": "Überfällig seit",
    "exitCode": "Exit-Code",
    "open_alert": "Alarm öffnen",
    "links": "Links",
    "confirm": "Annehmen oder lösen",
    "reply_hint": "Sie können diese Mail auch mit dem einen Wort „annehmen“ oder „lösen“ beantworten.",
    "footer": "Gesendet von Tocsin auf {base_url}. Die Links gelten 7 Tage und nur für diesen Alarm; bitte "
    "nicht weiterleiten.",
    "plain_footer": "Gesendet von Tocsin auf {base_url}.",
    "never": "nie",
}

_CATALOGUE: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "de": GERMAN}


def words(language: str) -> Mapping[str, str]:
    """The catalogue of a language; English for one we do not have."""
    return _CATALOGUE.get(language.lower()[:2], ENGLISH)


def language_of(language: str) -> str:
    return "de" if words(language) is GERMAN else "en"


@lru_cache(maxsize=256)
def zone(name: str) -> ZoneInfo:
    """A user's zone; UTC when it is unknown to this system."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def moment(at: datetime, *, timezone: str) -> str:
    """`2026-11-24 08:52:10 CET`: the user's wall clock with its zone."""
    local = at.astimezone(zone(timezone))
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}"


def span(length: timedelta) -> str:
    """`45 s`, `12 min 5 s`, `3 h 20 min`, `2 d 4 h`: the two largest units, alike in both languages."""
    seconds = max(0, int(length.total_seconds()))
    sizes = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    for index, (name, size) in enumerate(sizes):
        if seconds >= size:
            parts = [f"{seconds // size} {name}"]
            if index + 1 < len(sizes):
                smaller_name, smaller = sizes[index + 1]
                rest = seconds % size // smaller
                parts += [f"{rest} {smaller_name}"] if rest else []
            return " ".join(parts)
    return "0 s"


def label(key: str, *, catalogue: Mapping[str, str]) -> str:
    """The name of a custom detail: a known one in the reader's language, others split at capitals."""
    if key in catalogue and not key.isupper():
        return catalogue[key]
    text = "".join(f" {ch.lower()}" if ch.isupper() else ch for ch in key).replace("_", " ").strip()
    return text[:1].upper() + text[1:60]


def shown(value: Any, *, timezone: str, longest: int = 300) -> str:
    """A custom detail's value: instants in the reader's zone, nested things as JSON, cut when long."""
    if isinstance(value, str):
        at = _instant(value)
        text = moment(at, timezone=timezone) if at is not None else value
    elif isinstance(value, (dict, list, bool)):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = str(value)
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _instant(value: str) -> datetime | None:
    if not 19 <= len(value) <= 35 or value[4:5] != "-" or value[10:11] != "T":
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
