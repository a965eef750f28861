"""Signing in and out of the web app, and the sessions that come of it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit import service as audit
from tocsin.domains.identity import errors, passwords, rules, store
from tocsin.domains.identity.models import WebSession
from tocsin.infra.db import Database
from tocsin.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """token: the cookie's value; only its hash is stored."""

    token: str
    csrf_token: str
    account_id: int
    user_id: int
    session_id: int


async def sign_in(
    database: Database,
    *,
    login: str,
    password: str,
    tenant: str | None,
    ip: str | None,
    user_agent: str | None,
    now: datetime,
) -> SignedIn:
    """Check the password and open a session.

    Takes two transactions of its own: the try is on record before the password is looked at, and stays there
    when it was wrong; and no connection is held while the password is hashed. Raises RateLimited (429) or,
    without telling which part was wrong, AppError 401 SIGN_IN_FAILED.
    """
    subjects = [f"email:{login.lower()[:300]}", f"ip:{ip}"]
    async with database.transaction() as session:
        attempts = await _note_attempt(session, subjects, now=now)
        people = await store.people_by_login(session, login, tenant=tenant)
    person = None
    candidates: Sequence[store.Person | None] = people or [None]
    for candidate in candidates:
        if await passwords.verify(password, candidate.password_hash if candidate else None):
            person = candidate
            break
    if person is None:
        raise errors.sign_in_refused()
    async with database.transaction() as session:
        await store.forget_attempts(session, ids=attempts, subject=subjects[0])
        await store.prune(session, now=now)
        return await _open_session(session, person, ip=ip, user_agent=user_agent, now=now)


async def _note_attempt(session: AsyncSession, subjects: Sequence[str], *, now: datetime) -> list[int]:
    failures = await store.failures_since(session, subjects, since=now - rules.ATTEMPT_WINDOW)
    for subject, most in zip(subjects, (rules.ATTEMPTS_PER_EMAIL, rules.ATTEMPTS_PER_IP), strict=True):
        count, first = failures.get(subject, (0, None))
        wait = rules.seconds_to_wait(count, first, most=most, now=now)
        if wait:
            raise errors.too_many_attempts(wait)
    return await store.add_attempts(session, subjects, now=now)


async def _open_session(
    session: AsyncSession, person: store.Person, *, ip: str | None, user_agent: str | None, now: datetime
) -> SignedIn:
    token = secrets.token_urlsafe(32)
    row = WebSession(
        token_hash=rules.token_hash(token),
        csrf_token=secrets.token_urlsafe(24),
        account_id=person.account_id,
        user_id=person.user_id,
        created_at=now,
        last_seen_at=now,
        expires_at=rules.session_end(created_at=now, seen_at=now),
        ip=ip,
        user_agent=(user_agent or "").replace("\x00", "")[:300] or None,
    )
    await store.add_session(session, row)
    await audit.record(
        session,
        account_id=person.account_id,
        actor_user_id=person.user_id,
        action="SIGN_IN",
        object_type="SESSION",
        object_id=row.id,
        details={"ip": ip},
        now=now,
    )
    return SignedIn(
        token=token,
        csrf_token=row.csrf_token,
        account_id=row.account_id,
        user_id=row.user_id,
        session_id=row.id,
    )


async def csrf_token(session: AsyncSession, session_id: int) -> str | None:
    row = await store.session_of(session, session_id)
    return row.csrf_token if row else None


async def list_sessions(
    session: AsyncSession, *, account_id: int, user_id: int, now: datetime
) -> Sequence[WebSession]:
    """The user's own sessions that have not ended, last used first."""
    return await store.sessions_of(session, account_id=account_id, user_id=user_id, now=now)


async def end_session(
    session: AsyncSession, session_id: int, *, account_id: int, user_id: int, now: datetime
) -> None:
    """Sign one's own session out. Raises NotFound."""
    if not await store.delete_session(session, session_id, account_id=account_id, user_id=user_id):
        raise NotFound("This session does not exist or has already ended.")
    await audit.record(
        session,
        account_id=account_id,
        actor_user_id=user_id,
        action="SIGN_OUT",
        object_type="SESSION",
        object_id=session_id,
        now=now,
    )


async def end_sessions(session: AsyncSession, user_id: int, *, keep: int | None = None) -> None:
    """End all sessions of a user, except `keep`; after a new password."""
    await store.delete_sessions_of(session, user_id, keep=keep)
