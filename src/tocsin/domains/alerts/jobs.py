"""What the engine does when an escalation level or an auto-resolution is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts import rules, store
from tocsin.domains.alerts import service as alerts
from tocsin.domains.escalations import rules as escalation_rules
from tocsin.domains.escalations import service as escalations
from tocsin.domains.notifications import service as notifications
from tocsin.domains.timeline import service as timeline
from tocsin.domains.timeline.service import NewEntry
from tocsin.infra.db import notify
from tocsin.infra.web import Services

BATCH = 500


@dataclass(slots=True)
class _Firing:
    """What one batch writes, gathered first so that it is written in few statements."""

    entries: list[NewEntry]
    responders: list[tuple[int, int, int]]
    pages: list[notifications.PagePlan]
    stepped: list[escalations.Stepped]


class EscalationWork:
    """Fires the levels that are due: responders, their pages and the next due time in one transaction."""

    name = "escalations"

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run_due(self, now: datetime) -> int:
        async with self._services.database.transaction() as session:
            rows = await escalations.claim_due(session, now=now, limit=BATCH)
            if not rows:
                return 0
            await fire_due(session, rows, now=now)
            return len(rows)

    async def oldest_due(self, now: datetime) -> datetime | None:
        async with self._services.database.transaction() as session:
            return await escalations.oldest_due(session)


async def fire_due(
    session: AsyncSession, rows: Sequence[escalations.DueEscalation], *, now: datetime
) -> None:
    found = await store.locked_states(session, [row.alert_id for row in rows])
    chains = {row.alert_id: escalations.chain_of(row) for row in rows}
    reach = await escalations.reach_of(session, list(chains.values()))

    def reached_by(rule: escalation_rules.Rule) -> list[int]:
        return reach.of(user_ids=rule.user_ids, team_ids=rule.team_ids)

    firing = _Firing(entries=[], responders=[], pages=[], stepped=[])
    for row in rows:
        alert = found[row.alert_id]
        if alert.status != rules.PENDING or alert.merge_state == "MERGED":
            firing.stepped.append(_ended(row, alert))
            continue
        fired = escalation_rules.fire(chains[alert.id], escalations.state_of(row), now=now, reach=reached_by)
        assignment = row.assignment + (fired.level is not None)
        firing.stepped.append(
            escalations.Stepped(
                alert_id=alert.id,
                step=fired.state.step,
                pass_reached_someone=fired.state.pass_reached_someone,
                due_at=fired.due_at,
                ended_reason=fired.ended,
                assignment=assignment,
            )
        )
        _gather(firing, alert, fired, assignment=assignment, now=now)
    await escalations.step_forward(session, firing.stepped)
    await store.add_responders(session, pairs=firing.responders, now=now)
    await timeline.add(session, firing.entries)
    if firing.pages:
        await notifications.plan_pages_many(session, firing.pages, now=now)
        await notify(session, topic="wake", payload="notifications")
    await alerts.tell(session, [row.alert_id for row in rows])


def _ended(row: escalations.DueEscalation, alert: store.AlertState) -> escalations.Stepped:
    """The alert needs nobody any more; its chase was not ended by whoever changed it."""
    return escalations.Stepped(
        alert_id=row.alert_id,
        step=row.step,
        pass_reached_someone=row.pass_reached_someone,
        due_at=None,
        ended_reason="MERGED" if alert.merge_state == "MERGED" else alert.status,
        assignment=row.assignment,
    )


def _gather(
    firing: _Firing, alert: store.AlertState, fired: escalation_rules.Fired, *, assignment: int, now: datetime
) -> None:
    def log(type: str, **vars: Any) -> None:
        firing.entries.append(
            NewEntry(account_id=alert.account_id, alert_id=alert.id, type=type, at=now, vars=vars)
        )

    for level in fired.skipped:
        log("NobodyOnCallLogEntry", level=level, skipped=True)
    if fired.nobody:
        log("NobodyOnCallLogEntry", wholePolicy=True)
    if fired.level is not None:
        for user_id in fired.user_ids:
            log("AlertAssignedBySystemLogEntry", userId=user_id, level=fired.level)
            firing.responders.append((alert.account_id, alert.id, user_id))
        firing.pages.append(
            notifications.PagePlan(
                account_id=alert.account_id,
                alert_id=alert.id,
                user_ids=fired.user_ids,
                priority=alert.priority,
                assignment=assignment,
                why={"policyId": alert.policy_id, "level": fired.level},
            )
        )
    if fired.ended == escalation_rules.EXHAUSTED and fired.level is None:
        log("AlertEscalationEndedLogEntry", nobodyReacted=True)


class AutoResolutionWork:
    """Resolves alerts whose source's autoResolutionTimeout has passed."""

    name = "auto_resolutions"

    def __init__(self, services: Services) -> None:
        self._services = services

    async def run_due(self, now: datetime) -> int:
        async with self._services.database.transaction() as session:
            due = await store.due_for_auto_resolution(session, now=now, limit=BATCH)
            await alerts.resolve_many(
                session,
                [
                    alerts.Resolution(alert_id=alert_id, log_type="AlertAutoResolvedLogEntry")
                    for alert_id in due
                ],
                now=now,
            )
            return len(due)

    async def oldest_due(self, now: datetime) -> datetime | None:
        async with self._services.database.transaction() as session:
            return await store.oldest_auto_resolution(session)
