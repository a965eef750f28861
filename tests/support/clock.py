"""A clock that the test owns."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class TestClock:
    """Stands still until the test moves it: `clock.advance(seconds=30)` or `clock.at = …`."""

    __test__ = False

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    async def now(self) -> datetime:
        return self.at

    def advance(self, span: timedelta | None = None, **parts: float) -> datetime:
        """Move on by a span (or `seconds=`, `minutes=`, …); returns the new instant."""
        self.at += timedelta(**parts) if span is None else span
        return self.at
