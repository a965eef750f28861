"""Who now, and when next? Pure decisions about walking an escalation chain (on-call reference §3.3).

The chain is the policy's rules, repeated `passes` times. `step` counts through the whole chain from zero.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tocsin.kernel.errors import ValidationError

EXHAUSTED = "EXHAUSTED"
LOW_PRIORITY = "LOW_PRIORITY"
NOBODY_RETRY_AT_LEAST = timedelta(minutes=1)
MAX_RULES = 50
MAX_TARGETS = 20
MAX_TIMEOUT_MIN = 525_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One level: who is told, and how long (minutes) until the next level if nobody reacts."""

    timeout_min: int
    user_ids: tuple[int, ...] = ()
    schedule_ids: tuple[int, ...] = ()
    team_ids: tuple[int, ...] = ()

    @property
    def timeout(self) -> timedelta:
        return timedelta(minutes=self.timeout_min)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The snapshot an alert escalates by. passes: how often the rules are walked in all, from 1."""

    rules: tuple[Rule, ...]
    passes: int
    priority: str

    @property
    def length(self) -> int:
        return 1 if self.priority == "LOW" else len(self.rules) * self.passes


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where an alert stands: `step` fires next; `pass_reached_someone` is about the pass under way."""

    step: int = 0
    pass_reached_someone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """The outcome of one firing.

    level: zero-based level that fired, None when nobody was found or the chain had ended. skipped: levels that
    resolved to nobody, in order. due_at: when to look again; None means the escalation ended for `ended`.
    """

    state: State
    level: int | None
    user_ids: tuple[int, ...]
    skipped: tuple[int, ...]
    nobody: bool
    due_at: datetime | None
    ended: str | None


def passes_of(*, repeating: bool, frequency: int) -> int:
    """The list is walked once and, when repeating, `frequency` more times."""
    return 1 + (frequency if repeating else 0)


def fire(chain: Chain, state: State, *, now: datetime, reach: Callable[[Rule], Sequence[int]]) -> Fired:
    """Fire the next level that reaches somebody. Levels that reach nobody are skipped at once.

    reach: the users a rule's targets resolve to at `now`, in order, without duplicates.
    """
    skipped: list[int] = []
    step, reached = state.step, state.pass_reached_someone
    levels = len(chain.rules)
    while step < chain.length:
        level = step % levels
        if level == 0 and step != state.step:
            reached = False
        users = tuple(reach(chain.rules[level]))
        if users:
            return _reached(chain, step=step, level=level, users=users, skipped=tuple(skipped), now=now)
        skipped.append(level)
        step += 1
        end_of_pass = step % levels == 0 or step >= chain.length
        if end_of_pass and not reached:
            return _nobody(chain, step=step, skipped=tuple(skipped), now=now)
    ended = LOW_PRIORITY if chain.priority == "LOW" else EXHAUSTED
    return Fired(
        state=State(step=step, pass_reached_someone=reached),
        level=None,
        user_ids=(),
        skipped=tuple(skipped),
        nobody=False,
        due_at=None,
        ended=ended,
    )


def _reached(
    chain: Chain, *, step: int, level: int, users: tuple[int, ...], skipped: tuple[int, ...], now: datetime
) -> Fired:
    following = step + 1
    is_low = chain.priority == "LOW"
    starts_new_pass = following % len(chain.rules) == 0
    return Fired(
        state=State(step=following, pass_reached_someone=not starts_new_pass),
        level=level,
        user_ids=users,
        skipped=skipped,
        nobody=False,
        due_at=None if is_low else now + chain.rules[level].timeout,
        ended=LOW_PRIORITY if is_low else None,
    )


