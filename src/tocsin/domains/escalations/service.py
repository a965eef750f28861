"""Policies, and the durable escalation state of alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.escalations import rules, store, views
from tocsin.domains.escalations.models import AlertEscalation, EscalationPolicy
from tocsin.domains.escalations.store import DueEscalation, Stepped
from tocsin.kernel.errors import NotFound, ValidationError

__all__ = ["AlertEscalation", "DueEscalation", "EscalationPolicy", "NewEscalation", "PolicyFields", "Stepped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFields:
    """What a policy is made of; absent values are already replaced by their defaults."""

    name: str
    rules: tuple[rules.Rule, ...]
    repeating: bool = False
    frequency: int = 1
    delay_min: int = 0
    routing_key: str | None = None
    team_ids: tuple[int, ...] | None = None  # None: leave as it is


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEscalation:
    account_id: int
    alert_id: int
    policy: EscalationPolicy
    priority: str
    start: datetime


async def policy_of(session: AsyncSession, *, account_id: int, policy_id: int) -> EscalationPolicy:
    """Raises NotFound."""
    found = await store.policy(session, account_id=account_id, policy_id=policy_id)
    if found is None:
        raise NotFound(f"There is no escalation policy {policy_id}")
    return found


async def create_policy(
    session: AsyncSession, *, account_id: int, fields: PolicyFields, now: datetime
) -> EscalationPolicy:
    await _check(session, account_id=account_id, fields=fields, policy_id=None)
    policy = EscalationPolicy(account_id=account_id, created_at=now, team_ids=[])
    _apply(policy, fields=fields, now=now)
    session.add(policy)
    await session.flush()
    return policy


async def update_policy(
    session: AsyncSession, *, account_id: int, policy_id: int, fields: PolicyFields, now: datetime
) -> EscalationPolicy:
    policy = await policy_of(session, account_id=account_id, policy_id=policy_id)
    await _check(session, account_id=account_id, fields=fields, policy_id=policy_id)
    _apply(policy, fields=fields, now=now)
    await session.flush()
    return policy


async def put_level(
    session: AsyncSession, *, account_id: int, policy_id: int, level: int, rule: rules.Rule, now: datetime
) -> rules.Rule:
    """Replace level `level`, or append when it equals the number of levels (§3.2)."""
    policy = await policy_of(session, account_id=account_id, policy_id=policy_id)
    levels = [rules.rule_of(stored) for stored in policy.rules]
    if not 0 <= level <= len(levels):
        raise ValidationError(f"level: must be between 0 and {len(levels)} (which appends a level)")
    levels[level : level + 1] = [rule]
    fields = PolicyFields(
        name=policy.name,
        rules=tuple(levels),
        repeating=policy.repeating,
        frequency=policy.frequency,
        delay_min=policy.delay_min,
        routing_key=policy.routing_key,
    )
    await _check(session, account_id=account_id, fields=fields, policy_id=policy_id)
    _apply(policy, fields=fields, now=now)
    await session.flush()
    return rule


async def delete_policy(session: AsyncSession, *, account_id: int, policy_id: int) -> None:
    """400 naming the uses while something still needs it."""
    await policy_of(session, account_id=account_id, policy_id=policy_id)
    uses = await views.uses_of_policy(session, account_id=account_id, policy_id=policy_id)
    if uses:
        raise ValidationError(
            f"This policy is used by {', '.join(uses)}; give those another policy first",
            code="POLICY_IN_USE",
            details={"uses": uses},
        )
    try:
        await store.remove(session, account_id=account_id, policy_id=policy_id)
    except IntegrityError as error:  # a source was created meanwhile
        raise ValidationError("This policy is in use", code="POLICY_IN_USE") from error


async def resolve_routing(session: AsyncSession, *, account_id: int, routing: str) -> EscalationPolicy | None:
    """The first policy of a comma list of routing keys, or of `il:{<policy id>}`; None when none fits."""
    parts = [part.strip() for part in routing.split(",") if part.strip()][:50]
    for part in parts:
        if part.startswith("il:{") and part.endswith("}") and part[4:-1].isdigit() and len(part) < 24:
            found = await store.policy(session, account_id=account_id, policy_id=int(part[4:-1]))
            if found is not None:
                return found
    matches = await store.by_routing_keys(session, account_id=account_id, keys=parts)
    by_key = {(policy.routing_key or "").casefold(): policy for policy in reversed(matches)}
    return next((by_key[part.casefold()] for part in parts if part.casefold() in by_key), None)


async def start_many(session: AsyncSession, new: Sequence[NewEscalation]) -> None:
    """Begin the escalation of new alerts: the first level is due after the policy's delay."""
    await store.insert(session, [_row(item) for item in new])


