"""The gate for events: bare ASGI, in front of the web framework. An event is on disk before it is answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import msgspec

from tocsin.domains.alert_sources import service as alert_sources
from tocsin.domains.events import errors, rules, store
from tocsin.domains.events.jobs import process_until
from tocsin.domains.events.models import Event
from tocsin.domains.events.schemas import EventIn, LegacyAnswer
from tocsin.domains.events.store import Arrived
from tocsin.infra.asgi import JSON_TYPE, Receive, Scope, Send, answer, answer_error, read_body
from tocsin.infra.group_commit import GroupCommit, in_time
from tocsin.infra.metrics import INGEST_REQUESTS
from tocsin.infra.rate_limits import FixedWindow
from tocsin.infra.web import Services
from tocsin.kernel.clock import monotonic
from tocsin.kernel.errors import AppError, Unavailable, ValidationError

LARGEST_EVENT = 1024 * 1024
DEEPEST = 200
_PREFIXES = ("/api/events", "/api/v1/events", "/api/v1/kafka/", "/api/v1/mqtt/")
_SOURCE_CACHE_SEC = 3.0
_CACHE_SIZE = 50_000
_LONGEST_KEY = 500
_RESPONSE_CODES = {
    "CREATED": "NEW_INCIDENT_CREATED",
    "ATTACHED": "EVENT_APPENDED",
    "ACCEPTED": "INCIDENT_ACCEPTED",
    "RESOLVED": "INCIDENT_RESOLVED",
    "COMMENTED": "COMMENT_ADDED",
}


@dataclass(frozen=True, slots=True)
class _Source:
    id: int
    account_id: int
    known_until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Received:
    """A valid event; which source its key belongs to is found when its batch is stored."""

    key: str
    correlation_id: UUID
    event_type: str
    alert_key: str | None
    payload: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class _Stored:
    event_id: int
    source_id: int


class EventGate:
    """`POST /api/events`, the typed paths with the key in them, and the legacy `/api/v1/events`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._batches: GroupCommit[_Received, _Stored | None] = GroupCommit(self._store, kind="event")
        self._sources: dict[str, _Source] = {}
        self._per_key = FixedWindow(limit=50, what="one integration key")
        self._decoder = msgspec.json.Decoder(EventIn)

    def matches(self, path: str) -> bool:
        return path.startswith(_PREFIXES) and (
            path in ("/api/events", "/api/v1/events") or path.count("/") >= 4
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await answer_error(
                send,
                body={"status": 405, "code": "METHOD_NOT_ALLOWED", "message": "Events are sent with POST"},
                is_head=scope["method"] == "HEAD",
            )
            return
        try:
            await self._receive(scope, receive, send)
        except AppError as error:
            INGEST_REQUESTS.labels(kind="event", outcome=str(error.status)).inc()
            await answer_error(send, body=error.body(), headers=error.headers)

    async def _receive(self, scope: Scope, receive: Receive, send: Send) -> None:
        body, is_longer = await read_body(receive, limit=LARGEST_EVENT)
        if is_longer:
            raise errors.TooLarge
        event = self._decode(body)
        key = _key_in_path(scope["path"]) or (event.integration_key or event.api_key or "").strip()
        if not key:
            raise errors.MissingIntegrationKey
        received = await self._received(event, key=key)
        stored = await self._batches.submit(received)
        if stored is None:
            raise errors.UnknownIntegrationKey
        INGEST_REQUESTS.labels(kind="event", outcome="202").inc()
        correlation = (b"correlation-id", str(received.correlation_id).encode())
        if scope["path"] == "/api/v1/events":
            await self._answer_legacy(send, received, stored)
            return
        await answer(send, status=202, body=b"{}", headers=(JSON_TYPE, correlation))

    def _decode(self, body: bytes) -> EventIn:
        try:
            return self._decoder.decode(body)
        except msgspec.ValidationError as error:
            raise ValidationError(_sentence(error)) from error
        except msgspec.DecodeError as error:
            raise ValidationError(f"The body is not valid JSON: {error}") from error
        except (UnicodeDecodeError, RecursionError, ValueError) as error:
            raise ValidationError("The body is not valid JSON: bad UTF-8 or nested too deeply") from error

    async def _received(self, event: EventIn, *, key: str) -> _Received:
        event_type = rules.check_event(
            event_type=event.event_type,
            summary=event.summary,
            priority=event.priority,
            severity=event.severity,
        )
        if "\x00" in key or len(key) > _LONGEST_KEY:
            raise errors.UnknownIntegrationKey
        now = await self._services.now()
        if self._services.settings.rate_limits:
            self._per_key.check(key, at=now.timestamp())
        alert_key = event.alert_key if event.alert_key is not None else event.incident_key
        event.integration_key = event.api_key = event.incident_key = None
        event.alert_key = alert_key
        return _Received(
            key=key,
            correlation_id=store.new_correlation_id(),
            event_type=event_type,
            alert_key=alert_key.strip()[: rules.LONGEST_KEY] or None if alert_key else None,
            payload=_storable(event),
            received_at=now,
        )

    async def _store(self, batch: list[_Received]) -> list[_Stored | None]:
        """Find the sources and store the events, within the one time that a sender waits. None: unknown key."""
        async with self._services.database.pool.acquire() as connection, connection.transaction():
            sources = await self._sources_of({one.key for one in batch}, connection)
            arrived = [_arrived(one, sources[one.key]) for one in batch if one.key in sources]
            ids = iter(await store.insert_arrived(connection, arrived) if arrived else [])  # type: ignore[arg-type]
            if arrived:
                await connection.execute("SELECT pg_notify('tocsin', 'wake events')")
        return [_Stored(next(ids), sources[one.key].id) if one.key in sources else None for one in batch]

    async def _sources_of(self, keys: set[str], connection: Any) -> dict[str, _Source]:
        """Sources by key, unknown keys left out; remembered for three seconds, so that a burst asks once."""
        at = monotonic()
        found = {
            key: known
            for key in keys
            if (known := self._sources.get(key)) is not None and known.known_until > at
        }
        if missing := keys - found.keys():
            if len(self._sources) > _CACHE_SIZE:
                self._sources.clear()
            for row in await alert_sources.sources_of_keys(connection, missing):
                source = _Source(row["id"], row["account_id"], at + _SOURCE_CACHE_SEC)
                found[row["integration_key"]] = self._sources[row["integration_key"]] = source
        return found

    async def _answer_legacy(self, send: Send, received: _Received, stored: _Stored) -> None:
        """The old API answers with the outcome (§4.4). The event is stored by now, so a database that is slow to
        decide must not make the sender send it again: 202 says that it waits."""
        try:
            event = await in_time(self._outcome(stored))
        except Unavailable:
            event = None
        disposition = event.disposition if event is not None else None
        if disposition in ("NO_MATCH", "NO_KEY") and received.event_type in ("ACCEPT", "RESOLVE"):
            raise errors.NoOpenAlertWithKey
        alert_id = event.alert_id if event is not None else None
        url = f"{self._services.settings.base_url}/alerts/{alert_id}" if alert_id is not None else None
        result = LegacyAnswer(
            incident_key=received.alert_key,
            alert_key=received.alert_key,
            incident_url=url,
            alert_url=url,
            response_code=_RESPONSE_CODES.get(disposition, "EVENT_DROPPED")
            if disposition
            else "EVENT_QUEUED",
        )
        await answer(send, status=200 if disposition else 202, body=msgspec.json.encode(result))

    async def _outcome(self, stored: _Stored) -> Event | None:
        now = await self._services.now()
        await process_until(self._services, source_id=stored.source_id, event_id=stored.event_id, now=now)
        async with self._services.database.transaction() as session:
            return await store.outcome(session, stored.event_id)


def _arrived(received: _Received, source: _Source) -> Arrived:
    return Arrived(
        account_id=source.account_id,
        source_id=source.id,
        correlation_id=received.correlation_id,
        event_type=received.event_type,
        alert_key=received.alert_key,
        payload=received.payload,
        received_at=received.received_at,
    )


def _key_in_path(path: str) -> str | None:
    """`/api/events/{type}/{key}` and `/api/v1/kafka/{key}`; a trailing blank is cut off (Keep sends one)."""
    parts = path.removeprefix("/api/v1/").removeprefix("/api/").split("/")
    if len(parts) < 2 or (parts[0] == "events" and len(parts) < 3):
        return None
    return unquote("/".join(parts[2 if parts[0] == "events" else 1 :])).strip() or None


def _storable(event: EventIn) -> str:
    encoded = msgspec.json.encode(event)
    if b"\\u0000" in encoded:
        where = rules.has_nul(msgspec.json.decode(encoded))
        if where is not None:
            raise ValidationError(f"{where}: must not contain NUL characters")
    return encoded.decode()


def _sentence(error: msgspec.ValidationError) -> str:
    """`Expected `int`, got `str` - at `$.severity`` becomes `severity: expected int, got str`."""
    text, _, where = str(error).replace("`", "").partition(" - at ")
    path = where.removeprefix("$").removeprefix(".") or "body"
    return f"{path}: {text[:1].lower()}{text[1:]}"
