"""API keys verified in the last seconds, so that a burst of reads does not look each one up again.

An entry lives three seconds: a key revoked by another process, or a changed role, takes effect within that
time.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.infra.web import Caller
from tocsin.kernel.clock import monotonic

_LIFE_SECONDS = 3.0
_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Entry:
    caller: Caller
    until: float


# One memory a database: the same key may exist in two of them.
_memories: "WeakKeyDictionary[Engine | Connection, dict[bytes, _Entry]]" = WeakKeyDictionary()


def recall(session: AsyncSession, key_hash: bytes) -> Caller | None:
    entry = _memory(session).get(key_hash)
    return entry.caller if entry is not None and monotonic() < entry.until else None


def remember(session: AsyncSession, key_hash: bytes, caller: Caller) -> None:
    memory = _memory(session)
    if len(memory) >= _AT_MOST:
        memory.clear()
    memory[key_hash] = _Entry(caller, monotonic() + _LIFE_SECONDS)


def forget(session: AsyncSession, key_hash: bytes) -> None:
    """Called when a key is created: a text that the operator chose may have meant somebody else before."""
    _memory(session).pop(key_hash, None)


def forget_user(session: AsyncSession, user_id: int) -> None:
    """Called when a key is revoked or a user's role changes, so that this process sees it at once."""
    memory = _memory(session)
    for key_hash in [known for known, entry in memory.items() if entry.caller.user_id == user_id]:
        del memory[key_hash]


def _memory(session: AsyncSession) -> dict[bytes, _Entry]:
    return _memories.setdefault(session.get_bind(), {})
