"""When one alert must speak for many: a monitor that flaps, many monitors that fall silent together."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseSettings:
    """Of an account. A threshold of 0 turns that protection off."""

    storm_threshold: int = 20
    storm_window: timedelta = timedelta(seconds=60)
    storm_share_percent: int = 20
    flap_threshold: int = 3
    flap_window: timedelta = timedelta(hours=1)
    flap_hold: timedelta = timedelta(minutes=15)


DEFAULTS = NoiseSettings()


def noise_settings(account_settings: Mapping[str, Any]) -> NoiseSettings:
    """From the account's settings (`stormThreshold`, …); what is absent or not a number has its default."""

    def number(name: str, default: float) -> int:
        value = account_settings.get(name)
        return (
            value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else int(default)
        )

    return NoiseSettings(
        storm_threshold=number("stormThreshold", DEFAULTS.storm_threshold),
        storm_window=timedelta(seconds=number("stormWindowSec", DEFAULTS.storm_window.total_seconds())),
        storm_share_percent=number("stormSharePercent", DEFAULTS.storm_share_percent),
        flap_threshold=number("flapThreshold", DEFAULTS.flap_threshold),
        flap_window=timedelta(seconds=number("flapWindowSec", DEFAULTS.flap_window.total_seconds())),
        flap_hold=timedelta(seconds=number("flapHoldSec", DEFAULTS.flap_hold.total_seconds())),
    )


def is_storm(*, silent_together: int, armed: int, settings: NoiseSettings) -> bool:
    """silent_together: monitors that became overdue within the window, the new ones included; armed: monitors that
    are supervised, the overdue ones included."""
    if settings.storm_threshold <= 0 or silent_together < settings.storm_threshold:
        return False
    return silent_together * 100 >= settings.storm_share_percent * armed


def is_flapping(*, alerts_before: int, settings: NoiseSettings) -> bool:
    """alerts_before: alerts of this monitor within the window, without the one about to be opened."""
    return settings.flap_threshold > 0 and alerts_before + 1 >= settings.flap_threshold
