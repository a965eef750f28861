"""What is done now and then for heartbeats: nobody armed is forgotten, and old history goes."""

from datetime import datetime, timedelta

import structlog

from tocsin.domains.heartbeats import due_store
from tocsin.infra.metrics import INVARIANTS_REPAIRED
from tocsin.infra.web import Services

log = structlog.get_logger()

KEEP = timedelta(days=180)


class ForgottenMonitors:
    """Checks that no armed monitor is without a next look; repairs and says so. It should never find one."""

    name = "forgotten_monitors"
    every = timedelta(minutes=1)
    batch = 10_000

    def __init__(self, services: Services) -> None:
        self._database = services.database

    async def run(self, now: datetime) -> int:
        async with self._database.transaction() as session:
            found = await due_store.look_at_forgotten(session, now=now, most=self.batch)
        if found:
            log.error("armed_monitors_without_next_look", count=len(found), monitors=found[:20])
            INVARIANTS_REPAIRED.labels(kind="monitor_without_look").inc(len(found))
        return len(found)


class HeartbeatRetention:
    """Forgets transitions after half a year."""

    name = "heartbeat_retention"
    every = timedelta(hours=1)
    batch = 1

    def __init__(self, services: Services) -> None:
        self._database = services.database

    async def run(self, now: datetime) -> int:
        async with self._database.transaction() as session:
            await due_store.forget_old(session, before=now - KEEP)
        return 0
