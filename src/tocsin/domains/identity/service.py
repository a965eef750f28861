"""Accounts and API keys; the first start of an installation. Who is calling: `authenticate`."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit import service as audit
from tocsin.domains.identity import passwords, recent_keys, rules, sign_in, store
from tocsin.domains.identity.authentication import Credentials as Credentials
from tocsin.domains.identity.authentication import authenticate as authenticate
from tocsin.domains.identity.models import Account, ApiKey
from tocsin.domains.people import service as people
from tocsin.kernel.errors import NotFound, ValidationError
from tocsin.kernel.ids import AccountId, UserId
from tocsin.kernel.ids import api_key as new_key_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What the first start made; the secrets are shown once and stored as hashes."""

    account_id: AccountId
    user_id: UserId
    tenant: str
    email: str
    password: str
    api_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """row: what is stored. text: the key itself, which nobody can read again."""

    row: ApiKey
    text: str


async def is_installed(session: AsyncSession) -> bool:
    return await store.any_account(session)


async def create_installation(
    session: AsyncSession,
    *,
    email: str,
    password: str | None = None,
    api_key_text: str | None = None,
    account_name: str = "Tocsin",
    tenant: str | None = None,
    now: datetime,
) -> Installation | None:
    """The account, its owner with contact and notification preferences, and his API key.

    Password and key are generated when not given. Returns None when there is an account already: of several
    processes that start together one installs. Raises ValidationError for a bad address or password.
    """
    await store.lock_installation(session)
    if await store.any_account(session):
        return None
    name = tenant or rules.tenant_name(account_name)
    account_id = await store.add_account(session, name=account_name, tenant=name, now=now)
    chosen = password or secrets.token_urlsafe(12)
    first_name = email.partition("@")[0] or "Owner"
    owner = people.NewUser(
        email=email,
        role="ACCOUNT_OWNER",
        profile={"first_name": first_name.title()[:255], "last_name": "Owner"},
        password=chosen,
    )
    user = await people.create_user(session, owner, account_id=account_id, caller=None, now=now)
    key = await create_key(
        session, account_id=account_id, user_id=user.id, name="First key", text=api_key_text, now=now
    )
    return Installation(
        account_id=account_id,
        user_id=UserId(user.id),
        tenant=name,
        email=user.email,
        password=chosen,
        api_key=key.text,
    )


async def create_key(
    session: AsyncSession,
    *,
    account_id: int,
    user_id: int,
    name: str,
    expires_at: datetime | None = None,
    text: str | None = None,
    now: datetime,
) -> NewKey:
    """A new API key that acts with its user's rights. text: the key to use, generated when not given."""
    if expires_at is not None and expires_at <= now:
        raise ValidationError("expiresAt: lies in the past; leave it out for a key that does not expire")
    if len(await store.keys_of(session, account_id=account_id, user_id=user_id)) >= rules.KEYS_PER_USER:
        raise ValidationError(f"You already have {rules.KEYS_PER_USER} API keys; delete some first")
    key = text or new_key_text()
    row = ApiKey(
        account_id=account_id,
        user_id=user_id,
        name=name,
        prefix=key[:8],
        key_hash=rules.token_hash(key),
        created_at=now,
        expires_at=expires_at,
        last_used_at=None,
        last_used_ip=None,
        revoked_at=None,
    )
    await store.add_key(session, row)
    recent_keys.forget(session, row.key_hash)
    await _audit_key(session, row, "CREATE", now=now)
    return NewKey(row=row, text=key)


async def list_keys(session: AsyncSession, *, account_id: int, user_id: int) -> Sequence[ApiKey]:
    return await store.keys_of(session, account_id=account_id, user_id=user_id)


async def revoke_key(
    session: AsyncSession, key_id: int, *, account_id: int, user_id: int, now: datetime
) -> None:
    """Revoke one's own key; in other processes within three seconds. Raises NotFound."""
    row = await store.revoke_key(session, key_id, account_id=account_id, user_id=user_id, now=now)
    if row is None:
        raise NotFound("There is no such API key among yours.")
    recent_keys.forget_user(session, user_id)
    await _audit_key(session, row, "DELETE", now=now)


async def create_key_for(session: AsyncSession, *, login: str, name: str, now: datetime) -> NewKey:
    """For the command line: a key for the user with this e-mail address or user name. Raises NotFound."""
    person = await _person(session, login)
    return await create_key(session, account_id=person.account_id, user_id=person.user_id, name=name, now=now)


async def reset_password(
    session: AsyncSession, *, login: str, password: str | None = None, now: datetime
) -> str:
    """For the command line: set a password (generated when not given) and end the user's sessions.

    Returns the password. Raises NotFound or ValidationError.
    """
    person = await _person(session, login)
    chosen = password or secrets.token_urlsafe(12)
    hashed = await passwords.hash_password(chosen)
    await store.set_password_hash(session, person.user_id, password_hash=hashed, now=now)
    await store.forget_attempts(session, ids=(), subject=f"email:{person.email.lower()}")
    await sign_in.end_sessions(session, person.user_id)
    await audit.record(
        session,
        account_id=person.account_id,
        actor_user_id=None,
        action="UPDATE",
        object_type="USER",
        object_id=person.user_id,
        details={"password": "changed"},
        now=now,
    )
    return chosen


async def _person(session: AsyncSession, login: str) -> store.Person:
    found = await store.people_by_login(session, login.strip())
    if not found:
        raise NotFound(f"There is no user with the e-mail address or user name {login!r}.")
    return found[0]


async def account_of(session: AsyncSession, account_id: int) -> Account:
    account = await store.account_of(session, account_id)
    if account is None:
        raise NotFound("This account no longer exists.")
    return account


async def account_settings(session: AsyncSession, account_id: int) -> dict[str, int]:
    """The noise settings (`stormThreshold`, `flapWindowSec`, …) with their defaults filled in."""
    account = await account_of(session, account_id)
    return {
        name: int(account.settings.get(name, default)) for name, (default, _, _) in rules.SETTINGS.items()
    }


async def change_account(
    session: AsyncSession,
    account_id: int,
    *,
    actor_user_id: int,
    name: str | None,
    settings: dict[str, int | None],
    now: datetime,
) -> Account:
    """settings: those that were sent; null means the default again. Raises ValidationError."""
    account = await account_of(session, account_id)
    changed: dict[str, Any] = {**account.settings, **rules.check_settings(settings)}
    await store.change_account(session, account_id, name=name or account.name, settings=changed)
    await session.refresh(account)
    await audit.record(
        session,
        account_id=account_id,
        actor_user_id=actor_user_id,
        action="UPDATE",
        object_type="ACCOUNT",
        object_id=account_id,
        details={"name": account.name, **settings},
        now=now,
    )
    return account


async def _audit_key(session: AsyncSession, row: ApiKey, action: str, *, now: datetime) -> None:
    await audit.record(
        session,
        account_id=row.account_id,
        actor_user_id=row.user_id,
        action=action,
        object_type="API_KEY",
        object_id=row.id,
        details={"name": row.name, "prefix": row.prefix},
        now=now,
    )
