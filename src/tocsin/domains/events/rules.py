"""Pure decisions about events: is this one valid, and which open alert does it belong to?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from tocsin.kernel.errors import ValidationError
from tocsin.kernel.wire import duration_in

EVENT_TYPES = ("ALERT", "ACCEPT", "RESOLVE", "COMMENT")
PRIORITIES = ("HIGH", "LOW")

CREATED, ATTACHED, ACCEPTED = "CREATED", "ATTACHED", "ACCEPTED"
RESOLVED, COMMENTED = "RESOLVED", "COMMENTED"
PAUSED, NO_MATCH, NO_KEY, INVALID = "PAUSED", "NO_MATCH", "NO_KEY", "INVALID"

LONGEST_KEY = 512


class OpenAlert(Protocol):
    """What grouping looks at."""

    id: int
    status: str
    folded_key: str | None
    summary: str
    report_time: datetime


Attachable = TypeVar("Attachable", bound=OpenAlert)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRules:
    """The part of an alert source that decides over its events."""

    active: bool
    alert_creation: str
    grouping_window: timedelta | None


def check_event(
    *, event_type: str | None, summary: str | None, priority: str | None, severity: int | None
) -> str:
    """The event type of a valid event; raises ValidationError naming the field (§4.3)."""
    if event_type is None:
        raise ValidationError(f"eventType: is missing; use one of {', '.join(EVENT_TYPES)}")
    if event_type not in EVENT_TYPES:
        raise ValidationError(
            f"eventType: {event_type[:40]!r} is not known; use one of {', '.join(EVENT_TYPES)}"
        )
    if event_type == "ALERT" and not (summary or "").strip():
        raise ValidationError("summary: is missing; an ALERT event needs one")
    if priority is not None and priority not in PRIORITIES:
        raise ValidationError(f"priority: {priority[:40]!r} is not known; use HIGH or LOW")
    if severity is not None and not 1 <= severity <= 5:
        raise ValidationError("severity: must be a number from 1 (worst) to 5")
    return event_type


def has_nul(value: Any) -> str | None:
    """The path of the first NUL character in a JSON value (PostgreSQL cannot store one); None when there is none."""
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, str):
            if "\x00" in item:
                return path or "."
        elif isinstance(item, dict):
            for key, inner in item.items():
                if "\x00" in key:
                    return f"{path}.{key}".lstrip(".").replace("\x00", "\\0")
                stack.append((f"{path}.{key}".lstrip("."), inner))
        elif isinstance(item, list):
            stack.extend((f"{path}[{index}]", inner) for index, inner in enumerate(item))
    return None


def attaches_to(
    *,
    rules: SourceRules,
    same_key: Attachable | None,
    summary: str,
    open_alerts: Iterable[Attachable],
    at: datetime,
) -> Attachable | None:
    """The open alert an ALERT event is attached to, None when it opens a new one (§4.5, §6.3).

    same_key: the open alert with the event's key; the key always wins over the mode. open_alerts: all of the source,
    as far as `needs_open_alerts`.
    """
    if same_key is not None or not needs_open_alerts(rules):
        return same_key
    newest_first = sorted(open_alerts, key=lambda alert: (alert.report_time, alert.id), reverse=True)
    return _by_mode(rules, summary=summary, newest_first=newest_first, at=at)


def _by_mode(
    rules: SourceRules, *, summary: str, newest_first: list[Attachable], at: datetime
) -> Attachable | None:
    match rules.alert_creation:
        case "ONE_ALERT_PER_EMAIL_SUBJECT":
            wanted = _folded(summary)
            return next((alert for alert in newest_first if _folded(alert.summary) == wanted), None)
        case "ONE_PENDING_ALERT_ALLOWED":
            return next((alert for alert in newest_first if alert.status == "PENDING"), None)
        case "ONE_OPEN_ALERT_ALLOWED":
            return newest_first[0] if newest_first else None
        case "ONE_ALERT_GROUPED_PER_WINDOW":
            newest = newest_first[0] if newest_first else None
            is_young = newest is not None and at - newest.report_time < (rules.grouping_window or timedelta())
            return newest if is_young else None
        case _:
            return None


def single_candidate(
    *, rules: SourceRules, event_type: str, open_alerts: Iterable[Attachable]
) -> Attachable | None:
    """ACCEPT, RESOLVE or COMMENT without a key: only in the ONE_… modes, and only when there is exactly one
    alert it can mean (§17 no. 12)."""
    if rules.alert_creation not in ("ONE_PENDING_ALERT_ALLOWED", "ONE_OPEN_ALERT_ALLOWED"):
        return None
    candidates = [alert for alert in open_alerts if event_type != "ACCEPT" or alert.status == "PENDING"]
    return candidates[0] if len(candidates) == 1 else None


def needs_open_alerts(rules: SourceRules) -> bool:
    """Whether grouping must see all open alerts of the source, not only those with the event's key."""
    return rules.alert_creation not in (
        "ONE_ALERT_PER_EMAIL",
        "OPEN_RESOLVE_ON_EXTRACTION",
        "INTELLIGENT_GROUPING",
    )


def window_of(text: str | None) -> timedelta | None:
    return None if text is None else duration_in(text, field="alertGroupingWindow")


def _folded(summary: str) -> str:
    return "".join(summary.casefold().split())