def _nobody(chain: Chain, *, step: int, skipped: tuple[int, ...], now: datetime) -> Fired:
    """A whole pass found nobody. A further pass waits for the sum of the timeouts, so that n repeats do not burn
    in one second (on-call reference §9 no. 9)."""
    is_over = step >= chain.length
    pause = max(NOBODY_RETRY_AT_LEAST, sum((rule.timeout for rule in chain.rules), timedelta()))
    return Fired(
        state=State(step=step),
        level=None,
        user_ids=(),
        skipped=skipped,
        nobody=True,
        due_at=None if is_over else now + pause,
        ended=EXHAUSTED if is_over else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """One line of the simulator: what would happen `at`, if nobody ever reacted."""

    at: datetime
    level: int | None
    pass_number: int
    user_ids: tuple[int, ...]
    skipped: tuple[int, ...]
    nobody: bool
    ended: str | None


def simulate(
    chain: Chain, *, start: datetime, reach: Callable[[Rule, datetime], Sequence[int]], longest: int = 500
) -> list[Simulated]:
    """Walk the whole chain by the engine's own rule."""
    lines: list[Simulated] = []
    state, at = State(), start
    for _ in range(longest):
        instant = at
        fired = fire(chain, state, now=instant, reach=lambda rule, instant=instant: reach(rule, instant))  # type: ignore[misc]
        fired_step = fired.state.step - 1
        lines.append(
            Simulated(
                at=instant,
                level=fired.level,
                pass_number=max(0, fired_step) // max(1, len(chain.rules)) + 1,
                user_ids=fired.user_ids,
                skipped=fired.skipped,
                nobody=fired.nobody,
                ended=fired.ended,
            )
        )
        if fired.due_at is None:
            break
        state, at = fired.state, fired.due_at
    return lines


def next_level(chain: Chain, state: State, *, due_at: datetime | None) -> int | None:
    """Zero-based index of the level that fires next, None when no level is left."""
    if due_at is None or state.step >= chain.length:
        return None
    return state.step % len(chain.rules)


def jump(chain: Chain, state: State, *, level: int | None) -> State:
    """Where a manual escalation goes on: the next level, or `level` within the pass under way."""
    levels = len(chain.rules)
    if level is None:
        if state.step >= len(chain.rules) * chain.passes:
            raise ValidationError(
                "There is no further level to escalate to; choose one with level=0…", code="NO_FURTHER_LEVEL"
            )
        return state
    if not 0 <= level < levels:
        raise ValidationError(
            f"level: must be between 0 and {levels - 1}, the levels of this alert's policy",
            code="NO_FURTHER_LEVEL",
        )
    current_pass = min(max(0, state.step - 1) // levels, chain.passes - 1)
    return State(step=current_pass * levels + level)


def chain_of(rules: Sequence[dict[str, Any]], *, passes: int, priority: str) -> Chain:
    """The chain of stored rules (`escalation_policies.rules`)."""
    return Chain(rules=tuple(rule_of(rule) for rule in rules), passes=passes, priority=priority)


def rule_of(stored: dict[str, Any]) -> Rule:
    return Rule(
        timeout_min=stored["escalationTimeout"],
        user_ids=tuple(stored.get("users", ())),
        schedule_ids=tuple(stored.get("schedules", ())),
        team_ids=tuple(stored.get("teams", ())),
    )


def stored_rule(rule: Rule) -> dict[str, Any]:
    return {
        "escalationTimeout": rule.timeout_min,
        "users": list(rule.user_ids),
        "schedules": list(rule.schedule_ids),
        "teams": list(rule.team_ids),
    }


def check_policy(rules: Sequence[Rule], *, frequency: int, delay_min: int) -> None:
    """The bounds of on-call reference §3.1; raises ValidationError naming the field's path."""
    if not 1 <= len(rules) <= MAX_RULES:
        raise ValidationError(
            f"escalationRules: between 1 and {MAX_RULES} rules are needed, there are {len(rules)}"
        )
    for index, rule in enumerate(rules):
        path = f"escalationRules[{index}]"
        if not 0 <= rule.timeout_min <= MAX_TIMEOUT_MIN:
            raise ValidationError(
                f"{path}.escalationTimeout: must be between 0 and {MAX_TIMEOUT_MIN} minutes"
            )
        targets = len(rule.user_ids) + len(rule.schedule_ids) + len(rule.team_ids)
        if targets == 0:
            raise ValidationError(f"{path}: name at least one user, schedule or team")
        if targets > MAX_TARGETS:
            raise ValidationError(f"{path}: has {targets} targets, at most {MAX_TARGETS} are allowed")
    if not 1 <= frequency <= 9:
        raise ValidationError("frequency: must be between 1 and 9")
    if not 0 <= delay_min <= 60:
        raise ValidationError("delayMin: must be between 0 and 60 minutes")


def restarted(state: State) -> State:
    """Back to the first level, for a reroute, a raise or a reassignment."""
    return replace(state, step=0, pass_reached_someone=False)
