"""The escalation rules against a slow model that walks minute by minute."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.domains.escalations import rules

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

# A level: its timeout in minutes, and the minutes of the hour in which it reaches anybody.
LEVELS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["always", "never", "early", "late", "odd"])),
    min_size=1,
    max_size=4,
)


def _is_reached(kind: str, minute: int) -> bool:
    match kind:
        case "always":
            return True
        case "never":
            return False
        case "early":
            return minute < 10
        case "late":
            return minute >= 10
        case _:
            return minute % 2 == 1


def _model(levels: list[tuple[int, str]], *, passes: int, priority: str) -> list[tuple[int, int]]:
    """(minute, level) of every firing, by ticking through the minutes with a list of what is left to do."""
    fired: list[tuple[int, int]] = []
    chain = [level for _ in range(passes) for level in range(len(levels))]
    if priority == "LOW":
        chain = [0]
    per_pass = len(levels) if priority != "LOW" else 1
    wait = 0
    reached_in_pass = False
    for minute in range(100_000):
        if wait > 0:
            wait -= 1
            continue
        while chain and wait == 0:
            is_first_of_pass = len(chain) % per_pass == 0
            if is_first_of_pass:
                reached_in_pass = False
            level = chain.pop(0)
            is_last_of_pass = len(chain) % per_pass == 0
            timeout, kind = levels[level]
            if _is_reached(kind, minute):
                reached_in_pass = True
                fired.append((minute, level))
                wait = timeout
            elif is_last_of_pass and not reached_in_pass:
                wait = max(1, sum(timeout for timeout, _ in levels))
        if not chain:
            break
        wait -= 1
    return fired


@settings(max_examples=300, deadline=None)
@given(levels=LEVELS, passes=st.integers(1, 4), priority=st.sampled_from(["HIGH", "LOW"]))
def test_the_chain_fires_as_a_walk_through_the_minutes_does(
    levels: list[tuple[int, str]], passes: int, priority: str
) -> None:
    chain = rules.Chain(
        rules=tuple(
            rules.Rule(timeout_min=timeout, user_ids=(number,)) for number, (timeout, _) in enumerate(levels)
        ),
        passes=passes,
        priority=priority,
    )

    def reach(rule: rules.Rule, at: datetime) -> tuple[int, ...]:
        (level,) = rule.user_ids
        minute = int((at - START).total_seconds() // 60)
        return (level,) if _is_reached(levels[level][1], minute) else ()

    lines = rules.simulate(chain, start=START, reach=reach)
    fired = [
        (int((line.at - START).total_seconds() // 60), line.level) for line in lines if line.level is not None
    ]
    assert fired == _model(levels, passes=passes, priority=priority)
    assert lines[-1].ended is not None
    assert all(line.ended is None for line in lines[:-1])


@settings(max_examples=200, deadline=None)
@given(levels=LEVELS, passes=st.integers(1, 9), step=st.integers(0, 40))
def test_a_firing_always_moves_on_and_always_has_a_next_step_or_a_reason(
    levels: list[tuple[int, str]], passes: int, step: int
) -> None:
    chain = rules.Chain(
        rules=tuple(rules.Rule(timeout_min=timeout, user_ids=(1,)) for timeout, _ in levels),
        passes=passes,
        priority="HIGH",
    )
    state = rules.State(step=min(step, chain.length))
    for is_anybody_there in (True, False):
        fired = rules.fire(
            chain, state, now=START, reach=lambda rule, there=is_anybody_there: rule.user_ids if there else ()
        )
        assert (fired.due_at is None) == (fired.ended is not None)
        assert fired.state.step > state.step or fired.ended is not None
        if not is_anybody_there and fired.due_at is not None:
            assert fired.due_at - START >= timedelta(minutes=1), "passes without anybody must not burn up"