def _row(item: NewEscalation) -> dict[str, Any]:
    policy = item.policy
    return {
        "alert_id": item.alert_id,
        "account_id": item.account_id,
        "rules": policy.rules,
        "passes": rules.passes_of(repeating=policy.repeating, frequency=policy.frequency),
        "step": 0,
        "priority": item.priority,
        "due_at": item.start + timedelta(minutes=policy.delay_min),
        "ended_reason": None,
        "pass_reached_someone": False,
        "assignment": 0,
    }


def chain_of(row: AlertEscalation | DueEscalation) -> rules.Chain:
    return rules.chain_of(row.rules, passes=row.passes, priority=row.priority)


def state_of(row: AlertEscalation | DueEscalation) -> rules.State:
    return rules.State(step=row.step, pass_reached_someone=row.pass_reached_someone)


def _apply(policy: EscalationPolicy, *, fields: PolicyFields, now: datetime) -> None:
    policy.name = fields.name
    policy.rules = [rules.stored_rule(rule) for rule in fields.rules]
    policy.repeating = fields.repeating
    policy.frequency = fields.frequency
    policy.delay_min = fields.delay_min
    policy.routing_key = fields.routing_key
    if fields.team_ids is not None:
        policy.team_ids = sorted(set(fields.team_ids))
    policy.updated_at = now


async def _check(
    session: AsyncSession, *, account_id: int, fields: PolicyFields, policy_id: int | None
) -> None:
    rules.check_policy(fields.rules, frequency=fields.frequency, delay_min=fields.delay_min)
    users = [user for rule in fields.rules for user in rule.user_ids]
    teams = [team for rule in fields.rules for team in rule.team_ids]
    reach = await views.load_reach(
        session, user_ids=users, team_ids=[*teams, *(fields.team_ids or ())], account_id=account_id
    )
    for index, rule in enumerate(fields.rules):
        for user_id in rule.user_ids:
            if user_id not in reach.users:
                raise ValidationError(
                    f"escalationRules[{index}].users: {user_id} is no user who can be paged (unknown, or a role "
                    "that takes no pages)"
                )
        for team_id in rule.team_ids:
            if team_id not in reach.team_names:
                raise ValidationError(f"escalationRules[{index}].teams: there is no team {team_id}")
        if rule.schedule_ids:
            raise ValidationError(
                f"escalationRules[{index}].schedules: there is no schedule {rule.schedule_ids[0]}"
            )
    for team_id in fields.team_ids or ():
        if team_id not in reach.team_names:
            raise ValidationError(f"teams: there is no team {team_id}")
    if fields.routing_key:
        same = await store.by_routing_keys(session, account_id=account_id, keys=[fields.routing_key])
        if any(policy.id != policy_id for policy in same):
            raise ValidationError(
                f"routingKey: '{fields.routing_key}' already belongs to policy '{same[0].name}'; two policies with "
                "one key would page the wrong team"
            )


async def end_many(session: AsyncSession, alert_ids: Sequence[int], *, reason: str) -> None:
    """No further step for these alerts; `reason` is the stated one (ACCEPTED, RESOLVED, …)."""
    await store.end(session, alert_ids=alert_ids, reason=reason)


async def claim_due(session: AsyncSession, *, now: datetime, limit: int) -> list[DueEscalation]:
    """Due escalations, locked for this transaction; another engine's are passed over."""
    return await store.claim_due(session, now=now, limit=limit)


async def step_forward(session: AsyncSession, stepped: Sequence[Stepped]) -> None:
    """Write where claimed escalations stand after they fired."""
    await store.step_forward(session, stepped)


async def oldest_due(session: AsyncSession) -> datetime | None:
    return await store.oldest_due(session)


async def escalation_of(session: AsyncSession, alert_id: int) -> AlertEscalation | None:
    """The alert's escalation, locked."""
    return await store.escalation(session, alert_id=alert_id, lock=True)


async def policies_by_id(session: AsyncSession, policy_ids: Sequence[int]) -> dict[int, EscalationPolicy]:
    return await store.policies_by_id(session, policy_ids)


async def reach_of(session: AsyncSession, chains: Sequence[rules.Chain]) -> views.Reach:
    """Who the targets of these chains resolve to right now, loaded once."""
    every = [rule for chain in chains for rule in chain.rules]
    return await views.load_reach(
        session,
        user_ids=list({user for rule in every for user in rule.user_ids}),
        team_ids=list({team for rule in every for team in rule.team_ids}),
    )


async def people_of(
    session: AsyncSession, *, account_id: int, user_ids: Sequence[int]
) -> dict[int, views.Person]:
    """Those of `user_ids` who belong to the account and can be paged."""
    reach = await views.load_reach(session, user_ids=user_ids, team_ids=(), account_id=account_id)
    return reach.users


async def go_on(session: AsyncSession, alert_ids: Sequence[int], *, now: datetime) -> None:
    """The next step of these is due now, whatever was planned."""
    await store.go_on(session, alert_ids=alert_ids, now=now)
