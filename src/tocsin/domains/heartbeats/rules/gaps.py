"""Our own outages: time in which we could not receive pings does not count against a monitor."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST_EXTRA = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """[started_at, ended_at): no process was able to receive and store pings."""

    started_at: datetime
    ended_at: datetime


def merged(gaps: Iterable[Gap]) -> list[Gap]:
    """Sorted, overlapping ones joined."""
    out: list[Gap] = []
    for gap in sorted(gaps):
        if out and gap.started_at <= out[-1].ended_at:
            out[-1] = Gap(out[-1].started_at, max(out[-1].ended_at, gap.ended_at))
        else:
            out.append(gap)
    return out


def moved_deadline(deadline: datetime, *, base: datetime, gaps: Iterable[Gap], grace: timedelta) -> datetime:
    """The deadline after our own gaps. base: what the deadline counts from (last ping or arming).

    Each gap that begins before the (moved) deadline and ends after `base` moves it by the part of the gap after
    `base`; once, there is an extra of one grace, 30 s at least, in which the sender can come back. A deadline that
    passed before a gap began is not moved by it: that monitor was overdue already.
    """
    is_moved = False
    for gap in merged(gaps):
        if gap.ended_at <= base or gap.started_at >= deadline:
            continue
        deadline += gap.ended_at - max(gap.started_at, base)
        if not is_moved:
            deadline += max(grace, LEAST_EXTRA)
            is_moved = True
    return deadline
