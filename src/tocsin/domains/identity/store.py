"""All SQL of identity."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.identity.models import Account, ApiKey, SignInAttempt, WebSession
from tocsin.domains.people.models import User
from tocsin.kernel.ids import AccountId, UserId

_INSTALL_LOCK = 7_206_138


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A user as credentials see him."""

    user_id: UserId
    account_id: AccountId
    tenant: str
    role: str
    email: str
    password_hash: str | None


async def key_by_hash(session: AsyncSession, key_hash: bytes) -> tuple[ApiKey, str, str] | None:
    """(key, its user's role, tenant)"""
    row = (
        await session.execute(
            select(ApiKey, User.role, Account.tenant)
            .join(User, User.id == ApiKey.user_id)
            .join(Account, Account.id == ApiKey.account_id)
            .where(ApiKey.key_hash == key_hash)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def note_key_used(session: AsyncSession, key_id: int, *, ip: str | None, now: datetime) -> None:
    """Write down the use; skipped when another request is just writing it, so that none waits for another."""
    await session.execute(
        text(
            "UPDATE api_keys SET last_used_at = :now, last_used_ip = :ip WHERE id IN "
            "(SELECT id FROM api_keys WHERE id = :id FOR UPDATE SKIP LOCKED)"
        ),
        {"now": now, "ip": ip, "id": key_id},
    )


async def session_by_hash(session: AsyncSession, hashed: bytes) -> tuple[WebSession, str, str] | None:
    """(web session, its user's role, tenant)"""
    row = (
        await session.execute(
            select(WebSession, User.role, Account.tenant)
            .join(User, User.id == WebSession.user_id)
            .join(Account, Account.id == WebSession.account_id)
            .where(WebSession.token_hash == hashed)
        )
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2])


async def note_session_used(
    session: AsyncSession, session_id: int, *, ip: str | None, expires_at: datetime, now: datetime
) -> None:
    await session.execute(
        text(
            "UPDATE web_sessions SET last_seen_at = :now, ip = :ip, expires_at = :expires_at WHERE id IN "
            "(SELECT id FROM web_sessions WHERE id = :id FOR UPDATE SKIP LOCKED)"
        ),
        {"now": now, "ip": ip, "expires_at": expires_at, "id": session_id},
    )


async def people_by_login(session: AsyncSession, login: str, *, tenant: str | None = None) -> list[Person]:
    """Users with this e-mail address or user name in any account (or in one), oldest account first."""
    query = (
        select(User.id, User.account_id, User.role, User.email, User.password_hash, Account.tenant)
        .join(Account, Account.id == User.account_id)
        .where((func.lower(User.email) == login.lower()) | (func.lower(User.username) == login.lower()))
        .order_by(User.account_id, User.id)
        .limit(5)
    )
    if tenant is not None:
        query = query.where(Account.tenant == tenant.lower())
    return [
        Person(
            user_id=UserId(row.id),
            account_id=AccountId(row.account_id),
            tenant=row.tenant,
            role=row.role,
            email=row.email,
            password_hash=row.password_hash,
        )
        for row in await session.execute(query)
    ]


async def set_password_hash(
    session: AsyncSession, user_id: int, *, password_hash: str, now: datetime
) -> None:
    await session.execute(
        update(User).where(User.id == user_id).values(password_hash=password_hash, updated_at=now)
    )


async def lock_installation(session: AsyncSession) -> None:
    """Let one process at a time decide whether this is the first start."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _INSTALL_LOCK})


async def any_account(session: AsyncSession) -> bool:
    return bool(await session.scalar(select(select(Account.id).exists())))


async def add_account(session: AsyncSession, *, name: str, tenant: str, now: datetime) -> AccountId:
    account = Account(name=name, tenant=tenant, settings={}, created_at=now)
    session.add(account)
    await session.flush()
    return AccountId(account.id)


async def account_of(session: AsyncSession, account_id: int) -> Account | None:
    return await session.get(Account, account_id)


async def change_account(
    session: AsyncSession, account_id: int, *, name: str, settings: dict[str, Any]
) -> None:
    await session.execute(
        update(Account).where(Account.id == account_id).values(name=name, settings=settings)
    )


async def add_key(session: AsyncSession, key: ApiKey) -> None:
    session.add(key)
    await session.flush()


async def keys_of(session: AsyncSession, *, account_id: int, user_id: int) -> Sequence[ApiKey]:
    rows = await session.scalars(
        select(ApiKey)
        .where(ApiKey.account_id == account_id, ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.created_at, ApiKey.id)
    )
    return rows.all()


async def revoke_key(
    session: AsyncSession, key_id: int, *, account_id: int, user_id: int, now: datetime
) -> ApiKey | None:
    return await session.scalar(
        update(ApiKey)
        .where(
            ApiKey.id == key_id,
            ApiKey.account_id == account_id,
            ApiKey.user_id == user_id,
            ApiKey.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(ApiKey)
    )


async def add_session(session: AsyncSession, row: WebSession) -> None:
    session.add(row)
    await session.flush()


async def session_of(session: AsyncSession, session_id: int) -> WebSession | None:
    return await session.get(WebSession, session_id)


async def sessions_of(
    session: AsyncSession, *, account_id: int, user_id: int, now: datetime
) -> Sequence[WebSession]:
    rows = await session.scalars(
        select(WebSession)
        .where(
            WebSession.account_id == account_id, WebSession.user_id == user_id, WebSession.expires_at > now
        )
        .order_by(WebSession.last_seen_at.desc(), WebSession.id.desc())
    )
    return rows.all()


async def delete_session(session: AsyncSession, session_id: int, *, account_id: int, user_id: int) -> bool:
    found = await session.scalar(
        delete(WebSession)
        .where(
            WebSession.id == session_id, WebSession.account_id == account_id, WebSession.user_id == user_id
        )
        .returning(WebSession.id)
    )
    return found is not None


async def delete_sessions_of(session: AsyncSession, user_id: int, *, keep: int | None) -> None:
    statement = delete(WebSession).where(WebSession.user_id == user_id)
    await session.execute(statement if keep is None else statement.where(WebSession.id != keep))


async def failures_since(
    session: AsyncSession, subjects: Sequence[str], *, since: datetime
) -> dict[str, tuple[int, datetime]]:
    """subject -> (failures, the oldest of them)"""
    rows = await session.execute(
        select(SignInAttempt.subject, func.count(), func.min(SignInAttempt.at))
        .where(SignInAttempt.subject.in_(subjects), SignInAttempt.at > since)
        .group_by(SignInAttempt.subject)
    )
    return {subject: (count, first) for subject, count, first in rows}


async def add_attempts(session: AsyncSession, subjects: Sequence[str], *, now: datetime) -> list[int]:
    rows = await session.scalars(
        insert(SignInAttempt).returning(SignInAttempt.id),
        [{"subject": subject, "at": now} for subject in subjects],
    )
    return list(rows)


async def forget_attempts(session: AsyncSession, *, ids: Sequence[int], subject: str) -> None:
    await session.execute(
        delete(SignInAttempt).where(SignInAttempt.id.in_(ids) | (SignInAttempt.subject == subject))
    )


async def prune(session: AsyncSession, *, now: datetime) -> None:
    """Drop old failures and ended sessions."""
    await session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - timedelta(hours=1)))
    await session.execute(delete(WebSession).where(WebSession.expires_at < now))
