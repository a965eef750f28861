"""The only place that reads a clock (ADR-0003).

Decisions take the instant as an argument. Processes read the *database's* time (`infra.db.database_now`), so
that nodes never disagree; this module serves what has no database at hand (log lines, the sleep of a loop).
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """This machine's idea of now, aware, UTC. Never used to decide who is paged when."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds on a clock that never jumps; for measuring spans inside one process."""
    return time.monotonic()


async def sleep(span: float | timedelta) -> None:
    """Suspend the current task for a span (seconds or timedelta)."""
    await asyncio.sleep(span.total_seconds() if isinstance(span, timedelta) else span)
