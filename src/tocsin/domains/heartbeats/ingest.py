"""The ping gate: what stands in front of the web framework for ping URLs (ADR-0004).

A plain ping joins the batch that is being stored and is answered 202 when that batch is committed. Signals (start,
success, fail, log, exit codes, run ids), provisioning keys and link previewers take the slower way through `service`,
which commits before the answer as well.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qs

from tocsin.domains.heartbeats.keys import LONGEST_KEY, PROVISIONING_PREFIX, key_hash
from tocsin.domains.heartbeats.ping_store import PlainPing, Stored, record_pings
from tocsin.domains.heartbeats.rules.signals import Signal, follows_links, is_run_id, signal_of
from tocsin.domains.heartbeats.signals import Received, receive_signal
from tocsin.infra.asgi import JSON_TYPE, Receive, Scope, Send, answer_error, client_ip, read_body
from tocsin.infra.group_commit import GroupCommit, in_time
from tocsin.infra.metrics import INGEST_REQUESTS
from tocsin.infra.rate_limits import FixedWindow
from tocsin.infra.web import Services
from tocsin.kernel.clock import monotonic
from tocsin.kernel.errors import AppError, RateLimited, Unavailable, ValidationError

PREFIXES = ("/api/pings/", "/api/heartbeats/", "/api/v1/heartbeats/", "/api/v1/pings/")
BODY_KEPT = 100 * 1024
PINGS_PER_MINUTE = 5
_METHODS = frozenset(("GET", "HEAD", "POST"))
_MOST_SLOW = 32
_SLOW_QUEUE = 2_000
# Waiting this long in the queue is the normal rhythm of batches; more is counted off the time of receipt.
_RHYTHM_SEC = 0.05

_START = {
    "type": "http.response.start",
    "status": 202,
    "headers": [JSON_TYPE, (b"content-length", b"2")],
}
_BODY = {"type": "http.response.body", "body": b"{}"}
_START_HEAD = {
    "type": "http.response.start",
    "status": 202,
    "headers": [JSON_TYPE, (b"content-length", b"0")],
}
_BODY_HEAD = {"type": "http.response.body", "body": b""}

_ACCEPTED = INGEST_REQUESTS.labels(kind="ping", outcome="accepted")

_UNKNOWN_KEY = "There is no heartbeat monitor with this key; copy the ping URL from the monitor's page"
_POST_ONLY = "This heartbeat monitor takes POST requests only; send the ping with POST"
_NO_SIGNAL = "The ping URL ends in {!r}; allowed are start, success, fail, log and exit codes 0 to 255"
_OVERLOADED = "Too many pings wait to be stored; nothing was stored, send it again"


class PingGate:
    """A bare ASGI callable for exactly the ping URLs."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._limits = services.settings.rate_limits
        self._retry_after = 60
        self._proxies = services.settings.trusted_proxies
        self._per_key = FixedWindow(limit=PINGS_PER_MINUTE, what="one heartbeat key")
        self._batches = GroupCommit(self._store, kind="ping", largest_batch=1000, longest_queue=10_000)
        self._slow_turns = asyncio.Semaphore(_MOST_SLOW)
        self._slow_waiting = 0
        self._shed_at = float("-inf")

    def matches(self, path: str) -> bool:
        return path.startswith(PREFIXES)

    @property
    def is_shedding(self) -> bool:
        """Did this process refuse pings within the last seconds? Then it does not report itself alive."""
        return monotonic() - self._shed_at < 2.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method: str = scope["method"]
        try:
            if await self._take(scope, receive, method):
                await send(_START_HEAD if method == "HEAD" else _START)
                await send(_BODY_HEAD if method == "HEAD" else _BODY)
        except AppError as error:
            if error.status == 503:
                self._shed_at = monotonic()
            INGEST_REQUESTS.labels(kind="ping", outcome=str(error.status)).inc()
            await answer_error(send, body=error.body(), headers=error.headers, is_head=method == "HEAD")

    async def _take(self, scope: Scope, receive: Receive, method: str) -> bool:
        """Store what the request says. Raises AppError."""
        if method not in _METHODS:
            raise AppError(
                f"{method} is not a ping; use GET, HEAD or POST", status=405, code="METHOD_NOT_ALLOWED"
            )
        path: str = scope["path"]
        # The usual form first; the other prefixes and the escaped colon are rarer.
        rest = (
            path[len(PREFIXES[0]) :]
            if path.startswith(PREFIXES[0]) and "%" not in path
            else _after_prefix(path)
        )
        key, _, suffix = rest.partition("/")
        agent, has_body = b"", False
        for name, value in scope["headers"]:
            if name == b"user-agent":
                agent = value
            elif (name == b"content-length" and value != b"0") or name == b"transfer-encoding":
                has_body = method == "POST"
        body, is_cut = None, False
        if has_body:
            raw, is_cut = await read_body(receive, limit=BODY_KEPT)
            body = raw.decode("utf-8", "replace").replace("\x00", "\ufffd")
        if not key or len(key) > LONGEST_KEY or "\x00" in key or not key.isascii():
            raise ValidationError(_UNKNOWN_KEY)
        user_agent, is_follower = _known_agent(agent)
        if (
            suffix
            or scope["query_string"]
            or key.startswith(PROVISIONING_PREFIX)
            or (is_follower and method != "POST")
        ):
            await self._signal(
                scope, key=key, suffix=suffix, user_agent=user_agent, body=body, body_truncated=is_cut
            )
            return True
        hash_ = key_hash(key)
        address = client_ip(scope, trusted_proxies=self._proxies)
        stored = await self._batches.submit(
            PlainPing(hash_, key, method, address, user_agent, body, is_cut, monotonic())
        )
        if stored is not Stored.ACCEPTED:
            self._refuse(stored)
        return True

    async def _store(self, pings: list[PlainPing]) -> list[Stored]:
        now = await self._services.clock.now()
        # The newest of the batch: no ping is taken for older than it is, which could cost its monitor the deadline.
        waited = monotonic() - pings[-1].arrived
        if waited > _RHYTHM_SEC:
            now -= timedelta(seconds=waited)
        over = self._over_limit([ping.key_hash for ping in pings], now=now)
        wanted = (
            [ping for ping, is_over in zip(pings, over, strict=True) if not is_over] if any(over) else pings
        )
        stored: list[Stored] = []
        if wanted:
            async with self._services.database.pool.acquire() as connection:
                stored = await record_pings(connection, wanted, at=now)
        found = iter(stored)
        results = [Stored.TOO_MANY if is_over else next(found) for is_over in over] if any(over) else stored
        _ACCEPTED.inc(results.count(Stored.ACCEPTED))
        return results

    def _over_limit(self, keys: Sequence[int | str], *, now: datetime) -> list[bool]:
        """Which of these pings are one too many for their key in this minute."""
        if not self._limits:
            return [False] * len(keys)
        at = now.timestamp()
        self._retry_after = self._per_key.seconds_left(at=at)
        return [self._per_key.is_over(key, at=at) for key in keys]

    def _refuse(self, stored: Stored) -> None:
        """Raise what the sender is told."""
        match stored:
            case Stored.UNKNOWN_KEY:
                raise ValidationError(_UNKNOWN_KEY)
            case Stored.POST_ONLY:
                raise ValidationError(_POST_ONLY)
            case Stored.TOO_MANY:
                raise RateLimited(
                    f"More than {PINGS_PER_MINUTE} pings a minute with one key; wait {self._retry_after} seconds",
                    retry_after=self._retry_after,
                )
            case Stored.ACCEPTED:
                return

    async def _signal(
        self,
        scope: Scope,
        *,
        key: str,
        suffix: str,
        user_agent: str,
        body: str | None,
        body_truncated: bool,
    ) -> None:
        slug = None
        if key.startswith(PROVISIONING_PREFIX):
            slug, _, suffix = suffix.partition("/")
        signal = _signal_in(suffix)
        received = Received(
            key=key,
            slug=slug,
            signal=signal,
            rid=_run_id(scope["query_string"]),
            method=scope["method"],
            remote_addr=client_ip(scope, trusted_proxies=self._proxies),
            user_agent=user_agent,
            body=body,
            body_truncated=body_truncated,
            is_ignored=scope["method"] != "POST" and follows_links(user_agent),
        )
        if self._slow_waiting >= _SLOW_QUEUE:
            raise Unavailable(_OVERLOADED)
        self._slow_waiting += 1
        try:
            stored = await in_time(self._store_signal(received))
        finally:
            self._slow_waiting -= 1
        self._refuse(stored)
        _ACCEPTED.inc()

    async def _store_signal(self, received: Received) -> Stored:
        async with self._slow_turns:
            now = await self._services.clock.now()
            limited: int | str = key_hash(received.key)
            if received.slug is not None:
                limited = f"{received.key}/{received.slug}"
            if self._over_limit([limited], now=now)[0]:
                return Stored.TOO_MANY
            async with self._services.database.transaction() as session:
                return await receive_signal(session, received, now=now)


def _after_prefix(path: str) -> str:
    for prefix in PREFIXES:
        if path.startswith(prefix):
            return path[len(prefix) :].replace("%3A", ":").replace("%3a", ":").strip()
    return ""


def _signal_in(suffix: str) -> Signal:
    signal = signal_of(suffix.rstrip("/"))
    if signal is None:
        raise ValidationError(_NO_SIGNAL.format(suffix[:40]))
    return signal


def _run_id(query: bytes) -> str | None:
    """`?rid=` of the query; other parameters are ignored."""
    if b"rid=" not in query:
        return None
    values = parse_qs(query.decode("latin-1"), max_num_fields=50).get("rid")
    if not values:
        return None
    if not is_run_id(values[0]):
        raise ValidationError("rid: a run id has 1 to 64 letters, digits, '.', '_', ':' or '-'")
    return values[0]


@lru_cache(maxsize=2048)
def _known_agent(raw: bytes) -> tuple[str, bool]:
    """The user agent as kept, and whether it is one that follows links."""
    text = raw[:300].decode("latin-1").replace("\x00", "")
    return text, follows_links(text)
