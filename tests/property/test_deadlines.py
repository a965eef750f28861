"""Deadlines against slow, obvious models."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.domains.heartbeats.rules.gaps import Gap, moved_deadline
from tocsin.domains.heartbeats.rules.schedule import Schedule, expected_pings, next_expected

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Chatham",
]
instants = st.integers(1_262_304_000, 2_114_380_800).map(lambda sec: datetime.fromtimestamp(sec, UTC))
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
seconds = st.integers(0, 3000)


def slow_deadline(deadline: int, *, base: int, gaps: list[tuple[int, int]], grace: int) -> int:
    """Second by second: a clock that stands still in gaps runs down the time that is left. At the first standstill
    it is given the extra."""
    left, second, had_extra = deadline - base, base, False
    while left > 0:
        if any(begin <= second < end for begin, end in gaps):
            left += 0 if had_extra else max(grace, 30)
            had_extra = True
        else:
            left -= 1
        second += 1
    return second


@given(
    base=st.integers(0, 300),
    allowed=st.integers(1, 900),
    grace=st.integers(0, 200),
    spans=st.lists(st.tuples(seconds, st.integers(1, 400)), max_size=6),
)
def test_the_moved_deadline_is_that_of_a_clock_that_stands_still_in_gaps(
    base: int, allowed: int, grace: int, spans: list[tuple[int, int]]
) -> None:
    gaps = [(begin, begin + length) for begin, length in spans]
    moved = moved_deadline(
        START + timedelta(seconds=base + allowed),
        base=START + timedelta(seconds=base),
        gaps=[Gap(START + timedelta(seconds=a), START + timedelta(seconds=b)) for a, b in gaps],
        grace=timedelta(seconds=grace),
    )
    expected = slow_deadline(base + allowed, base=base, gaps=gaps, grace=grace)
    assert moved == START + timedelta(seconds=expected)


@given(after=instants, zone=st.sampled_from(ZONES), hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_a_daily_on_calendar_job_fires_at_the_first_such_wall_time(
    after: datetime, zone: str, hour: int, minute: int
) -> None:
    """The model steps through real minutes and looks at the wall clock."""
    schedule = Schedule(kind="ON_CALENDAR", expression=f"{hour}:{minute}", zone=zone)
    found = next_expected(schedule, after)
    place = ZoneInfo(zone)
    probe = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    while True:
        local = probe.astimezone(place)
        if (local.hour, local.minute, local.fold) == (hour, minute, 0):
            break
        probe += timedelta(minutes=1)
    assert found == probe


@given(
    after=instants,
    zone=st.sampled_from(ZONES),
    expression=st.sampled_from(
        [
            "30 2 * * *",
            "0 0 1 * *",
            "*/15 * * * *",
            "0 9-17 * * 1-5",
            "5 4 * * sun",
            "0 0 29 2 *",
            "59 23 31 12 *",
        ]
    ),
)
@settings(deadline=None)
def test_cron_fires_later_each_time_and_at_most_once_for_each_wall_time(
    after: datetime, zone: str, expression: str
) -> None:
    schedule = Schedule(kind="CRON", expression=expression, zone=zone)
    found = list(islice(expected_pings(schedule, after), 10))
    assert all(earlier < later for earlier, later in pairwise([after, *found]))
    # Asked from any instant between two pings, the next one is the same.
    for earlier, later in pairwise(found):
        assert next_expected(schedule, earlier + (later - earlier) / 2) == later


@given(day=st.dates(date(2012, 1, 1), date(2036, 12, 1)), zone=st.sampled_from(ZONES))
@settings(deadline=None, max_examples=50)
def test_a_quarter_hourly_on_calendar_job_is_never_more_than_a_quarter_hour_away(
    day: date, zone: str
) -> None:
    schedule = Schedule(kind="ON_CALENDAR", expression="*:0/15", zone=zone)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(seconds=1)
    found = list(islice(expected_pings(schedule, start), 4 * 24))
    assert [at - start - timedelta(seconds=1) for at in found] == [
        timedelta(minutes=15 * n) for n in range(96)
    ]
