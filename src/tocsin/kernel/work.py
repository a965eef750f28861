"""What the engine runs, as seen by both sides: slices provide it, the engine turns it."""

from datetime import datetime
from typing import Protocol


class Work(Protocol):
    """One kind of due work. `run_due` claims with SKIP LOCKED, so any number of engines may share it."""

    name: str

    async def run_due(self, now: datetime) -> int:
        """Do what is due at `now` (the database's time), one bounded batch. Returns how much was done; a full
        batch means: call again at once."""
        ...

    async def oldest_due(self, now: datetime) -> datetime | None:
        """The due time of the oldest work that is still waiting; None when there is none. Feeds the lag metric."""
        ...
