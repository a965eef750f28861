"""Who gets which page, when a due one is still wanted, and what follows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tocsin.domains.notifications.breaker import Breaker
from tocsin.domains.notifications.rules import (
    Drop,
    DueFacts,
    Preference,
    Send,
    Wait,
    cancel_reason,
    decide,
    fallback_target,
    masked,
    next_repetition,
    next_try,
    pages_for,
    wire_error,
    wire_status,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
RULE = Preference(
    id=1,
    method="EMAIL",
    type="HIGH_PRIORITY",
    contact_id=9,
    target="ada@acme.test",
    contact_status="OK",
    delay_min=0,
    repeat_every_min=None,
)
PAGE = DueFacts(
    kind="PAGE",
    state="SCHEDULED",
    interruptions=0,
    alert_status="PENDING",
    is_merged=False,
    is_responder=True,
    muted_until=None,
    contact_status="OK",
)


def test_equal_rules_page_once_and_earlier_ones_come_first() -> None:
    rules = [replace(RULE, id=3, delay_min=5), replace(RULE, id=2), RULE]
    pages = pages_for(login_email="login@acme.test", preferences=rules, priority="HIGH")
    assert [(page.preference, page.delay) for page in pages] == [(1, timedelta(0)), (3, timedelta(minutes=5))]


def test_rules_of_the_other_priority_do_not_count() -> None:
    low = replace(RULE, type="LOW_PRIORITY")
    assert [page.preference for page in pages_for(login_email="l@x", preferences=[low], priority="LOW")] == [
        1
    ]
    [fallback] = pages_for(login_email="l@x", preferences=[low], priority="HIGH")
    assert (fallback.target, fallback.preference) == ("l@x", None)
    assert pages_for(login_email="l@x", preferences=[RULE], priority="LOW") == []


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"alert_status": "ACCEPTED"}, "CANCELLED"),
        ({"alert_status": None}, "CANCELLED"),
        ({"is_merged": True}, "CANCELLED"),
        ({"is_responder": False}, "CANCELLED"),
        ({"muted_until": NOW + timedelta(seconds=1)}, "SUPPRESSED"),
        ({"contact_status": "LOCKED"}, "SUPPRESSED"),
        ({"contact_status": "BLACKLISTED"}, "SUPPRESSED"),
        ({"state": "SENDING", "interruptions": 2}, "FAILED"),
    ],
)
def test_a_page_that_is_not_wanted_any_more_ends_with_a_reason(
    changed: dict[str, object], state: str
) -> None:
    decision = decide(replace(PAGE, **changed), now=NOW)  # type: ignore[arg-type]
    assert isinstance(decision, Drop)
    assert decision.state == state
    assert decision.reason


def test_a_page_that_is_wanted_is_sent() -> None:
    assert isinstance(decide(PAGE, now=NOW), Send)
    assert isinstance(decide(replace(PAGE, muted_until=NOW), now=NOW), Send)
    assert isinstance(decide(replace(PAGE, contact_status=None), now=NOW), Send)
    assert isinstance(decide(replace(PAGE, state="SENDING", interruptions=1), now=NOW), Send)


def test_a_recovery_follows_its_page() -> None:
    recovery = replace(PAGE, kind="RECOVERY", alert_status="RESOLVED", is_responder=False)
    assert isinstance(decide(replace(recovery, page_state="DELIVERED"), now=NOW), Send)
    assert isinstance(decide(replace(recovery, page_state="UNDER_WAY"), now=NOW), Wait)
    never = decide(replace(recovery, page_state="NEVER"), now=NOW)
    assert isinstance(never, Drop)
    assert never.state == "SUPPRESSED"


def test_tries_come_slower_and_slower_and_end() -> None:
    pauses = [next_try(attempt, now=NOW, jitter=0.0) for attempt in range(1, 9)]
    seconds = [(at - NOW).total_seconds() for at in pauses if at is not None]
    assert seconds == [10, 30, 90, 300, 600, 900, 1800]
    assert pauses[-1] is None
    stretched = next_try(1, now=NOW, jitter=0.99)
    assert stretched is not None
    assert timedelta(seconds=12) < stretched - NOW < timedelta(seconds=12.5)


def test_repetitions_end_after_a_day() -> None:
    early = next_repetition(every_min=30, number=0, first_at=NOW, now=NOW)
    assert (early.number, early.due_at, early.ended) == (1, NOW + timedelta(minutes=30), None)
    late = next_repetition(every_min=30, number=47, first_at=NOW, now=NOW + timedelta(hours=23, minutes=31))
    assert late.ended


def test_the_fallback_is_an_address_that_was_not_tried() -> None:
    def target(**changed: object) -> str | None:
        given = {
            "login_email": "login@x",
            "other_targets": ["home@x"],
            "tried": ["work@x"],
            "is_rescue_coming": False,
        }
        return fallback_target(**(given | changed))  # type: ignore[arg-type]

    assert target() == "login@x"
    assert target(tried=["work@x", "LOGIN@x"]) == "home@x"
    assert target(tried=["login@x", "home@x"]) is None
    assert target(is_rescue_coming=True) is None


def test_the_contract_sees_three_states_and_the_reason() -> None:
    assert [wire_status(state) for state in ("SCHEDULED", "SENDING", "SENT", "FAILED", "SUPPRESSED")] == [
        "SCHEDULED",
        "SCHEDULED",
        "SUCCESS",
        "ERROR",
        "ERROR",
    ]
    assert wire_error("SUPPRESSED", "muted") == "suppressed: muted"
    assert wire_error("FAILED", "550 no") == "550 no"
    assert wire_error("SENT", None) is None
    assert cancel_reason("ACCEPTED") == "the alert was accepted"


@pytest.mark.parametrize(
    ("target", "seen"),
    [("ada@acme.test", "a•••@acme.test"), ("+4915123456712", "+49•••••12"), ("123", "•••"), ("", "•••")],
)
def test_targets_are_masked(target: str, seen: str) -> None:
    assert masked(target) == seen


def test_the_breaker_opens_after_five_failures_and_lets_one_probe_through() -> None:
    breaker = Breaker()
    opened = [breaker.failed(now=NOW + timedelta(seconds=second)) for second in range(5)]
    assert opened == [False, False, False, False, True]
    later = NOW + timedelta(seconds=4)
    assert breaker.allowance(now=later + timedelta(seconds=29), batch=50) == 0
    assert breaker.allowance(now=later + timedelta(seconds=30), batch=50) == 1
    assert breaker.allowance(now=later + timedelta(seconds=30), batch=50) == 0, "one probe at a time"
    breaker.failed(now=later + timedelta(seconds=31))
    assert breaker.allowance(now=later + timedelta(seconds=60), batch=50) == 0
    assert breaker.allowance(now=later + timedelta(seconds=61), batch=50) == 1
    breaker.succeeded()
    assert breaker.allowance(now=later + timedelta(seconds=61), batch=50) == 50


def test_failures_far_apart_do_not_open_the_breaker() -> None:
    breaker = Breaker()
    assert not any(breaker.failed(now=NOW + timedelta(seconds=20 * n)) for n in range(20))
