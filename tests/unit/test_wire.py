"""Instants and durations on the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tocsin.kernel.errors import ValidationError
from tocsin.kernel.wire import duration_in, instant_in, instant_out, one_of


def test_an_instant_goes_out_as_utc_with_milliseconds() -> None:
    at = datetime(2026, 5, 25, 23, 24, 56, 789_999, tzinfo=timezone(timedelta(hours=2)))
    assert instant_out(at) == "2026-05-25T21:24:56.789Z"
    assert instant_out(None) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-25T21:24:56Z",
        "2026-05-25T23:24:56+02:00",
        "2026-05-25T21:24:56",
        " 2026-05-25 21:24:56.000000Z ",
        "20260525T212456Z",
    ],
)
def test_an_instant_is_read_with_any_offset_and_is_utc_without_one(text: str) -> None:
    assert instant_in(text, field="from") == datetime(2026, 5, 25, 21, 24, 56, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01T00:00:00Z",
        "2026-02-30",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "1969-12-31T23:59:59Z",
        "9999-01-01T00:00:00Z",
        "2026-05-25T21:24:56+99:00",
        "\x00",
    ],
)
def test_what_is_no_instant_of_our_time_is_refused_by_the_fields_name(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        instant_in(text, field="from")
    assert refused.value.message.startswith("from: ")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT10M", 600), ("PT60M", 3600), ("P1D", 86_400), ("P1W", 604_800), ("PT1H30M5S", 5405), ("PT0S", 0)],
)
def test_a_duration_is_read_by_value(text: str, seconds: int) -> None:
    assert duration_in(text, field="window") == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "10M", "PT10", "PT-1M", "pt10m", f"P{'9' * 30}D", "P1Y"]
)
def test_what_is_no_duration_is_refused_by_the_fields_name(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        duration_in(text, field="window")
    assert refused.value.message.startswith("window: ")


def test_a_closed_value_names_what_is_allowed_and_does_not_repeat_a_long_one() -> None:
    assert one_of("LOW", ("HIGH", "LOW"), field="priority") == "LOW"
    with pytest.raises(ValidationError) as refused:
        one_of("x" * 10_000, ("HIGH", "LOW"), field="priority")
    assert "HIGH, LOW" in refused.value.message
    assert len(refused.value.message) < 200
