"""From requests to checked values: monitor fields, filters, cursors, instants."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from tocsin.domains.heartbeats.creation import MonitorFields
from tocsin.domains.heartbeats.facts import schedule_of
from tocsin.domains.heartbeats.list_store import FAILING_FIRST, Filters
from tocsin.domains.heartbeats.models import HeartbeatMonitor
from tocsin.domains.heartbeats.presenting import KEY, SOURCE, URL
from tocsin.domains.heartbeats.rules.schedule import Schedule
from tocsin.domains.heartbeats.schemas import MonitorIn
from tocsin.infra.web import one_of
from tocsin.kernel.errors import ValidationError
from tocsin.kernel.wire import instant_in

STATES = ("UNKNOWN", "HEALTHY", "OVERDUE", "PAUSED")
Value = TypeVar("Value")


def _given(sent: Value | msgspec.UnsetType | None, current: Value, default: Value) -> Value:
    """Absent: as it is; null: the default."""
    if isinstance(sent, msgspec.UnsetType):
        return current
    return default if sent is None else sent


def fields_in(data: MonitorIn, *, current: HeartbeatMonitor | None) -> MonitorFields:
    """What a request asks for; what it leaves out comes from the monitor as it is."""
    before = Schedule() if current is None else schedule_of(current)
    interval_sec = before.interval_sec
    if not isinstance(data.interval_sec, msgspec.UnsetType):
        interval_sec = data.interval_sec
    kind = _given(data.schedule_kind, before.kind, "INTERVAL")
    if isinstance(data.interval_sec, msgspec.UnsetType) and current is None and kind == "INTERVAL":
        raise ValidationError("intervalSec: is missing")
    first_by: datetime | None = None if current is None else current.expect_first_ping_by
    if isinstance(data.expect_first_ping_by, str):
        first_by = instant_in(data.expect_first_ping_by, field="expectFirstPingBy")
    elif data.expect_first_ping_by is None:
        first_by = None
    team_ids: Sequence[int] = () if current is None else current.team_ids
    if data.teams is not None:
        team_ids = [team.id for team in data.teams]
    return MonitorFields(
        name=data.name,
        schedule=Schedule(
            kind=kind,
            interval_sec=interval_sec,
            expression=None
            if kind == "INTERVAL"
            else _given(data.schedule_expression, before.expression, None),
            zone=_given(data.timezone, before.zone, "UTC"),
            grace_sec=_given(data.grace_sec, before.grace_sec, 0),
        ),
        alert_summary=data.alert_summary or None,
        alert_source_id=None if data.alert_source is None else data.alert_source.id,
        team_ids=team_ids,
        tags=_given(data.tags, [] if current is None else current.tags, []),
        runbook_url=_given(data.runbook_url, None if current is None else current.runbook_url, None),
        post_only=_given(data.post_only, False if current is None else current.post_only, False),
        flap_detection=_given(data.flap_detection, True if current is None else current.flap_detection, True),
        storm_grouping=_given(data.storm_grouping, True if current is None else current.storm_grouping, True),
        max_run_time_sec=_given(
            data.max_run_time_sec, None if current is None else current.max_run_time_sec, None
        ),
        start_grace_sec=_given(
            data.start_grace_sec, None if current is None else current.start_grace_sec, None
        ),
        expect_first_ping_by=first_by,
        external_key=_given(data.external_key, None if current is None else current.external_key, None),
    )


def includes_in(include: Sequence[str] | None, *, default: Sequence[str]) -> set[str]:
    """Raises ValidationError for parts that do not exist."""
    asked = include or ()
    for part in asked:
        one_of(part, (KEY, URL, SOURCE), field="include")
    return {*default, *asked}


def filters_in(
    *,
    query: str | None,
    states: Sequence[str] | None,
    tags: Sequence[str] | None,
    sources: Sequence[int] | None,
) -> Filters:
    for state in states or ():
        one_of(state, STATES, field="states")
    if query is not None and (len(query) > 200 or "\x00" in query):
        raise ValidationError("query: has more than 200 characters or a NUL character")
    if any("\x00" in tag for tag in tags or ()):
        raise ValidationError("tags: must not contain NUL characters")
    return Filters(query=query or "", states=states or (), tags=tags or (), sources=sources or ())


def cursor_out(order: str, last: HeartbeatMonitor) -> str:
    """Where a page ended; opaque to clients."""
    place: list[Any] = [order, last.name] if order == "name" else [order, last.state, last.id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def name_cursor_in(cursor: str | None) -> str | None:
    place = _place(cursor, order="name")
    if place is None:
        return None
    if len(place) != 2 or not isinstance(place[1], str) or "\x00" in place[1]:
        raise _bad_cursor()
    return place[1]


def failing_cursor_in(cursor: str | None) -> tuple[str, int] | None:
    place = _place(cursor, order="failing")
    if place is None:
        return None
    if (
        len(place) != 3
        or place[1] not in FAILING_FIRST
        or type(place[2]) is not int
        or abs(place[2]) >= 2**63
    ):
        raise _bad_cursor()
    return place[1], place[2]


def _place(cursor: str | None, *, order: str) -> list[Any] | None:
    if not cursor:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _bad_cursor() from error
    if not isinstance(place, list) or not place or place[0] != order:
        raise _bad_cursor()
    return place


def _bad_cursor() -> ValidationError:
    return ValidationError("cursor: use the next-cursor header of the page before, with the same order")
