"""The first page: what is wrong now, who is on call, how the monitors are, and whether we ourselves work."""

from typing import Any

from litestar import get
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources.models import AlertSource
from tocsin.domains.alerts import views as alert_views
from tocsin.domains.escalations import rules as escalation_rules
from tocsin.domains.escalations import views as escalation_views
from tocsin.domains.escalations.models import EscalationPolicy
from tocsin.domains.heartbeats.models import HeartbeatMonitor
from tocsin.engine.models import EngineTurn
from tocsin.entrypoints.health import ENGINE_SILENT_AFTER
from tocsin.infra.web import Caller, Services, Wire
from tocsin.kernel.wire import instant_out

MOST_UNATTENDED = 20


class Unattended(Wire):
    id: int
    summary: str
    report_time: str
    priority: str


class AlertsNow(Wire):
    pending: int
    accepted: int
    unattended: list[Unattended]


class MonitorsNow(Wire):
    total: int
    unknown: int
    healthy: int
    overdue: int
    paused: int


class Person(Wire):
    id: int
    first_name: str
    last_name: str


class PolicyName(Wire):
    id: int
    name: str


class OnCallNow(Wire):
    policy: PolicyName
    users: list[Person]


class EngineNow(Wire):
    alive: bool
    turned_at: str | None


class MailNow(Wire):
    configured: bool


class DashboardOut(Wire):
    alerts: AlertsNow
    monitors: MonitorsNow
    on_call: list[OnCallNow]
    engine: EngineNow
    mail: MailNow


@get("/dashboard", tags=["Dashboard"], summary="What is going on right now")
async def dashboard(services: Services, caller: Caller) -> DashboardOut:
    caller.must_be("VIEWER", to="see the dashboard")
    now = await services.now()
    async with services.database.transaction() as session:
        turned_at = (await session.execute(select(func.max(EngineTurn.turned_at)))).scalar_one()
        return DashboardOut(
            alerts=await _alerts(session, caller.account_id),
            monitors=await monitor_counts(session, caller.account_id),
            on_call=await _on_call(session, caller.account_id),
            engine=EngineNow(
                alive=turned_at is not None and now - turned_at <= ENGINE_SILENT_AFTER,
                turned_at=instant_out(turned_at),
            ),
            mail=MailNow(configured=bool(services.settings.smtp_url)),
        )


async def _alerts(session: AsyncSession, account_id: int) -> AlertsNow:
    counts = await alert_views.open_counts(session, account_id=account_id)
    wanted = alert_views.AlertFilter(account_id=account_id, states=("PENDING",))
    newest = await alert_views.list_alerts(session, wanted, start=0, limit=MOST_UNATTENDED)
    return AlertsNow(
        pending=counts.get("PENDING", 0),
        accepted=counts.get("ACCEPTED", 0),
        unattended=[
            Unattended(
                id=alert.id,
                summary=alert.summary,
                report_time=instant_out(alert.report_time) or "",
                priority=alert.priority,
            )
            for alert in newest
        ],
    )


async def monitor_counts(session: AsyncSession, account_id: int) -> MonitorsNow:
    mine = select(
        func.count().label("total"),
        func.count()
        .filter(HeartbeatMonitor.state == "UNKNOWN", HeartbeatMonitor.paused_at.is_(None))
        .label("unknown"),
        func.count()
        .filter(HeartbeatMonitor.state == "HEALTHY", HeartbeatMonitor.paused_at.is_(None))
        .label("healthy"),
        func.count()
        .filter(HeartbeatMonitor.state == "OVERDUE", HeartbeatMonitor.paused_at.is_(None))
        .label("overdue"),
        func.count().filter(HeartbeatMonitor.paused_at.is_not(None)).label("paused"),
    ).where(HeartbeatMonitor.account_id == account_id, HeartbeatMonitor.legacy_source_id.is_(None))
    row = (await session.execute(mine)).one()
    return MonitorsNow(
        total=row.total, unknown=row.unknown, healthy=row.healthy, overdue=row.overdue, paused=row.paused
    )


async def _on_call(session: AsyncSession, account_id: int) -> list[OnCallNow]:
    """Who is paged first by each policy that a source uses."""
    used = select(AlertSource.escalation_policy_id).where(AlertSource.account_id == account_id)
    policies = (
        (
            await session.execute(
                select(EscalationPolicy)
                .where(EscalationPolicy.account_id == account_id, EscalationPolicy.id.in_(used))
                .order_by(EscalationPolicy.name)
                .limit(50)
            )
        )
        .scalars()
        .all()
    )
    firsts = [escalation_rules.rule_of(policy.rules[0]) for policy in policies]
    reach = await escalation_views.load_reach(
        session,
        user_ids=[user for rule in firsts for user in rule.user_ids],
        team_ids=[team for rule in firsts for team in rule.team_ids],
    )
    return [
        OnCallNow(
            policy=PolicyName(id=policy.id, name=policy.name),
            users=[
                Person(
                    id=user,
                    first_name=reach.users[user].first_name,
                    last_name=reach.users[user].last_name,
                )
                for user in reach.of(user_ids=rule.user_ids, team_ids=rule.team_ids)
            ],
        )
        for policy, rule in zip(policies, firsts, strict=True)
    ]


def routes() -> list[Any]:
    return [dashboard]
