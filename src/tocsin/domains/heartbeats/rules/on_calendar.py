"""systemd's calendar events (`OnCalendar=`), the usual grammar: weekdays, dates, times, lists, ranges, steps.

Across changes of the clock: a fixed hour that comes twice fires the first time only, one that is skipped does not
fire that day; an expression with `*` or a step in its hours fires in every real hour.
"""

import re
from bisect import bisect_left
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_SHORTHANDS = {
    "minutely": "*-*-* *:*:00",
    "hourly": "*-*-* *:00:00",
    "daily": "*-*-* 00:00:00",
    "weekly": "Mon *-*-* 00:00:00",
    "monthly": "*-*-01 00:00:00",
    "quarterly": "*-01,04,07,10-01 00:00:00",
    "semiannually": "*-01,07-01 00:00:00",
    "yearly": "*-01-01 00:00:00",
    "annually": "*-01-01 00:00:00",
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
# The leap day comes back after eight years at most; weekdays on it after forty.
_YEARS_AHEAD = 41


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCalendar:
    """Parsed. `days_from_end`: 1 is the last day of the month (`~01`). None for years means every year."""

    weekdays: frozenset[int]
    years: frozenset[int] | None
    months: frozenset[int]
    days: frozenset[int]
    days_from_end: frozenset[int]
    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    seconds: tuple[int, ...]
    follows_elapsed_time: bool

    def matches_day(self, day: date) -> bool:
        if self.years is not None and day.year not in self.years:
            return False
        if day.month not in self.months or day.weekday() not in self.weekdays:
            return False
        if self.days_from_end:
            return monthrange(day.year, day.month)[1] - day.day + 1 in self.days_from_end
        return day.day in self.days

    def next_after(self, after: datetime, *, zone: ZoneInfo) -> datetime | None:
        """The first instant (UTC) later than `after`; None when there is none."""
        # Zones move by less than a day, so the day before may still hold a later instant (Apia 2011).
        day = after.astimezone(zone).date() - timedelta(days=1)
        last = min(day.year + _YEARS_AHEAD, _LAST_YEAR)
        while day.year <= last:
            if day.month not in self.months or (self.years is not None and day.year not in self.years):
                day = _first_of_next_month(day)
                continue
            if self.matches_day(day):
                found = self._first_on(day, after=after, zone=zone)
                if found is not None:
                    return found
            day += timedelta(days=1)
        return None

    def _first_on(self, day: date, *, after: datetime, zone: ZoneInfo) -> datetime | None:
        best: datetime | None = None
        earliest = after.astimezone(zone).replace(tzinfo=None) - timedelta(hours=3)
        for hour in self.hours:
            if datetime(day.year, day.month, day.day, hour, 59, 59) < earliest:  # noqa: DTZ001  (wall time)
                continue
            # A later wall time may come earlier only around a change of the clock, by an hour or so.
            if best is not None and best + timedelta(hours=3) < _utc(day, hour, 0, 0, zone=zone):
                break
            for minute in self.minutes:
                found = self._first_in(day, hour, minute, after=after, zone=zone)
                if found is not None and (best is None or found < best):
                    best = found
        return best

    def _first_in(
        self, day: date, hour: int, minute: int, *, after: datetime, zone: ZoneInfo
    ) -> datetime | None:
        """The first second of this wall minute that fires after `after`."""
        for fold in (0, 1) if self.follows_elapsed_time else (0,):
            start = _utc(day, hour, minute, fold, zone=zone)
            if not _is_real(day, hour, minute, fold, zone=zone):
                continue
            at = bisect_left(self.seconds, (after - start).total_seconds() + 1e-6)
            if at < len(self.seconds):
                return start + timedelta(seconds=self.seconds[at])
        return None


def _utc(day: date, hour: int, minute: int, fold: int, *, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, fold=fold, tzinfo=zone).astimezone(UTC)


def _is_real(day: date, hour: int, minute: int, fold: int, *, zone: ZoneInfo) -> bool:
    """False for wall times that the clock skips, and for the second of two that are the same instant."""
    at = datetime(day.year, day.month, day.day, hour, minute, fold=fold, tzinfo=zone)
    back = at.astimezone(UTC).astimezone(zone)
    return back.replace(tzinfo=None) == at.replace(tzinfo=None) and back.fold == fold


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def parse_on_calendar(expression: str) -> OnCalendar:
    """Raises ValueError with a sentence on what is wrong."""
    text = _SHORTHANDS.get(expression.strip().lower(), expression.strip())
    parts = text.split()
    weekdays = frozenset(range(7))
    if parts and parts[0][0].isalpha():
        weekdays = _weekdays(parts.pop(0))
    day_part, time_part = "*-*-*", "00:00:00"
    for number, part in enumerate(parts):
        if ":" in part and number == len(parts) - 1:
            time_part = part
        elif number == 0 and ("-" in part or "~" in part):
            day_part = part
        elif part[0].isalpha():
            raise ValueError(f"{part!r} looks like a time zone; set it in the field timezone")
        else:
            raise ValueError(f"{part!r} is not understood")
    if not parts and len(weekdays) == 7:
        raise ValueError("is empty")
    years, months, days, days_from_end = _date(day_part)
    return _with_time(
        time_part, weekdays=weekdays, years=years, months=months, days=days, days_from_end=days_from_end
    )


def _with_time(
    text: str,
    *,
    weekdays: frozenset[int],
    years: frozenset[int] | None,
    months: frozenset[int],
    days: frozenset[int],
    days_from_end: frozenset[int],
) -> OnCalendar:
    fields = text.split(":")
    if len(fields) == 2:
        fields.append("00")
    if len(fields) != 3:
        raise ValueError(f"{text!r} is not a time; write it like 02:30 or *:0/15")
    return OnCalendar(
        weekdays=weekdays,
        years=years,
        months=months,
        days=days,
        days_from_end=days_from_end,
        hours=tuple(sorted(_numbers(fields[0], low=0, high=23, name="hour"))),
        minutes=tuple(sorted(_numbers(fields[1], low=0, high=59, name="minute"))),
        seconds=tuple(sorted(_numbers(fields[2], low=0, high=59, name="second"))),
        follows_elapsed_time="*" in fields[0] or "/" in fields[0],
    )


def _weekdays(text: str) -> frozenset[int]:
    found: set[int] = set()
    for item in text.rstrip(",").split(","):
        ends = re.split(r"\.\.|-", item)
        if len(ends) > 2:
            raise ValueError(f"{item!r} is not a range of weekdays; write it like Mon..Fri")
        first, last = _weekday(ends[0]), _weekday(ends[-1])
        found.update((first + step) % 7 for step in range((last - first) % 7 + 1))
    return frozenset(found)


def _weekday(text: str) -> int:
    for number, name in enumerate(_DAYS):
        if text.lower() in (name, name[:3]):
            return number
    raise ValueError(f"{text!r} is not a weekday; write Mon, Tue, Wed, Thu, Fri, Sat or Sun")


def _date(
    text: str,
) -> tuple[frozenset[int] | None, frozenset[int], frozenset[int], frozenset[int]]:
    head, tilde, tail = text.rpartition("~")
    fields = [*head.split("-"), tail] if tilde else text.split("-")
    if len(fields) == 2:
        fields.insert(0, "*")
    if len(fields) != 3:
        raise ValueError(f"{text!r} is not a date; write it like *-*-01 or 2027-03-31")
    years = None
    if fields[0] != "*":
        years = _numbers(fields[0], low=_FIRST_YEAR, high=_LAST_YEAR, name="year")
    months = _numbers(fields[1], low=1, high=12, name="month")
    if tilde:
        # `~07/1` is each of the last seven days, `~03` the third from the end.
        first, slash, step = fields[2].partition("/")
        if slash:
            start = _number(first, low=1, high=31, name="day")
            days = frozenset(range(start, 0, -_number(step, low=1, high=31, name="step")))
        else:
            days = _numbers(first, low=1, high=31, name="day")
        return years, months, frozenset(), days
    return years, months, _numbers(fields[2], low=1, high=31, name="day"), frozenset()


def _numbers(text: str, *, low: int, high: int, name: str) -> frozenset[int]:
    """A comma list of `*`, n, a..b, each with an optional /step."""
    found: set[int] = set()
    for item in text.split(","):
        span, slash, step_text = item.partition("/")
        step = _number(step_text, low=1, high=high, name="step") if slash else 1
        if span == "*":
            first, last = low, high
        elif ".." in span:
            begin, _, end = span.partition("..")
            first = _number(begin, low=low, high=high, name=name)
            last = _number(end, low=low, high=high, name=name)
            if last < first:
                raise ValueError(f"{span!r} ends before it begins")
        else:
            first = _number(span, low=low, high=high, name=name)
            last = high if slash else first
        found.update(range(first, last + 1, step))
    return frozenset(found)


def _number(text: str, *, low: int, high: int, name: str) -> int:
    if not (text.isascii() and text.isdigit()) or not low <= int(text[:6]) <= high or len(text) > 6:
        raise ValueError(f"{name} {text[:20]!r} must be a number between {low} and {high}")
    return int(text)
