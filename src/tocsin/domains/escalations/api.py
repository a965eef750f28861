from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from litestar import Response, delete, get, post, put
from litestar.params import QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.escalations import rules, service, store, views
from tocsin.domains.escalations.models import EscalationPolicy
from tocsin.domains.escalations.schemas import (
    NamedRef,
    PolicyIn,
    PolicyOut,
    Ref,
    RuleIn,
    RuleOut,
    SimulatedOut,
    SimulatedPage,
    SimulateIn,
    UserRef,
)
from tocsin.domains.notifications.preview import preview_pages
from tocsin.infra.web import Caller, Services, clean_text, name_in_path, one_of, page
from tocsin.kernel.errors import NotFound, ValidationError
from tocsin.kernel.wire import instant_in, instant_out

MOST = 50
TAGS = ["Escalation Policies"]


def _rule(data: RuleIn) -> rules.Rule:
    return rules.Rule(
        timeout_min=data.escalation_timeout,
        user_ids=_union(data.users, data.user),
        schedule_ids=_union(data.schedules, data.schedule),
        team_ids=_union(data.teams, data.team),
    )


def _union(plural: list[Ref] | None, single: Ref | None) -> tuple[int, ...]:
    """Singular and plural together: each once, in the order written (on-call reference §3.1)."""
    ids = [ref.id for ref in plural or ()] + ([single.id] if single is not None else [])
    return tuple(dict.fromkeys(ids))


def _fields(data: PolicyIn) -> service.PolicyFields:
    clean_text(data.name, field="name", longest=255, shortest=1)
    clean_text(data.routing_key, field="routingKey", longest=255)
    teams = tuple(ref.id for ref in data.teams) if isinstance(data.teams, list) else None
    return service.PolicyFields(
        name=data.name,
        rules=tuple(_rule(rule) for rule in data.escalation_rules),
        repeating=bool(data.repeating),
        frequency=1 if data.frequency is None else data.frequency,
        delay_min=data.delay_min or 0,
        routing_key=data.routing_key or None,
        team_ids=teams,
    )


async def present(session: AsyncSession, policies: Sequence[EscalationPolicy]) -> list[PolicyOut]:
    every = [rules.rule_of(stored) for policy in policies for stored in policy.rules]
    teams = [team for rule in every for team in rule.team_ids]
    teams += [team for policy in policies for team in policy.team_ids]
    reach = await views.load_reach(
        session, user_ids=[user for rule in every for user in rule.user_ids], team_ids=teams
    )
    return [
        PolicyOut(
            id=policy.id,
            name=policy.name,
            escalation_rules=[rule_out(rules.rule_of(stored), reach) for stored in policy.rules],
            teams=[NamedRef(id=team, name=reach.team_names.get(team)) for team in policy.team_ids],
            repeating=policy.repeating,
            frequency=policy.frequency,
            delay_min=policy.delay_min,
            routing_key=policy.routing_key,
        )
        for policy in policies
    ]


def rule_out(rule: rules.Rule, reach: views.Reach) -> RuleOut:
    users = [_user_ref(reach, user) for user in rule.user_ids if user in reach.users]
    teams = [NamedRef(id=team, name=reach.team_names.get(team)) for team in rule.team_ids]
    return RuleOut(
        escalation_timeout=rule.timeout_min,
        users=users,
        schedules=[],
        teams=teams,
        user=users[0] if len(users) == 1 else None,
        team=teams[0] if len(teams) == 1 else None,
    )


def _user_ref(reach: views.Reach, user_id: int) -> UserRef:
    person = reach.users[user_id]
    return UserRef(id=person.id, first_name=person.first_name, last_name=person.last_name)


@get("/escalation-policies", tags=TAGS, summary="List escalation policies")
async def list_policies(
    services: Services,
    caller: Caller,
    start_index: Annotated[int, QueryParameter(name="start-index")] = 0,
    max_results: Annotated[int, QueryParameter(name="max-results")] = 50,
) -> list[PolicyOut]:
    caller.must_be("VIEWER", to="see escalation policies")
    start, limit = page(start_index, max_results, cap=MOST)
    async with services.database.transaction() as session:
        rows = await store.policies(session, account_id=caller.account_id, start=start, limit=limit)
        return await present(session, rows)


