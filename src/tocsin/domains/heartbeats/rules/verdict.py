"""What the engine decides about one monitor whose `check_at` has passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin.domains.heartbeats.rules.gaps import Gap, moved_deadline
from tocsin.domains.heartbeats.rules.schedule import Schedule, deadline

# A ping that was received just before the deadline may still be on its way into the database.
COMMIT_SLACK = timedelta(milliseconds=250)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A monitor's row as far as deadlines go. `run_late_at`: when its longest-allowed open run ends."""

    state: str
    schedule: Schedule
    last_ping: datetime | None
    armed_at: datetime | None
    expect_first_ping_by: datetime | None
    run_late_at: datetime | None = None


def life_base(facts: Facts) -> datetime | None:
    """What the deadline counts from; None when the monitor was never armed."""
    known = [at for at in (facts.last_ping, facts.armed_at) if at is not None]
    return max(known) if known else None


def plain_deadline(facts: Facts) -> datetime | None:
    """The deadline without our own gaps; None when the monitor is not armed or never expects a ping again."""
    if facts.state == "UNKNOWN":
        return facts.expect_first_ping_by
    base = life_base(facts)
    return None if base is None else deadline(facts.schedule, base)


def effective_deadline(facts: Facts, *, gaps: Sequence[Gap]) -> datetime | None:
    """The deadline with our own gaps counted out; a run that is within its allowed time is waited for."""
    plain = plain_deadline(facts)
    if plain is None:
        return None
    base = life_base(facts)
    if base is None or facts.state == "UNKNOWN":
        base = facts.armed_at or plain
    if gaps:
        plain = moved_deadline(plain, base=base, gaps=gaps, grace=facts.schedule.grace)
    if facts.run_late_at is not None:
        plain = max(plain, facts.run_late_at)
    return plain


def is_overdue(at: datetime, *, now: datetime) -> bool:
    """Has this deadline passed for good?"""
    return now >= at + COMMIT_SLACK
