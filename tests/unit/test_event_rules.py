"""Events: valid or not, and what a NUL hides in."""

import pytest

from tocsin.domains.alert_sources.rules import event_priority
from tocsin.domains.events import rules
from tocsin.kernel.errors import ValidationError


def test_only_an_alert_needs_a_summary() -> None:
    for event_type in ("ACCEPT", "RESOLVE", "COMMENT"):
        assert (
            rules.check_event(event_type=event_type, summary=None, priority=None, severity=None) == event_type
        )
    with pytest.raises(ValidationError, match=r"^summary: "):
        rules.check_event(event_type="ALERT", summary=" \t", priority=None, severity=None)


@pytest.mark.parametrize("event_type", [None, "alert", "RESOLVED", "x" * 10_000])
def test_the_event_type_is_one_of_four(event_type: str | None) -> None:
    with pytest.raises(ValidationError, match=r"^eventType: ") as refused:
        rules.check_event(event_type=event_type, summary="a", priority=None, severity=None)
    assert len(refused.value.message) < 200


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": {"b": [1, {"c": "x\x00"}]}}, "a.b[1].c"),
        ({"a\x00": 1}, "a\\0"),
        ("\x00", "."),
        ({"a": ["\x00"]}, "a[0]"),
        ({"a": "clean", "b": [None, True, 1.5]}, None),
    ],
)
def test_a_nul_is_found_wherever_it_hides(value: object, path: str | None) -> None:
    assert rules.has_nul(value) == path


@pytest.mark.parametrize(
    ("rule", "kind", "asked", "expected"),
    [
        ("HIGH", "API", None, "HIGH"),
        ("HIGH", "API", "LOW", "LOW"),
        ("LOW", "API", "HIGH", "LOW"),
        ("LOW", "SERVICENOW", "HIGH", "HIGH"),
        ("HIGH_DURING_SUPPORT_HOURS", "API", None, "LOW"),
        ("LOW_DURING_SUPPORT_HOURS", "API", None, "HIGH"),
    ],
)
def test_the_priority_is_the_rules_unless_the_events_counts(
    rule: str, kind: str, asked: str | None, expected: str
) -> None:
    assert event_priority(rule=rule, integration_type=kind, asked=asked) == expected
