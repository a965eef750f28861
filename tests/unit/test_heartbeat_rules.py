"""Signals, gaps, noise, wording: small decisions."""

from datetime import UTC, datetime, timedelta

import pytest

from tocsin.domains.heartbeats.rules.badge import svg, tag_word
from tocsin.domains.heartbeats.rules.gaps import Gap, moved_deadline
from tocsin.domains.heartbeats.rules.noise import NoiseSettings, is_flapping, is_storm, noise_settings
from tocsin.domains.heartbeats.rules.signals import Signal, follows_links, signal_of
from tocsin.domains.heartbeats.rules.wording import span_text

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("suffix", "expected"),
    [
        ("", Signal("PING")),
        ("start", Signal("START")),
        ("0", Signal("SUCCESS", 0)),
        ("255", Signal("FAIL", 255)),
        ("256", None),
        ("Fail", None),
        ("٣", None),
    ],
)
def test_the_end_of_the_url_is_the_signal(suffix: str, expected: Signal | None) -> None:
    assert signal_of(suffix) == expected


@pytest.mark.parametrize(
    ("agent", "follows"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("Slackbot-LinkExpanding 1.0", True),
        ("WhatsApp/2.23", True),
        ("curl/8.5.0", False),
        ("Wget/1.21.4", False),
        ("python-requests/2.32", False),
        ("Alertmanager/0.27.0", False),
        ("Go-http-client/1.1", False),
        ("Mozilla/5.0 (Windows NT; Windows NT 10.0) WindowsPowerShell/5.1", False),
        ("", False),
    ],
)
def test_crawlers_and_previewers_are_told_from_senders(agent: str, follows: bool) -> None:
    assert follows_links(agent) is follows


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ([], 10),
        ([(2, 4)], 10 + 2 + 1),
        ([(2, 4), (5, 6)], 10 + 2 + 1 + 1),
        ([(2, 4), (3, 6)], 10 + 4 + 1),
        ([(-5, 2)], 10 + 2 + 1),
        ([(-5, 0)], 10),
        ([(10, 20)], 10),
        ([(9, 20), (21, 22)], 10 + 11 + 1 + 1),
        ([(11, 20)], 10),
    ],
)
def test_a_gap_moves_the_deadline_by_its_length_and_once_by_a_grace(
    gaps: list[tuple[int, int]], expected: float
) -> None:
    """Last ping at 0, deadline at 10 minutes, one minute of grace."""
    moved = moved_deadline(
        at(10), base=at(0), gaps=[Gap(at(a), at(b)) for a, b in gaps], grace=timedelta(minutes=1)
    )
    assert moved == at(expected)


def test_the_extra_after_a_gap_is_thirty_seconds_at_least() -> None:
    moved = moved_deadline(at(10), base=at(0), gaps=[Gap(at(2), at(3))], grace=timedelta(0))
    assert moved == at(11.5)


@pytest.mark.parametrize(
    ("silent", "armed", "expected"), [(19, 19, False), (20, 100, True), (20, 101, False), (500, 2500, True)]
)
def test_a_storm_is_twenty_monitors_and_a_fifth_of_the_armed(silent: int, armed: int, expected: bool) -> None:
    assert is_storm(silent_together=silent, armed=armed, settings=NoiseSettings()) is expected


def test_a_threshold_of_zero_turns_protection_off() -> None:
    off = NoiseSettings(storm_threshold=0, flap_threshold=0)
    assert not is_storm(silent_together=1000, armed=1000, settings=off)
    assert not is_flapping(alerts_before=1000, settings=off)


def test_the_third_alert_within_the_window_is_flapping() -> None:
    assert [is_flapping(alerts_before=n, settings=NoiseSettings()) for n in (0, 1, 2, 3)] == [
        False, False, True, True,
    ]  # fmt: skip


def test_account_settings_that_make_no_sense_have_the_default() -> None:
    assert noise_settings(
        {"stormThreshold": "many", "flapHoldSec": True, "flapThreshold": 5}
    ) == NoiseSettings(flap_threshold=5)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3725, "1 h 2 min"), (86_400, "1 d"), (90_061, "1 d 1 h")],
)
def test_spans_are_told_in_two_units(seconds: int, text: str) -> None:
    assert span_text(timedelta(seconds=seconds)) == text


def test_a_badge_is_as_bad_as_the_worst_monitor_and_escapes_its_name() -> None:
    assert tag_word({"HEALTHY": 9, "OVERDUE": 1}) == "down"
    assert tag_word({}) == "new"
    assert "<script" not in svg("<script>", "up")
