"""When a ping is expected: every so often, by cron expression, or by systemd's OnCalendar, in a zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from tocsin.domains.heartbeats.rules.on_calendar import OnCalendar, parse_on_calendar
from tocsin.kernel.errors import ValidationError

KINDS = ("INTERVAL", "CRON", "ON_CALENDAR")
SHORTEST_INTERVAL, LONGEST_INTERVAL = 25, 2_678_400
LONGEST_GRACE = 31 * 86_400
# A schedule that fires next in more than a century is as good as one that never does.
_FAR = timedelta(days=366 * 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """interval_sec counts for INTERVAL only; expression and zone for the other kinds. grace_sec: how long after
    the expected instant silence is still fine."""

    kind: str = "INTERVAL"
    interval_sec: int = 300
    expression: str | None = None
    zone: str = "UTC"
    grace_sec: int = 0

    @property
    def grace(self) -> timedelta:
        return timedelta(seconds=self.grace_sec)


def next_expected(schedule: Schedule, after: datetime) -> datetime | None:
    """The first expected instant (UTC) later than `after`; None when the schedule never fires again."""
    if schedule.kind == "INTERVAL":
        return after + timedelta(seconds=schedule.interval_sec)
    zone = zone_of(schedule.zone)
    if schedule.kind == "CRON":
        return _next_cron(schedule.expression or "", after.astimezone(zone))
    return _calendar(schedule.expression or "").next_after(after, zone=zone)


def expected_pings(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """All expected instants later than `after`, supposing that each ping comes on time."""
    at = next_expected(schedule, after)
    while at is not None:
        yield at
        at = next_expected(schedule, at)


def deadline(schedule: Schedule, base: datetime) -> datetime | None:
    """When silence since `base` (last ping, or arming) becomes too long; our own gaps are not yet counted."""
    at = next_expected(schedule, base)
    return None if at is None else at + schedule.grace


def check(schedule: Schedule, *, now: datetime) -> None:
    """Raise ValidationError naming the field that is wrong, or when the schedule never fires."""
    if schedule.kind not in KINDS:
        raise ValidationError(
            f"scheduleKind: {schedule.kind[:40]!r} is not allowed; use one of {', '.join(KINDS)}"
        )
    if not SHORTEST_INTERVAL <= schedule.interval_sec <= LONGEST_INTERVAL:
        raise ValidationError(f"intervalSec: must be between {SHORTEST_INTERVAL} and {LONGEST_INTERVAL}")
    if not 0 <= schedule.grace_sec <= LONGEST_GRACE:
        raise ValidationError(f"graceSec: must be between 0 and {LONGEST_GRACE}")
    zone_of(schedule.zone)
    if schedule.kind == "INTERVAL":
        return
    expression = (schedule.expression or "").strip()
    if not expression:
        raise ValidationError(f"scheduleExpression: must be given when scheduleKind is {schedule.kind}")
    if len(expression) > 200:
        raise ValidationError("scheduleExpression: has more than 200 characters")
    try:
        if schedule.kind == "ON_CALENDAR":
            parse_on_calendar(expression)
        elif len(expression.split()) != 5:
            raise ValueError("has not five fields")
        else:
            CronSim(expression, now.astimezone(UTC))
    except (CronSimError, ValueError) as error:
        raise ValidationError(f"scheduleExpression: {error}; {_EXAMPLES[schedule.kind]}") from error
    first = next_expected(schedule, now)
    if first is None or first - now > _FAR:
        raise ValidationError("scheduleExpression: there is no date that it ever matches again")


_EXAMPLES = {
    "CRON": "write five fields like '30 2 * * 1-5' (minute hour day month weekday)",
    "ON_CALENDAR": "write it like 'Mon..Fri *-*-* 02:30:00', 'daily' or '*:0/15'",
}


@lru_cache(maxsize=1024)
def zone_of(name: str) -> ZoneInfo:
    """Raises ValidationError for names that are not in the IANA database."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise ValidationError(
            f"timezone: {name[:60]!r} is not an IANA time zone; write it like Europe/Berlin"
        ) from error


@lru_cache(maxsize=4096)
def _calendar(expression: str) -> OnCalendar:
    return parse_on_calendar(expression)


def _next_cron(expression: str, local: datetime) -> datetime | None:
    """Debian's cron: a job at a fixed time that the clock skips runs right after the change, one at a time that
    comes twice runs once; jobs with `*` hours or minutes run by elapsed time."""
    after = local.astimezone(UTC)
    start = after
    earlier = (after - timedelta(hours=3)).astimezone(local.tzinfo)
    if earlier.utcoffset() != local.utcoffset():
        # Begun inside a repeated hour, the iterator would take its wall time for the first one.
        start = after - timedelta(hours=3)
    is_fixed = not any(field.startswith("*") for field in expression.split()[:2])
    for at in CronSim(expression, start.astimezone(local.tzinfo)):
        found = at.astimezone(UTC)
        if found > after and not (is_fixed and _is_after_leap(found, local.tzinfo)):
            return found
    return None


def _is_after_leap(at: datetime, zone: tzinfo | None) -> bool:
    """Is this the moment after a jump of more than three hours? cron makes up for what a change to summer time
    skips, but not for a day that a country leaves out (Apia, 30 December 2011)."""
    before = (at - timedelta(seconds=1)).astimezone(zone).utcoffset()
    after = at.astimezone(zone).utcoffset()
    assert before is not None
    assert after is not None
    return after - before > timedelta(hours=3)
