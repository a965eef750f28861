"""Fixed one-minute windows (alerting reference §1.8), counted in this process."""

from dataclasses import dataclass, field

from tocsin.kernel.errors import RateLimited


@dataclass(slots=True)
class FixedWindow:
    """At most `limit` calls a minute for each key. Memory is bounded: a window's counts go with the
    window, and keys beyond `most_keys` in one window are not limited."""

    limit: int
    what: str
    window_sec: int = 60
    most_keys: int = 1_000_000
    _window: int = 0
    _counts: dict[str | int, int] = field(default_factory=dict)

    def is_over(self, key: str | int, *, at: float) -> bool:
        """Count one call; True when it is one too many. at: seconds since the epoch."""
        window = int(at) // self.window_sec
        if window != self._window:
            self._window, self._counts = window, {}
        if len(self._counts) >= self.most_keys and key not in self._counts:
            return False
        count = self._counts.get(key, 0) + 1
        self._counts[key] = count
        return count > self.limit

    def seconds_left(self, *, at: float) -> int:
        return self.window_sec - int(at) % self.window_sec

    def check(self, key: str | int, *, at: float) -> None:
        """Raise RateLimited (429) when this call is one too many."""
        if self.is_over(key, at=at):
            wait = self.seconds_left(at=at)
            raise RateLimited(
                f"More than {self.limit} calls a minute for {self.what}; wait {wait} seconds",
                retry_after=wait,
            )