@post("/escalation-policies", tags=TAGS, summary="Create an escalation policy")
async def create_policy(services: Services, caller: Caller, data: PolicyIn) -> Response[PolicyOut]:
    caller.must_be("USER", to="create escalation policies")
    now = await services.now()
    async with services.database.transaction() as session:
        policy = await service.create_policy(
            session, account_id=caller.account_id, fields=_fields(data), now=now
        )
        shown = (await present(session, [policy]))[0]
    return Response(shown, status_code=201, headers={"Location": f"/api/escalation-policies/{shown.id}"})


@get("/escalation-policies/resolve", tags=TAGS, summary="Find the policy of a routing key")
async def resolve_policy(
    services: Services,
    caller: Caller,
    routing_key: Annotated[str | None, QueryParameter(name="routing-key")] = None,
) -> PolicyOut:
    """The first hit of a comma-separated list."""
    caller.must_be("VIEWER", to="see escalation policies")
    if not routing_key:
        raise ValidationError("routing-key: is missing")
    async with services.database.transaction() as session:
        policy = await service.resolve_routing(session, account_id=caller.account_id, routing=routing_key)
        if policy is None:
            raise NotFound(f"No escalation policy has one of the routing keys {routing_key[:80]!r}")
        return (await present(session, [policy]))[0]


@get("/escalation-policies/{policy_id:int}", tags=TAGS, summary="Get an escalation policy")
async def get_policy(services: Services, caller: Caller, policy_id: int) -> PolicyOut:
    caller.must_be("VIEWER", to="see escalation policies")
    async with services.database.transaction() as session:
        policy = await service.policy_of(session, account_id=caller.account_id, policy_id=policy_id)
        return (await present(session, [policy]))[0]


@get("/escalation-policies/name/{name:path}", tags=TAGS, summary="Get an escalation policy by its name")
async def get_policy_by_name(services: Services, caller: Caller, name: str) -> PolicyOut:
    caller.must_be("VIEWER", to="see escalation policies")
    async with services.database.transaction() as session:
        policy = await store.by_name(session, account_id=caller.account_id, name=name_in_path(name))
        if policy is None:
            raise NotFound(f"There is no escalation policy named {name_in_path(name)[:80]!r}")
        return (await present(session, [policy]))[0]


@put("/escalation-policies/{policy_id:int}", tags=TAGS, summary="Replace an escalation policy")
async def update_policy(services: Services, caller: Caller, policy_id: int, data: PolicyIn) -> PolicyOut:
    """Open alerts keep the rules they began with."""
    caller.must_be("USER", to="change escalation policies")
    now = await services.now()
    async with services.database.transaction() as session:
        policy = await service.update_policy(
            session, account_id=caller.account_id, policy_id=policy_id, fields=_fields(data), now=now
        )
        return (await present(session, [policy]))[0]


@delete("/escalation-policies/{policy_id:int}", tags=TAGS, summary="Delete an escalation policy")
async def delete_policy(services: Services, caller: Caller, policy_id: int) -> None:
    """400 naming the uses while an alert source or an open alert needs it."""
    caller.must_be("USER", to="delete escalation policies")
    async with services.database.transaction() as session:
        await service.delete_policy(session, account_id=caller.account_id, policy_id=policy_id)


@put(
    "/escalation-policies/{policy_id:int}/levels/{level:int}", tags=TAGS, summary="Replace or append a level"
)
async def put_level(services: Services, caller: Caller, policy_id: int, level: int, data: RuleIn) -> RuleOut:
    """Zero-based; a level equal to the number of levels is appended."""
    caller.must_be("USER", to="change escalation policies")
    now = await services.now()
    async with services.database.transaction() as session:
        rule = await service.put_level(
            session,
            account_id=caller.account_id,
            policy_id=policy_id,
            level=level,
            rule=_rule(data),
            now=now,
        )
        reach = await views.load_reach(session, user_ids=rule.user_ids, team_ids=rule.team_ids)
        return rule_out(rule, reach)


