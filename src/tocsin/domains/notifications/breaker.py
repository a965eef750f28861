"""A circuit breaker: a provider that fails keeps its pages waiting instead of wasting their tries."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

FAILURES = 5
WITHIN = timedelta(minutes=1)
OPEN_FOR = timedelta(seconds=30)


@dataclass(slots=True)
class Breaker:
    """Opens for 30 s after 5 failures within a minute; then one probe decides."""

    open_until: datetime | None = None
    is_probing: bool = False
    _failures: deque[datetime] = field(default_factory=deque)

    @property
    def is_tripped(self) -> bool:
        """Nothing but a probe may go out."""
        return self.open_until is not None and not self.is_probing

    def allowance(self, *, now: datetime, batch: int) -> int:
        """How many messages may go out now: the whole batch, one probe, or none."""
        if self.open_until is None:
            return batch
        if now < self.open_until or self.is_probing:
            return 0
        self.is_probing = True
        return 1

    def no_probe_needed(self) -> None:
        """The probe that was allowed was not used."""
        self.is_probing = False

    def succeeded(self) -> None:
        self.open_until = None
        self.is_probing = False
        self._failures.clear()

    def failed(self, *, now: datetime) -> bool:
        """Note a failure of the provider itself. True when the breaker opened because of it."""
        self._failures.append(now)
        while self._failures and now - self._failures[0] > WITHIN:
            self._failures.popleft()
        was_closed = self.open_until is None
        if not was_closed or len(self._failures) >= FAILURES:
            self.open_until = now + OPEN_FOR
            self.is_probing = False
        return was_closed and self.open_until is not None
