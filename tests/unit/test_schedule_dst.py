"""Expected pings across changes of the clock, in zones that change it in odd ways."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from tocsin.domains.heartbeats.rules.schedule import Schedule, deadline, expected_pings


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fires(kind: str, expression: str, zone: str, *, after: str, count: int) -> list[str]:
    schedule = Schedule(kind=kind, expression=expression, zone=zone)
    return [at.strftime("%m-%d %H:%M") for at in islice(expected_pings(schedule, utc(after)), count)]


@pytest.mark.parametrize(
    ("zone", "after", "expected"),
    [
        # The clock skips 02:00-03:00 on 8 March: the job runs right after the change, then at its wall time again.
        ("America/New_York", "2026-03-07T00:00", ["03-07 07:30", "03-08 07:00", "03-09 06:30"]),
        ("Europe/Berlin", "2026-03-28T00:00", ["03-28 01:30", "03-29 01:00", "03-30 00:30"]),
        # 02:30 comes twice on 25 October: the job runs once.
        ("Europe/Berlin", "2026-10-24T00:00", ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        # Half an hour of change: the clock goes from 02:00 to 02:30 on 4 October.
        ("Australia/Lord_Howe", "2026-10-02T12:00", ["10-02 16:00", "10-03 15:30", "10-04 15:30"]),
        # 30 December 2011 never happened in Apia.
        ("Pacific/Apia", "2011-12-28T13:00", ["12-29 12:30", "12-30 12:30", "12-31 12:30"]),
        # Clocks go back for Ramadan and forward after it.
        ("Africa/Casablanca", "2026-02-14T00:00", ["02-14 01:30", "02-15 01:30", "02-16 02:30"]),
        ("Africa/Casablanca", "2026-03-21T00:00", ["03-21 02:30", "03-22 02:00", "03-23 01:30"]),
    ],
)
def test_a_cron_job_at_half_past_two_fires_once_a_day(zone: str, after: str, expected: list[str]) -> None:
    assert fires("CRON", "30 2 * * *", zone, after=after, count=3) == expected


def test_a_cron_job_in_the_skipped_half_hour_runs_right_after_it() -> None:
    found = fires("CRON", "10 2 * * *", "Australia/Lord_Howe", after="2026-10-02T12:00", count=3)
    assert found == ["10-02 15:40", "10-03 15:30", "10-04 15:10"]


@pytest.mark.parametrize(
    ("zone", "after", "expected"),
    [
        ("America/New_York", "2026-03-07T00:00", ["03-07 07:30", "03-09 06:30"]),
        ("Europe/Berlin", "2026-10-24T00:00", ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        # 02:30 exists there on 4 October: the clock goes from 02:00 to 02:30.
        ("Australia/Lord_Howe", "2026-10-02T18:00", ["10-03 15:30", "10-04 15:30"]),
        ("Pacific/Apia", "2011-12-28T13:00", ["12-29 12:30", "12-30 12:30"]),
    ],
)
def test_an_on_calendar_job_skips_a_time_that_does_not_exist(
    zone: str, after: str, expected: list[str]
) -> None:
    assert fires("ON_CALENDAR", "*-*-* 02:30:00", zone, after=after, count=len(expected)) == expected


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Africa/Casablanca", "Pacific/Apia"])
@pytest.mark.parametrize(("kind", "expression"), [("CRON", "0 * * * *"), ("ON_CALENDAR", "hourly")])
@pytest.mark.parametrize(
    "start", ["2026-03-07T12:00", "2026-10-24T00:00", "2026-02-14T12:00", "2011-12-29T12:00"]
)
def test_an_hourly_job_fires_in_every_real_hour(kind: str, expression: str, zone: str, start: str) -> None:
    schedule = Schedule(kind=kind, expression=expression, zone=zone)
    found = list(islice(expected_pings(schedule, utc(start)), 72))
    assert found == [utc(start) + timedelta(hours=n) for n in range(1, 73)]


def test_an_hourly_job_in_lord_howe_fires_after_half_an_hour_once() -> None:
    """The clock goes back by half an hour at 02:00 on 5 April: the hours begin half an hour later from then on."""
    for kind, expression in (("CRON", "0 * * * *"), ("ON_CALENDAR", "hourly")):
        found = fires(kind, expression, "Australia/Lord_Howe", after="2026-04-04T12:30", count=4)
        assert found == ["04-04 13:00", "04-04 14:00", "04-04 15:30", "04-04 16:30"], kind


def test_the_deadline_is_the_next_expected_ping_and_the_grace() -> None:
    nightly = Schedule(kind="CRON", expression="0 3 * * 1-5", zone="Europe/Berlin", grace_sec=600)
    assert deadline(nightly, utc("2026-03-06T02:10")) == utc("2026-03-09T02:10")
    assert deadline(Schedule(interval_sec=60, grace_sec=30), utc("2026-03-06T02:10")) == utc(
        "2026-03-06T02:11:30"
    )
