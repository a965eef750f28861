"""Accounts and users to start from."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.identity import service as identity
from tocsin.domains.identity import store
from tocsin.domains.people import service as people
from tocsin.infra.web import Services

PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """A user with an API key."""

    account_id: int
    id: int
    username: str
    email: str
    key: str


async def install(services: Services) -> Someone:
    """The first account, `acme`, with its owner ada@acme.test."""
    now = await services.now()
    async with services.database.transaction() as session:
        made = await identity.create_installation(
            session, email="ada@acme.test", password=PASSWORD, account_name="Acme", now=now
        )
        assert made is not None
        user = (await people.users_by_id(session, made.account_id, [made.user_id]))[made.user_id]
    return Someone(
        account_id=made.account_id, id=user.id, username=user.username, email=user.email, key=made.api_key
    )


async def add_user(
    services: Services, account_id: int, *, name: str, role: str = "USER", password: str | None = None
) -> Someone:
    """`<name>@acme.test` with an API key."""
    now = await services.now()
    async with services.database.transaction() as session:
        return await _user(session, account_id, name=name, role=role, password=password, now=now)


async def other_account(services: Services, *, role: str = "ADMIN") -> Someone:
    """A user of another account, `other`."""
    now = await services.now()
    async with services.database.transaction() as session:
        account_id = await store.add_account(session, name="Other", tenant="other", now=now)
        return await _user(session, account_id, name="stranger", role=role, password=None, now=now)


async def _user(
    session: AsyncSession, account_id: int, *, name: str, role: str, password: str | None, now: datetime
) -> Someone:
    profile: dict[str, str | None] = {"first_name": name.title(), "last_name": "Tester"}
    new = people.NewUser(email=f"{name}@acme.test", role=role, profile=profile, password=password)
    user = await people.create_user(session, new, account_id=account_id, caller=None, now=now)
    key = await identity.create_key(session, account_id=account_id, user_id=user.id, name="test", now=now)
    return Someone(account_id=account_id, id=user.id, username=user.username, email=user.email, key=key.text)
