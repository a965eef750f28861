"""Retry delays."""

from collections.abc import Sequence
from datetime import timedelta


def retry_delay(attempt: int, *, steps: Sequence[float], jitter: float) -> timedelta | None:
    """The pause before try `attempt + 1`, or None when there is no further try.

    attempt: tries made so far, from 1. steps: seconds for each pause. jitter: a random number in [0, 1) given
    by the caller; the pause is stretched by up to 25 %, so that many failures do not come back as one wave.
    """
    if attempt < 1 or attempt > len(steps):
        return None
    return timedelta(seconds=steps[attempt - 1] * (1 + 0.25 * jitter))
