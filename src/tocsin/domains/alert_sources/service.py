"""Alert sources: created, changed, found by id, name or integration key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources import rules, store
from tocsin.domains.alert_sources.models import AlertSource
from tocsin.domains.alerts import service as alerts
from tocsin.domains.escalations import service as escalations
from tocsin.kernel import ids
from tocsin.kernel.errors import NotFound, ValidationError

__all__ = ["AlertSource", "SourceFields"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFields:
    """What a source is made of. integration_key only counts for e-mail types, where it is the address."""

    name: str
    integration_type: str
    escalation_policy_id: int
    active: bool = True
    alert_creation: str = "ONE_ALERT_PER_EMAIL"
    alert_grouping_window: str | None = None
    auto_resolution_timeout: str | None = None
    alert_priority_rule: str = "HIGH"
    severity: int | None = None
    runbook_url: str | None = None
    team_ids: tuple[int, ...] | None = None
    integration_key: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


async def source_of(session: AsyncSession, account_id: int, source_id: int) -> AlertSource:
    """Raises NotFound."""
    found = await store.source(session, account_id=account_id, source_id=source_id)
    if found is None:
        raise NotFound(f"There is no alert source {source_id}")
    return found


async def source_by_id_or_key(session: AsyncSession, *, account_id: int, text: str) -> AlertSource:
    """The path segment of `/alert-sources/{id}` may also be an integration key."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return await source_of(session, account_id, int(text))
    found = await store.source_by_key(session, key=text, account_id=account_id)
    if found is None:
        raise NotFound("There is no alert source with this id or integration key")
    return found


async def sources_of_keys(connection: Any, keys: Collection[str]) -> Sequence[Any]:
    """For ingest, on its own asyncpg connection: rows (id, account_id, integration_key), whichever account a key
    belongs to; unknown keys are left out."""
    return await store.sources_of_keys(connection, keys)


async def sources_by_id(session: AsyncSession, source_ids: Sequence[int]) -> dict[int, AlertSource]:
    return await store.sources_by_id(session, source_ids)


async def create_source(
    session: AsyncSession, *, account_id: int, fields: SourceFields, now: datetime
) -> AlertSource:
    await _check(session, account_id=account_id, fields=fields)
    source = AlertSource(
        account_id=account_id,
        integration_type=fields.integration_type,
        integration_key=_new_key(fields),
        created_at=now,
        team_ids=[],
    )
    _apply(source, fields=fields, now=now)
    session.add(source)
    await session.flush()
    return source


async def update_source(
    session: AsyncSession, source: AlertSource, *, fields: SourceFields, now: datetime
) -> AlertSource:
    """Full replace; the integration type never changes."""
    if fields.integration_type != source.integration_type:
        raise ValidationError(
            f"integrationType: cannot change (is {source.integration_type}); create a new alert source instead"
        )
    await _check(session, account_id=source.account_id, fields=fields)
    if fields.integration_key and source.integration_type in ("EMAIL", "EMAIL2"):
        source.integration_key = fields.integration_key
    _apply(source, fields=fields, now=now)
    await session.flush()
    return source


async def delete_source(session: AsyncSession, source: AlertSource, *, now: datetime) -> None:
    """Its open alerts are resolved by the system; their history stays (§17 no. 29)."""
    open_ids = await alerts.open_alerts_of_source(session, source_id=source.id)
    await alerts.resolve_many(
        session,
        [
            alerts.Resolution(
                alert_id=alert_id, log_type="AlertSourceResponseLogEntry", vars={"reason": "source deleted"}
            )
            for alert_id in open_ids
        ],
        now=now,
    )
    await store.remove(session, source_id=source.id)


def _new_key(fields: SourceFields) -> str:
    if fields.integration_type in ("EMAIL", "EMAIL2") and fields.integration_key:
        return fields.integration_key
    if fields.integration_type == "HEARTBEAT":
        return ids.legacy_heartbeat_key()
    return ids.integration_key(fields.integration_type)


def _apply(source: AlertSource, *, fields: SourceFields, now: datetime) -> None:
    source.name = fields.name
    source.escalation_policy_id = fields.escalation_policy_id
    source.active = fields.active
    source.alert_creation = fields.alert_creation
    source.alert_grouping_window = fields.alert_grouping_window
    source.auto_resolution_timeout = fields.auto_resolution_timeout
    source.alert_priority_rule = fields.alert_priority_rule
    source.severity = fields.severity
    source.runbook_url = fields.runbook_url
    source.extra = fields.extra
    if fields.team_ids is not None:
        source.team_ids = sorted(set(fields.team_ids))
    source.updated_at = now


async def _check(session: AsyncSession, *, account_id: int, fields: SourceFields) -> None:
    rules.check_window(alert_creation=fields.alert_creation, window=fields.alert_grouping_window)
    rules.check_auto_resolution(fields.auto_resolution_timeout)
    if fields.severity is not None and not 1 <= fields.severity <= 5:
        raise ValidationError("severity: must be between 1 and 5")
    if fields.alert_priority_rule.endswith("SUPPORT_HOURS") and not fields.extra.get("supportHours"):
        raise ValidationError(f"supportHours: are needed with alertPriorityRule {fields.alert_priority_rule}")
    try:
        await escalations.policy_of(session, account_id=account_id, policy_id=fields.escalation_policy_id)
    except NotFound as error:
        raise ValidationError(
            f"escalationPolicy.id: there is no escalation policy {fields.escalation_policy_id}"
        ) from error
