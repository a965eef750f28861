"""What the engine does for identity: ended sessions and old sign-in failures go."""

from datetime import datetime, timedelta

from tocsin.domains.identity import store
from tocsin.infra.web import Services


class SessionRetention:
    """Forgets web sessions that have ended and failed sign-ins that no longer count."""

    name = "session_retention"
    every = timedelta(minutes=30)
    batch = 1

    def __init__(self, services: Services) -> None:
        self._database = services.database

    async def run(self, now: datetime) -> int:
        async with self._database.transaction() as session:
            await store.prune(session, now=now)
        return 0
