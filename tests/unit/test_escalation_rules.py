"""Walking an escalation chain: single decisions (the property tests walk whole chains)."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.domains.escalations import rules
from tocsin.domains.escalations.rules import Chain, Rule, State
from tocsin.kernel.errors import ValidationError

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def _chain(*timeouts: int, passes: int = 1, priority: str = "HIGH") -> Chain:
    levels = tuple(
        Rule(timeout_min=timeout, user_ids=(number,)) for number, timeout in enumerate(timeouts, 1)
    )
    return Chain(rules=levels, passes=passes, priority=priority)


def _everybody(rule: Rule) -> tuple[int, ...]:
    return rule.user_ids


def _nobody(_: Rule) -> tuple[int, ...]:
    return ()


def test_the_worked_example_of_the_reference_fires_at_its_times() -> None:
    lines = rules.simulate(_chain(5, 10, passes=3), start=NOW, reach=lambda rule, _: rule.user_ids)
    minutes = [(int((line.at - NOW).total_seconds() // 60), line.level) for line in lines]
    assert minutes == [(0, 0), (5, 1), (15, 0), (20, 1), (30, 0), (35, 1), (45, None)]
    assert lines[-1].ended == rules.EXHAUSTED
    assert [line.pass_number for line in lines[:-1]] == [1, 1, 2, 2, 3, 3]


def test_a_gap_in_the_first_level_fires_the_second_at_once() -> None:
    fired = rules.fire(_chain(5, 10), State(), now=NOW, reach=lambda rule: [2] if 2 in rule.user_ids else [])
    assert (fired.level, fired.user_ids, fired.skipped) == (1, (2,), (0,))
    assert fired.due_at == NOW + timedelta(minutes=10)


def test_a_pass_that_finds_nobody_waits_for_the_sum_of_its_timeouts() -> None:
    fired = rules.fire(_chain(5, 10, passes=2), State(), now=NOW, reach=_nobody)
    assert (fired.level, fired.nobody, fired.skipped) == (None, True, (0, 1))
    assert fired.due_at == NOW + timedelta(minutes=15)
    last = rules.fire(_chain(5, 10, passes=2), fired.state, now=NOW, reach=_nobody)
    assert (last.due_at, last.ended, last.nobody) == (None, rules.EXHAUSTED, True)


def test_low_alerts_stop_after_the_first_level() -> None:
    fired = rules.fire(_chain(5, 10, priority="LOW"), State(), now=NOW, reach=_everybody)
    assert (fired.level, fired.due_at, fired.ended) == (0, None, rules.LOW_PRIORITY)


@pytest.mark.parametrize(("repeating", "frequency", "passes"), [(False, 9, 1), (True, 1, 2), (True, 9, 10)])
def test_a_policy_is_walked_once_and_then_as_often_as_it_repeats(
    repeating: bool, frequency: int, passes: int
) -> None:
    assert rules.passes_of(repeating=repeating, frequency=frequency) == passes


def test_a_jump_goes_on_from_its_level_within_the_pass_under_way() -> None:
    chain = _chain(5, 5, 5, passes=2)
    assert rules.jump(chain, State(step=4), level=2).step == 5
    assert rules.jump(chain, State(step=1), level=0).step == 0
    assert rules.jump(chain, State(step=1), level=None).step == 1
    for level, step in ((None, 6), (3, 0), (-1, 0)):
        with pytest.raises(ValidationError) as refused:
            rules.jump(chain, State(step=step), level=level)
        assert refused.value.code == "NO_FURTHER_LEVEL"


def test_the_next_level_is_none_when_nothing_is_due() -> None:
    chain = _chain(5, 5)
    assert rules.next_level(chain, State(step=1), due_at=NOW) == 1
    assert rules.next_level(chain, State(step=1), due_at=None) is None
    assert rules.next_level(chain, State(step=2), due_at=NOW) is None


def test_rules_survive_being_stored() -> None:
    rule = Rule(timeout_min=5, user_ids=(1, 2), schedule_ids=(3,), team_ids=(4,))
    assert rules.rule_of(rules.stored_rule(rule)) == rule
