"""What a schedule means, before it is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

from tocsin.domains.heartbeats.rules.schedule import Schedule, expected_pings, zone_of
from tocsin.domains.heartbeats.rules.wording import schedule_text, span_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """next: pairs of wall time in the schedule's zone and UTC, both ISO 8601."""

    description: str
    next: Sequence[tuple[str, str]]
    warnings: Sequence[str]


def preview(schedule: Schedule, *, now: datetime, count: int = 5) -> Preview:
    """The schedule must be checked."""
    zone = zone_of(schedule.zone)
    upcoming = list(islice(expected_pings(schedule, now), count))
    return Preview(
        description=f"A ping is expected {schedule_text(schedule)}",
        next=[
            (at.astimezone(zone).isoformat(), at.astimezone(UTC).isoformat().replace("+00:00", "Z"))
            for at in upcoming
        ],
        warnings=_warnings(schedule, upcoming, now=now),
    )


def _warnings(schedule: Schedule, upcoming: Sequence[datetime], *, now: datetime) -> list[str]:
    found: list[str] = []
    if schedule.kind != "INTERVAL" and schedule.grace_sec < 60:
        found.append(
            "Without a grace of at least a minute a ping that comes a moment late already opens an alert"
        )
    shortest = min((after - before for before, after in pairwise(upcoming)), default=None)
    if schedule.kind != "INTERVAL" and shortest is not None and shortest < timedelta(seconds=25):
        found.append("Pings are expected more often than every 25 seconds; five pings a minute are accepted")
    if schedule.kind == "INTERVAL" and schedule.interval_sec + schedule.grace_sec < 60:
        found.append("With less than a minute of time every short hiccup of the network opens an alert")
    if upcoming and upcoming[0] - now > timedelta(days=45):
        found.append(f"The next ping is only expected in {span_text(upcoming[0] - now)}")
    zone = zone_of(schedule.zone)
    offsets = {at.astimezone(zone).utcoffset() for at in upcoming}
    if schedule.kind != "INTERVAL" and len(offsets) > 1:
        found.append(f"The clock changes in {schedule.zone} between these times; compare the UTC column")
    return found
