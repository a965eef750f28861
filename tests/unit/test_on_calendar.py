"""systemd's OnCalendar grammar."""

from datetime import UTC, datetime
from itertools import islice

import pytest

from tocsin.domains.heartbeats.rules.on_calendar import parse_on_calendar
from tocsin.domains.heartbeats.rules.schedule import Schedule, expected_pings

# Monday, 2 March 2026, noon.
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("minutely", ["03-02 12:01:00", "03-02 12:02:00"]),
        ("hourly", ["03-02 13:00:00", "03-02 14:00:00"]),
        ("daily", ["03-03 00:00:00", "03-04 00:00:00"]),
        ("weekly", ["03-09 00:00:00", "03-16 00:00:00"]),
        ("monthly", ["04-01 00:00:00", "05-01 00:00:00"]),
        ("quarterly", ["04-01 00:00:00", "07-01 00:00:00"]),
        ("semiannually", ["07-01 00:00:00", "01-01 00:00:00"]),
        ("Mon..Fri 08:30", ["03-03 08:30:00", "03-04 08:30:00"]),
        ("Sat,Sun *-*-* 10:00:00", ["03-07 10:00:00", "03-08 10:00:00"]),
        ("Fri..Mon 23:00", ["03-02 23:00:00", "03-06 23:00:00"]),
        ("*:0/15", ["03-02 12:15:00", "03-02 12:30:00"]),
        ("*-*-* 6..8:00", ["03-03 06:00:00", "03-03 07:00:00"]),
        ("*-*-* *:*:0/20", ["03-02 12:00:20", "03-02 12:00:40"]),
        ("*-*-1,15 04:00", ["03-15 04:00:00", "04-01 04:00:00"]),
        ("*-02~01", ["02-28 00:00:00", "02-29 00:00:00"]),
        ("Mon *-05~07/1", ["05-25 00:00:00", "05-31 00:00:00"]),
        ("2026-12-24 18:00:00", ["12-24 18:00:00"]),
        ("*-02-29", ["02-29 00:00:00", "02-29 00:00:00"]),
        ("12-24", ["12-24 00:00:00", "12-24 00:00:00"]),
        ("tuesday", ["03-03 00:00:00", "03-10 00:00:00"]),
    ],
)
def test_expressions_fire_when_systemd_says(expression: str, expected: list[str]) -> None:
    schedule = Schedule(kind="ON_CALENDAR", expression=expression)
    found = [at.strftime("%m-%d %H:%M:%S") for at in islice(expected_pings(schedule, NOW), len(expected))]
    assert found == expected


@pytest.mark.parametrize(
    "expression",
    [
        "", "   ", "Someday", "Mon..Fri..Sun", "25:00", "12:60", "12:00:60", "*-13-01", "*-*-32", "*-*-*-*", "1:2:3:4",
        "*-*-* 00:00:00 Europe/Berlin", "*-*-* 10..5:00", "*/0:00", "*:0/", "1969-01-01", "--", "*-~1 x", "a" * 200,
        "*:0/99999999999999999999", "Mon,,Tue", "*-*-* 12:00 12:00",
    ],
)  # fmt: skip
def test_what_is_not_an_expression_is_refused(expression: str) -> None:
    with pytest.raises(ValueError):
        parse_on_calendar(expression)