@get("/escalation-policies/{policy_id:int}/simulate", tags=TAGS, summary="Who is paged when?")
async def simulate_policy(
    services: Services, caller: Caller, policy_id: int, priority: str = "HIGH", at: str | None = None
) -> list[SimulatedOut]:
    """What the engine would do if an alert came `at` and nobody ever reacted."""
    caller.must_be("VIEWER", to="see escalation policies")
    start = instant_in(at, field="at") if at else await services.now()
    one_of(priority, ("HIGH", "LOW"), field="priority")
    async with services.database.transaction() as session:
        policy = await service.policy_of(session, account_id=caller.account_id, policy_id=policy_id)
        chain = rules.chain_of(
            policy.rules,
            passes=rules.passes_of(repeating=policy.repeating, frequency=policy.frequency),
            priority=priority,
        )
        return await _simulated(session, chain, start=start, delay=timedelta(minutes=policy.delay_min))


@post(
    "/escalation-policies/simulate",
    tags=TAGS,
    status_code=200,
    summary="Who would be paged when, by rules that are not saved?",
)
async def simulate_rules(services: Services, caller: Caller, data: SimulateIn) -> list[SimulatedOut]:
    caller.must_be("VIEWER", to="see escalation policies")
    start = instant_in(data.at, field="at") if data.at else await services.now()
    one_of(data.priority, ("HIGH", "LOW"), field="priority")
    levels = tuple(_rule(rule) for rule in data.escalation_rules)
    rules.check_policy(levels, frequency=data.frequency, delay_min=data.delay_min)
    passes = rules.passes_of(repeating=data.repeating, frequency=data.frequency)
    chain = rules.Chain(rules=levels, passes=passes, priority=data.priority)
    async with services.database.transaction() as session:
        reach = await views.load_reach(
            session,
            user_ids=[user for rule in levels for user in rule.user_ids],
            team_ids=[team for rule in levels for team in rule.team_ids],
            account_id=caller.account_id,
        )
        return await _simulated(
            session, chain, start=start, delay=timedelta(minutes=data.delay_min), reach=reach
        )


async def _simulated(
    session: AsyncSession,
    chain: rules.Chain,
    *,
    start: datetime,
    delay: timedelta,
    reach: views.Reach | None = None,
) -> list[SimulatedOut]:
    known = reach or await service.reach_of(session, [chain])
    lines = rules.simulate(
        chain,
        start=start + delay,
        reach=lambda rule, _: known.of(user_ids=rule.user_ids, team_ids=rule.team_ids),
    )
    everyone = list({user for line in lines for user in line.user_ids})
    pages = await preview_pages(session, user_ids=everyone, priority=chain.priority)
    return [
        SimulatedOut(
            at=instant_out(line.at) or "",
            after_sec=int((line.at - start).total_seconds()),
            level=line.level,
            pass_number=line.pass_number,
            users=[_user_ref(known, user) for user in line.user_ids],
            pages=[
                SimulatedPage(
                    user_id=user,
                    method=step.method,
                    target=step.target,
                    at=instant_out(line.at + step.delay) or "",
                )
                for user in line.user_ids
                for step in pages.get(user, ())
            ],
            note=_note(line),
        )
        for line in lines
    ]


def _note(line: rules.Simulated) -> str:
    parts = [f"Level {level + 1} reaches nobody and is skipped." for level in line.skipped]
    if line.nobody:
        parts.append("Nobody is reached in this pass.")
    if line.ended == rules.EXHAUSTED and line.level is None:
        parts.append("The escalation ends; the alert stays open.")
    if line.ended == rules.LOW_PRIORITY:
        parts.append("A low-priority alert does not escalate further.")
    return " ".join(parts)


def routes() -> list[Any]:
    return [
        list_policies,
        create_policy,
        resolve_policy,
        get_policy,
        get_policy_by_name,
        update_policy,
        delete_policy,
        put_level,
        simulate_policy,
        simulate_rules,
    ]
