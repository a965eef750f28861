"""What the command line does with people and keys."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.identity import service as identity
from tocsin.domains.people import service as people
from tocsin.infra.db import Database, DatabaseClock
from tocsin.infra.settings import Settings
from tocsin.kernel.errors import AppError
from tocsin.kernel.roles import ROLES

OWNER = "SELECT u.account_id, u.email FROM users u WHERE u.role = 'ACCOUNT_OWNER' ORDER BY u.id LIMIT 1"


@asynccontextmanager
async def unit_of_work(settings: Settings) -> AsyncIterator[tuple[AsyncSession, datetime]]:
    """One transaction and the database's time."""
    database = Database(settings.database_url, pool_size=1, hot_pool_size=1)
    await database.open()
    try:
        now = await DatabaseClock(database).now()
        async with database.transaction() as session:
            yield session, now
    finally:
        await database.close()


async def add_user(settings: Settings, *, email: str, first_name: str, last_name: str, role: str) -> str:
    """Create a user in the account; gives his password. Raises AppError for what cannot be."""
    wanted = role.upper()
    if wanted not in ROLES or wanted == "ACCOUNT_OWNER":
        raise AppError(
            f"{role!r} is not a role; use one of {', '.join(r for r in ROLES if r != 'ACCOUNT_OWNER')}."
        )
    password = secrets.token_urlsafe(12)
    async with unit_of_work(settings) as (session, now):
        account_id, _ = await owner_of(session)
        new = people.NewUser(
            email=email,
            role=wanted,
            profile={"first_name": first_name, "last_name": last_name},
            password=password,
        )
        await people.create_user(session, new, account_id=account_id, caller=None, now=now)
    return password


async def reset_password(settings: Settings, *, email: str) -> str:
    """Gives the new password. Raises NotFound."""
    async with unit_of_work(settings) as (session, now):
        return await identity.reset_password(session, login=email, now=now)


async def create_key(settings: Settings, *, name: str, email: str) -> str:
    """Gives the key's text; it acts with the rights of the user, by default the owner. Raises NotFound."""
    async with unit_of_work(settings) as (session, now):
        login = email or (await owner_of(session))[1]
        return (await identity.create_key_for(session, login=login, name=name, now=now)).text


async def owner_of(session: AsyncSession) -> tuple[int, str]:
    """Account id and e-mail address of the owner of this installation."""
    found = (await session.execute(text(OWNER))).one_or_none()
    if found is None:
        raise AppError("This installation has no account yet; `tocsin up` creates it.")
    return int(found[0]), str(found[1])
