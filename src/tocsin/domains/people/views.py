"""Where people are used by other slices."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alerts.models import Alert, AlertResponder
from tocsin.domains.escalations.models import EscalationPolicy

_SHOWN = 20


async def uses_of_user(
    session: AsyncSession, user_id: int, *, account_id: int
) -> dict[str, list[dict[str, Any]]]:
    """Escalation policies that name the user, and open alerts he responds to; at most twenty of each."""
    alerts = await session.execute(
        select(Alert.id, Alert.summary)
        .join(AlertResponder, AlertResponder.alert_id == Alert.id)
        .where(AlertResponder.user_id == user_id, Alert.account_id == account_id, Alert.status != "RESOLVED")
        .order_by(Alert.id)
        .limit(_SHOWN)
    )
    return {
        "escalationPolicies": await _policies_with(session, {"users": [user_id]}, account_id=account_id),
        "alerts": [{"id": row.id, "summary": row.summary} for row in alerts],
    }


async def policies_with_team(session: AsyncSession, team_id: int, *, account_id: int) -> list[dict[str, Any]]:
    """Escalation policies whose rules page the team; at most twenty."""
    return await _policies_with(session, {"teams": [team_id]}, account_id=account_id)


async def _policies_with(
    session: AsyncSession, rule: dict[str, list[int]], *, account_id: int
) -> list[dict[str, Any]]:
    rows = await session.execute(
        select(EscalationPolicy.id, EscalationPolicy.name)
        .where(EscalationPolicy.account_id == account_id, EscalationPolicy.rules.contains([rule]))
        .order_by(EscalationPolicy.name, EscalationPolicy.id)
        .limit(_SHOWN)
    )
    return [{"id": row.id, "name": row.name} for row in rows]
