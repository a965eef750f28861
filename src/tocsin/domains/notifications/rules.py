"""Pure decisions: which pages a person gets, whether a due one is still wanted, what follows a failure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from tocsin.kernel.backoff import retry_delay

METHODS_WITH_A_PROVIDER = frozenset({"EMAIL"})
RETRY_STEPS: Sequence[float] = (10, 30, 90, 300, 600, 900, 1800)
LEASE = timedelta(seconds=60)
REPEAT_FOR = timedelta(hours=24)
RESCUE_WITHIN = timedelta(minutes=5)  # another page due this soon makes a fallback unnecessary
RECOVERY_WAITS = timedelta(seconds=2)  # for the page it follows, when that one is just being sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """One alert rule of a user with what it points to. contact_status: OK, LOCKED, BLACKLISTED or None."""

    id: int
    method: str
    type: str
    contact_id: int | None
    target: str | None
    contact_status: str | None
    delay_min: int
    repeat_every_min: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWanted:
    """One page to plan. suppressed: why it will not be sent, when that is known already."""

    method: str
    contact_id: int | None
    target: str
    preference: int | None  # None: the fallback to the login address
    delay: timedelta = timedelta(0)
    repeat_every_min: int | None = None
    suppressed: str | None = None
    fallback: str | None = None


def pages_for(*, login_email: str, preferences: Sequence[Preference], priority: str) -> list[PageWanted]:
    """The pages one assignment of an alert of `priority` makes for one person.

    Rules by methods nobody can deliver yet are planned as suppressed, so that the trace shows them. HIGH
    reaches the login address when no rule can be used; LOW without rules reaches nobody, by the user's choice.
    """
    wanted: list[PageWanted] = []
    seen: set[tuple[str, str | None, int]] = set()
    is_anything_usable = False
    for rule in sorted(preferences, key=lambda rule: (rule.delay_min, rule.id)):
        mark = (rule.method, rule.target, rule.delay_min)
        if rule.type != f"{priority}_PRIORITY" or mark in seen:
            continue
        seen.add(mark)
        refusal = _refusal(rule)
        is_anything_usable |= refusal is None and rule.contact_status == "OK"
        wanted.append(
            PageWanted(
                method=rule.method,
                contact_id=rule.contact_id,
                target=rule.target or "",
                preference=rule.id,
                delay=timedelta(minutes=rule.delay_min),
                repeat_every_min=rule.repeat_every_min,
                suppressed=refusal,
            )
        )
    if priority == "HIGH" and not is_anything_usable:
        reason = (
            "no rule for high priority alerts" if not wanted else "no usable rule for high priority alerts"
        )
        wanted.append(
            PageWanted(method="EMAIL", contact_id=None, target=login_email, preference=None, fallback=reason)
        )
    return wanted


def _refusal(rule: Preference) -> str | None:
    if rule.method not in METHODS_WITH_A_PROVIDER:
        return f"no provider for {rule.method} is configured"
    if rule.target is None:
        return "the rule has no contact"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFacts:
    """What decides about a due notification, as committed at the moment of its claim."""

    kind: str
    state: str
    interruptions: int  # tries that ended with the death of their process, this one included
    alert_status: str | None
    is_merged: bool
    is_responder: bool
    muted_until: datetime | None
    contact_status: str | None  # None: no contact behind it (login address)
    page_state: Literal["DELIVERED", "UNDER_WAY", "NEVER"] = "NEVER"  # of the page a recovery follows


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The notification ends here. state: CANCELLED (not needed any more), SUPPRESSED (kept back), FAILED."""

    state: Literal["CANCELLED", "SUPPRESSED", "FAILED"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    until: datetime


def decide(facts: DueFacts, *, now: datetime) -> Send | Drop | Wait:
    """Is a due notification still wanted at `now`?"""
    unwanted = _unwanted(facts)
    if unwanted is not None:
        return unwanted
    if facts.muted_until is not None and facts.muted_until > now and facts.kind != "TEST":
        return Drop(
            state="SUPPRESSED", reason=f"muted by the user until {facts.muted_until:%Y-%m-%d %H:%M} UTC"
        )
    if facts.contact_status == "LOCKED" and facts.kind != "TEST":
        return Drop(state="SUPPRESSED", reason="the contact is not verified")
    if facts.contact_status == "BLACKLISTED":
        return Drop(state="SUPPRESSED", reason="the recipient refused messages to this contact")
    if facts.state == "SENDING" and facts.interruptions > 1:
        return Drop(state="FAILED", reason="interrupted twice while being sent; it may have arrived")
    if facts.kind == "RECOVERY" and facts.page_state == "UNDER_WAY":
        return Wait(until=now + RECOVERY_WAITS)
    return Send()


def _unwanted(facts: DueFacts) -> Drop | None:
    if facts.kind == "PAGE":
        if facts.is_merged:
            return Drop(state="CANCELLED", reason="the alert was merged into another one")
        if facts.alert_status != "PENDING":
            return Drop(state="CANCELLED", reason=f"the alert is {(facts.alert_status or 'gone').lower()}")
        if not facts.is_responder:
            return Drop(state="CANCELLED", reason="the user is no longer a responder")
    if facts.kind == "RECOVERY":
        if facts.alert_status != "RESOLVED":
            return Drop(state="CANCELLED", reason="the alert is not resolved")
        if facts.page_state == "NEVER":
            return Drop(state="SUPPRESSED", reason="the page it would follow was never delivered")
    return None


def next_try(attempt: int, *, now: datetime, jitter: float) -> datetime | None:
    """When try `attempt + 1` is due, or None after the last. jitter: a random number in [0, 1)."""
    pause = retry_delay(attempt, steps=RETRY_STEPS, jitter=jitter)
    return None if pause is None else now + pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """The next page of a rule that repeats. ended: it is the closing entry and will not be sent."""

    number: int
    due_at: datetime
    ended: str | None = None


def next_repetition(*, every_min: int, number: int, first_at: datetime, now: datetime) -> Repetition:
    """What follows page `number` (0 is the first) of a repeating rule, sent at `now`."""
    due_at = now + timedelta(minutes=every_min)
    if due_at > first_at + REPEAT_FOR:
        return Repetition(
            number=number + 1, due_at=now, ended="repeated for 24 h without an answer; it ends here"
        )
    return Repetition(number=number + 1, due_at=due_at)


def fallback_target(
    *, login_email: str, other_targets: Sequence[str], tried: Sequence[str], is_rescue_coming: bool
) -> str | None:
    """The address to try after a page failed for good; None when another page reaches the person soon, or
    when every address was tried."""
    if is_rescue_coming:
        return None
    used = {target.casefold() for target in tried}
    for target in (login_email, *other_targets):
        if target.casefold() not in used:
            return target
    return None


def masked(target: str) -> str:
    """A target as other people may see it: `a•••@example.org`, `+49•••••12`."""
    if "@" in target:
        name, _, domain = target.rpartition("@")
        return f"{name[:1]}•••@{domain}"
    return f"{target[:3]}•••••{target[-2:]}" if len(target) > 6 else "•••"


def wire_status(state: str) -> str:
    """The contract's three words for our six."""
    if state in {"SCHEDULED", "SENDING"}:
        return "SCHEDULED"
    return "SUCCESS" if state == "SENT" else "ERROR"


def wire_error(state: str, error: str | None) -> str | None:
    """The contract's `errorMessage`."""
    if state in {"SUPPRESSED", "CANCELLED"}:
        return f"suppressed: {error or state.lower()}"
    return error if state == "FAILED" else None


_CANCEL_REASONS = {
    "ACCEPTED": "the alert was accepted",
    "RESOLVED": "the alert was resolved",
    "MERGED": "the alert was merged into another one",
    "RAISED": "the priority was raised, so the pages are planned anew",
    "REASSIGNED": "the alert was assigned to somebody else",
    "REROUTED": "the alert was rerouted to another escalation policy",
    "RESPONDER_REMOVED": "the user is no longer a responder",
}


def cancel_reason(reason: str) -> str:
    """The words for a reason that callers give as one word; a sentence stays as it is."""
    return _CANCEL_REASONS.get(reason, reason)


def outcome_words(what: str, *, state: str, reason: str | None) -> str:
    """For the timeline. what: page, recovery, message."""
    match state:
        case "SENT":
            return f"{what} handed over ({reason})" if reason else f"{what} handed over"
        case "RETRY":
            return f"{what} will be tried again ({reason})"
        case "FAILED":
            return f"{what} failed ({reason})"
        case _:
            return f"{what} not sent: {reason or 'not needed'}"
