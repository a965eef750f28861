"""The gate for events: bare ASGI, in front of the web framework. An event is on disk before it is answered."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

import msgspec

from tocsin.domains.events import errors, rules, store
from tocsin.domains.events.jobs import process_until
from tocsin.domains.events.schemas import EventIn, LegacyAnswer
from tocsin.domains.events.store import Arrived
from tocsin.infra.asgi import JSON_TYPE, Receive, Scope, Send, answer, answer_error, read_body
from tocsin.infra.group_commit import GroupCommit, in_time
from tocsin.infra.metrics import INGEST_REQUESTS
from tocsin.infra.rate_limits import FixedWindow
from tocsin.infra.web import Services
from tocsin.kernel.clock import monotonic
from tocsin.kernel.errors import AppError, ValidationError

LARGEST_EVENT = 1024 * 1024
DEEPEST = 200
_PREFIXES = ("/api/events", "/api/v1/events", "/api/v1/kafka/", "/api/v1/mqtt/")
_SOURCE_CACHE_SEC = 3.0
_CACHE_SIZE = 50_000
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


class EventGate:
    """`POST /api/events`, the typed paths with the key in them, and the legacy `/api/v1/events`."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._batches: GroupCommit[Arrived, int] = GroupCommit(self._store, kind="event")
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
        arrived = await self._arrived(event, key=key)
        event_id = await self._batches.submit(arrived)
        INGEST_REQUESTS.labels(kind="event", outcome="202").inc()
        correlation = (b"correlation-id", str(arrived.correlation_id).encode())
        if scope["path"] == "/api/v1/events":
            await in_time(self._answer_legacy(send, arrived=arrived, event_id=event_id))
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

    async def _arrived(self, event: EventIn, *, key: str) -> Arrived:
        event_type = rules.check_event(
            event_type=event.event_type,
            summary=event.summary,
            priority=event.priority,
            severity=event.severity,
        )
        now = await self._services.now()
        source = self._known_source(key)
        if source is None:
            source = await in_time(self._source_of(key))
        if self._services.settings.rate_limits:
            self._per_key.check(key, at=now.timestamp())
        alert_key = event.alert_key if event.alert_key is not None else event.incident_key
        event.integration_key = event.api_key = event.incident_key = None
        event.alert_key = alert_key
        return Arrived(
            account_id=source.account_id,
            source_id=source.id,
            correlation_id=store.new_correlation_id(),
            event_type=event_type,
            alert_key=alert_key.strip()[: rules.LONGEST_KEY] or None if alert_key else None,
            payload=_storable(event),
            received_at=now,
        )

    def _known_source(self, key: str) -> _Source | None:
        known = self._sources.get(key)
        return known if known is not None and known.known_until > monotonic() else None

    async def _source_of(self, key: str) -> _Source:
        """The key's source; remembered for three seconds, so that a burst asks the database once."""
        if "\x00" in key or len(key) > 500:
            raise errors.UnknownIntegrationKey
        async with self._services.database.pool.acquire() as connection:
            row = await connection.fetchrow(
                "SELECT id, account_id FROM alert_sources WHERE integration_key = $1", key
            )
        if row is None:
            raise errors.UnknownIntegrationKey
        if len(self._sources) > _CACHE_SIZE:
            self._sources.clear()
        found = _Source(row["id"], row["account_id"], monotonic() + _SOURCE_CACHE_SEC)
        self._sources[key] = found
        return found

    async def _store(self, batch: list[Arrived]) -> list[int]:
        async with self._services.database.pool.acquire() as connection, connection.transaction():
            ids = await store.insert_arrived(connection, batch)  # type: ignore[arg-type]
            await connection.execute("SELECT pg_notify('tocsin', 'wake events')")
            return ids

    async def _answer_legacy(self, send: Send, *, arrived: Arrived, event_id: int) -> None:
        """The old API answers with the outcome (§4.4)."""
        now: datetime = await self._services.now()
        await process_until(self._services, source_id=arrived.source_id, event_id=event_id, now=now)
        async with self._services.database.transaction() as session:
            event = await store.outcome(session, event_id)
        disposition = event.disposition if event is not None else None
        if disposition in ("NO_MATCH", "NO_KEY") and arrived.event_type in ("ACCEPT", "RESOLVE"):
            raise errors.NoOpenAlertWithKey
        alert_id = event.alert_id if event is not None else None
        url = f"{self._services.settings.base_url}/alerts/{alert_id}" if alert_id is not None else None
        result = LegacyAnswer(
            incident_key=arrived.alert_key,
            alert_key=arrived.alert_key,
            incident_url=url,
            alert_url=url,
            response_code=_RESPONSE_CODES.get(disposition or "", "EVENT_DROPPED"),
        )
        await answer(send, status=200, body=msgspec.json.encode(result))


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
