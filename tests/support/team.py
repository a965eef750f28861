"""A small installation to start from: an account with its owner, a policy and an alert source."""

from dataclasses import dataclass, replace

import httpx

from tocsin.domains.alert_sources import service as alert_sources
from tocsin.domains.alert_sources.service import SourceFields
from tocsin.domains.escalations import service as escalations
from tocsin.domains.escalations.rules import Rule
from tocsin.domains.identity import service as identity
from tocsin.entrypoints.front import Front
from tocsin.entrypoints.web import create_app
from tocsin.infra.web import Services

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """api_key is the owner's."""

    account_id: int
    user_id: int
    policy_id: int
    source_id: int
    api_key: str


async def small_team(services: Services, *, email: str = "ada@tocsin.test") -> Team:
    now = await services.now()
    async with services.database.transaction() as session:
        made = await identity.create_installation(session, email=email, password=PASSWORD, now=now)
        assert made is not None
        policy = await escalations.create_policy(
            session,
            account_id=made.account_id,
            fields=escalations.PolicyFields(
                name="Everyone", rules=(Rule(timeout_min=15, user_ids=(made.user_id,)),)
            ),
            now=now,
        )
        source = await alert_sources.create_source(
            session,
            account_id=made.account_id,
            fields=SourceFields(
                name="Heartbeats", integration_type="HEARTBEAT2", escalation_policy_id=policy.id
            ),
            now=now,
        )
    return Team(
        account_id=made.account_id,
        user_id=made.user_id,
        policy_id=policy.id,
        source_id=source.id,
        api_key=made.api_key,
    )


async def with_another_key(services: Services, team: Team) -> Team:
    """The same user with a new API key, so that a change of his role counts at once."""
    async with services.database.transaction() as session:
        made = await identity.create_key(
            session,
            account_id=team.account_id,
            user_id=team.user_id,
            name="Another",
            now=await services.now(),
        )
    return replace(team, api_key=made.text)


def client(app: Front, team: Team | None = None) -> httpx.AsyncClient:
    """Speaks to the whole web application, with the owner's API key when a team is given."""
    headers = {} if team is None else {"authorization": f"Bearer {team.api_key}"}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://tocsin.test", headers=headers)


def app_of(services: Services) -> Front:
    return create_app(services)
