"""An alert made by a person: event filters do not apply, and explicit responders replace the escalation."""

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts import assignment, rules
from tocsin.domains.alerts import service as alerts
from tocsin.domains.alerts.models import Alert
from tocsin.domains.alerts.views import source_facts
from tocsin.domains.escalations import service as escalations
from tocsin.infra.web import clean_text, one_of
from tocsin.kernel.errors import NotFound, ValidationError

if TYPE_CHECKING:
    from tocsin.domains.alerts.schemas import ManualAlert


async def create(
    session: AsyncSession, wanted: "ManualAlert", *, account_id: int, actor_id: int, now: datetime
) -> Alert:
    """Raises ValidationError naming the field."""
    clean_text(wanted.summary, field="summary", longest=100_000, shortest=1)
    clean_text(wanted.details, field="details", longest=1_000_000)
    if wanted.priority is not None:
        one_of(wanted.priority, rules.PRIORITIES, field="priority")
    if wanted.severity is not None and not 1 <= wanted.severity <= 5:
        raise ValidationError("severity: must be between 1 and 5")
    source = await source_facts(session, account_id=account_id, source_id=wanted.alert_source.id)
    if source is None:
        raise ValidationError(f"alertSource.id: there is no alert source {wanted.alert_source.id}")
    policy = await _policy(session, wanted, account_id=account_id, of_source=source.escalation_policy_id)
    (alert_id,) = await alerts.reserve_ids(session, 1)
    await alerts.open_many(
        session,
        [
            alerts.NewAlert(
                id=alert_id,
                account_id=account_id,
                source_id=source.id,
                policy=policy,
                summary=wanted.summary,
                details=wanted.details,
                report_time=now,
                priority=wanted.priority or ("LOW" if source.alert_priority_rule == "LOW" else "HIGH"),
                severity=wanted.severity or source.severity,
                images=msgspec.to_builtins(wanted.images or []),
                links=msgspec.to_builtins(wanted.links or []),
                labels=rules.cut_labels(wanted.labels),
                runbook_url=source.runbook_url,
                log_type="AlertCreatedByUserLogEntry",
                log_vars={"userId": actor_id},
            )
        ],
    )
    alert = await alerts.alert_of(session, account_id=account_id, alert_id=alert_id, lock=True)
    chosen = [item.user.id for item in wanted.responders or ()]
    if not chosen and wanted.assigned_to is not None:
        chosen = [wanted.assigned_to.id]
    if chosen:
        await assignment.page_chosen(session, alert, user_ids=chosen, actor_id=actor_id, now=now)
    return alert


async def _policy(
    session: AsyncSession, wanted: "ManualAlert", *, account_id: int, of_source: int
) -> escalations.EscalationPolicy:
    policy_id = wanted.escalation_policy.id if wanted.escalation_policy is not None else of_source
    try:
        return await escalations.policy_of(session, account_id=account_id, policy_id=policy_id)
    except NotFound as error:
        raise ValidationError(f"escalationPolicy.id: there is no escalation policy {policy_id}") from error
