"""Argon2id, off the event loop, and a short memory of what was verified a moment ago."""

import asyncio
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tocsin.domains.identity.rules import check_password

# 19 MiB and two passes, about 30 ms: the least that OWASP recommends. Only two run at once, so that sign-ins cannot
# take the machine from pings and pages.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = 2
_PROCESS_KEY = secrets.token_bytes(32)
_REMEMBER = timedelta(seconds=60)
_REMEMBER_AT_MOST = 10_000

_verified: dict[bytes, datetime] = {}
_decoys: list[str] = []
_gates: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}


def use_cheap_hashing() -> None:
    """For test runs, which make hundreds of accounts: hashes that cost next to nothing, and protect nothing."""
    global _HASHER
    _HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    _decoys.clear()


async def hash_password(password: str) -> str:
    """The argon2id hash to store. Raises ValidationError when the password is too short."""
    check_password(password)
    async with _gate():
        return await asyncio.to_thread(_HASHER.hash, password)


async def verify(password: str, stored: str | None) -> bool:
    """Is this the password? Takes as long for a user who does not exist (stored: None) as for one who
    does."""
    async with _gate():
        return await asyncio.to_thread(_verify, password, stored)


async def verify_remembered(password: str, stored: str | None, *, now: datetime) -> bool:
    """Like `verify`, but a success is remembered for a minute: HTTP basic sends the password with each
    request.

    What is kept is a keyed hash, useless outside this process; a new password makes a new entry at once.
    """
    message = hashlib.sha256(f"{stored}\x00{password}".encode("utf-8", "surrogatepass")).digest()
    memory = hmac.digest(_PROCESS_KEY, message, "sha256")
    until = _verified.get(memory)
    if until is not None and now < until:
        return True
    if not await verify(password, stored):
        return False
    if len(_verified) >= _REMEMBER_AT_MOST:
        _verified.clear()
    _verified[memory] = now + _REMEMBER
    return True


def _verify(password: str, stored: str | None) -> bool:
    if stored is None:
        if not _decoys:
            _decoys.append(_HASHER.hash(secrets.token_hex(16)))
        _matches(password, _decoys[0])
        return False
    return _matches(password, stored)


def _matches(password: str, stored: str) -> bool:
    try:
        return _HASHER.verify(stored, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False


def _gate() -> asyncio.Semaphore:
    loop = asyncio.get_running_loop()
    for other in [known for known in _gates if known.is_closed()]:
        del _gates[other]
    return _gates.setdefault(loop, asyncio.Semaphore(_AT_ONCE))
