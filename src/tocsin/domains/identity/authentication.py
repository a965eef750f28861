"""From the credentials of a request to its caller."""

import hmac
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.identity import errors, passwords, recent_keys, rules, store
from tocsin.infra.web import Caller
from tocsin.kernel.errors import AuthenticationRequired
from tocsin.kernel.ids import AccountId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a request brings along. authorization: the header. cookie: the value of `tocsin_session`. csrf:
    the header `x-csrf-token`. ip: the client's address."""

    authorization: str | None
    cookie: str | None
    csrf: str | None
    method: str
    ip: str | None


async def authenticate(session: AsyncSession, credentials: Credentials, *, now: datetime) -> Caller:
    """Who makes this request.

    Raises AuthenticationRequired (401) without credentials or with an ended session, KeyRefused (403
    KEY_ERROR) with wrong, revoked, expired or unreadable ones, PermissionDenied (403 CSRF) when a write with
    a session lacks its token, RateLimited (429) after too many wrong passwords.
    """
    if credentials.authorization:
        match rules.read_authorization(credentials.authorization):
            case rules.BearerKey(key=key):
                return await _by_key(session, key, ip=credentials.ip, now=now)
            case rules.BasicLogin() as login:
                return await _by_password(session, login, ip=credentials.ip, now=now)
            case None:
                raise errors.malformed_credentials()
    if credentials.cookie:
        return await _by_session(session, credentials, now=now)
    raise AuthenticationRequired(
        "This needs credentials. Send 'Authorization: Bearer <API key>' or sign in at the web app."
    )


async def _by_key(session: AsyncSession, key: str, *, ip: str | None, now: datetime) -> Caller:
    hashed = rules.token_hash(key)
    recent = recent_keys.recall(session, hashed)
    if recent is not None:
        return recent
    found = await store.key_by_hash(session, hashed)
    if found is None:
        raise errors.key_refused()
    row, role, tenant = found
    if not hmac.compare_digest(row.key_hash, hashed) or row.revoked_at is not None:
        raise errors.key_refused()
    if row.expires_at is not None and row.expires_at <= now:
        raise errors.key_refused()
    if rules.is_stale(row.last_used_at, now=now):
        await store.note_key_used(session, row.id, ip=ip, now=now)
    caller = Caller(
        account_id=AccountId(row.account_id), user_id=UserId(row.user_id), role=role, tenant=tenant
    )
    recent_keys.remember(session, hashed, caller)
    return caller


async def _by_session(session: AsyncSession, credentials: Credentials, *, now: datetime) -> Caller:
    assert credentials.cookie is not None
    found = await store.session_by_hash(session, rules.token_hash(credentials.cookie))
    if found is None or found[0].expires_at <= now:
        raise AuthenticationRequired("Your session has ended. Sign in again.")
    row, role, tenant = found
    if credentials.method.upper() not in rules.SAFE_METHODS:
        given = (credentials.csrf or "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(row.csrf_token.encode(), given):
            raise errors.csrf_refused()
    if rules.is_stale(row.last_seen_at, now=now):
        ends = rules.session_end(created_at=row.created_at, seen_at=now)
        await store.note_session_used(session, row.id, ip=credentials.ip, expires_at=ends, now=now)
    return Caller(
        account_id=AccountId(row.account_id),
        user_id=UserId(row.user_id),
        role=role,
        tenant=tenant,
        session_id=row.id,
    )


async def _by_password(
    session: AsyncSession, login: rules.BasicLogin, *, ip: str | None, now: datetime
) -> Caller:
    limits = ((f"login:{login.login.lower()}", rules.ATTEMPTS_PER_EMAIL), (f"ip:{ip}", rules.ATTEMPTS_PER_IP))
    for subject, most in limits:
        wait = _failures.seconds_to_wait(subject, most=most, now=now)
        if wait:
            raise errors.too_many_attempts(wait)
    person = await _named(session, login)
    stored = person.password_hash if person else None
    if not await passwords.verify_remembered(login.password, stored, now=now) or person is None:
        for subject, _ in limits:
            _failures.add(subject, now=now)
        raise errors.basic_refused()
    return Caller(
        account_id=person.account_id, user_id=person.user_id, role=person.role, tenant=person.tenant
    )


async def _named(session: AsyncSession, login: rules.BasicLogin) -> store.Person | None:
    """The user that `name@tenant` or, where only one account knows the name, the name alone means."""
    name, tenant = login.split
    if tenant:
        people = await store.people_by_login(session, name, tenant=tenant)
        if people:
            return people[0]
    people = await store.people_by_login(session, login.login)
    return people[0] if len(people) == 1 else None


class _Failures:
    """Wrong basic credentials of this process. They cannot be counted in the database: the request that
    carries them is refused, so its transaction is rolled back."""

    def __init__(self, *, at_most: int = 10_000) -> None:
        self._times: OrderedDict[str, list[datetime]] = OrderedDict()
        self._at_most = at_most

    def add(self, subject: str, *, now: datetime) -> None:
        self._times.setdefault(subject, []).append(now)
        self._times.move_to_end(subject)
        while len(self._times) > self._at_most:
            self._times.popitem(last=False)

    def seconds_to_wait(self, subject: str, *, most: int, now: datetime) -> int:
        times = [at for at in self._times.get(subject, ()) if now - rules.ATTEMPT_WINDOW < at <= now]
        if not times:
            self._times.pop(subject, None)
            return 0
        self._times[subject] = times
        return rules.seconds_to_wait(len(times), times[0], most=most, now=now)


_failures = _Failures()
