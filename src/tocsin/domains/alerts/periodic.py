"""What is done now and then for alerts: none is stuck, and old ones go."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts import store, views
from tocsin.domains.escalations import service as escalations
from tocsin.infra.db import notify
from tocsin.infra.metrics import INVARIANTS_REPAIRED
from tocsin.infra.web import Services

log = structlog.get_logger()

NO_POLICY = "NO_POLICY"


class StuckAlerts:
    """Checks that every open alert has a next step or a stated reason; repairs what it finds."""

    name = "stuck_alerts"
    every = timedelta(minutes=1)
    batch = 500

    def __init__(self, services: Services) -> None:
        self._database = services.database

    async def run(self, now: datetime) -> int:
        async with self._database.transaction() as session:
            stuck = await views.stuck_alerts(session, before=now - timedelta(seconds=10), most=self.batch)
            if stuck:
                await self._repair(session, stuck, now=now)
        if stuck:
            log.error(
                "open_alerts_without_next_step", count=len(stuck), alerts=[one.alert_id for one in stuck][:20]
            )
            INVARIANTS_REPAIRED.labels(kind="alert_without_step").inc(len(stuck))
        return len(stuck)

    async def _repair(self, session: AsyncSession, stuck: list[views.StuckAlert], *, now: datetime) -> None:
        """Accepted ones only lack their reason; the others go on with their chain, or begin it."""
        accepted = [one.alert_id for one in stuck if one.status == "ACCEPTED" and one.has_escalation]
        await escalations.end_many(session, accepted, reason="ACCEPTED")
        await escalations.go_on(
            session,
            [one.alert_id for one in stuck if one.status == "PENDING" and one.has_escalation],
            now=now,
        )
        missing = [one for one in stuck if not one.has_escalation and one.policy_id is not None]
        policies = await escalations.policies_by_id(
            session, [one.policy_id for one in missing if one.policy_id]
        )
        await escalations.start_many(
            session,
            [
                escalations.NewEscalation(
                    account_id=one.account_id,
                    alert_id=one.alert_id,
                    policy=policies[one.policy_id],
                    priority=one.priority,
                    start=now,
                )
                for one in missing
                if one.policy_id in policies
            ],
        )
        await notify(session, topic="wake", payload="escalations")


class AlertRetention:
    """Forgets resolved alerts, with their timeline and deliveries, after the configured time."""

    name = "alert_retention"
    every = timedelta(minutes=10)
    batch = 1_000

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run(self, now: datetime) -> int:
        before = now - timedelta(days=self._services.settings.alert_retention_days)
        async with self._services.database.transaction() as session:
            return await store.forget_resolved(session, before=before, most=self.batch)
