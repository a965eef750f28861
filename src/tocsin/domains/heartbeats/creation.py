"""New monitors, and what every monitor must satisfy."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources import service as alert_sources
from tocsin.domains.heartbeats import store
from tocsin.domains.heartbeats.keys import key_hash
from tocsin.domains.heartbeats.models import HeartbeatMonitor
from tocsin.domains.heartbeats.rules import schedule
from tocsin.domains.heartbeats.rules.schedule import Schedule
from tocsin.domains.identity import service as identity
from tocsin.infra.web import clean_text
from tocsin.kernel.errors import NotFound, ValidationError
from tocsin.kernel.ids import heartbeat_key, random_base36

LONGEST_NAME = 255
MOST_TAGS, LONGEST_TAG = 30, 60
LONGEST_RUN = 31 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorFields:
    """What people set. expect_first_ping_by: silence until then alerts, though no ping ever came."""

    name: str
    schedule: Schedule
    alert_summary: str | None = None
    alert_source_id: int | None = None
    team_ids: Sequence[int] = field(default_factory=tuple)
    tags: Sequence[str] = field(default_factory=tuple)
    runbook_url: str | None = None
    post_only: bool = False
    flap_detection: bool = True
    storm_grouping: bool = True
    max_run_time_sec: int | None = None
    start_grace_sec: int | None = None
    expect_first_ping_by: datetime | None = None
    external_key: str | None = None
    provisioning_key_id: int | None = None


async def check(session: AsyncSession, fields: MonitorFields, *, account_id: int, now: datetime) -> None:
    """Raises ValidationError naming the field."""
    clean_text(fields.name, field="name", longest=LONGEST_NAME, shortest=1)
    clean_text(fields.alert_summary, field="alertSummary", longest=1024)
    clean_text(fields.external_key, field="externalKey", longest=255, shortest=1)
    schedule.check(fields.schedule, now=now)
    for name, value in (
        ("maxRunTimeSec", fields.max_run_time_sec),
        ("startGraceSec", fields.start_grace_sec),
    ):
        if value is not None and not (0 if name == "startGraceSec" else 1) <= value <= LONGEST_RUN:
            raise ValidationError(f"{name}: must be between 1 and {LONGEST_RUN}")
    check_tags(fields.tags)
    if fields.runbook_url is not None:
        clean_text(fields.runbook_url, field="runbookUrl", longest=2000)
        if urlsplit(fields.runbook_url).scheme not in ("http", "https"):
            raise ValidationError("runbookUrl: must start with http:// or https://")
    if fields.alert_source_id is not None:
        await check_source(session, fields.alert_source_id, account_id=account_id)


def check_tags(tags: Sequence[str]) -> None:
    if len(tags) > MOST_TAGS:
        raise ValidationError(f"tags: at most {MOST_TAGS} are allowed")
    for place, tag in enumerate(tags):
        clean_text(tag, field=f"tags[{place}]", longest=LONGEST_TAG, shortest=1)


async def check_source(session: AsyncSession, source_id: int, *, account_id: int) -> None:
    try:
        await alert_sources.source_of(session, account_id, source_id)
    except NotFound as error:
        raise ValidationError(f"alertSource.id: there is no alert source {source_id}") from error


async def new_key(session: AsyncSession, *, account_id: int, interval_sec: int) -> str:
    account = await identity.account_of(session, account_id)
    return heartbeat_key(interval_sec=interval_sec, tenant=account.tenant)


async def create_monitor(
    session: AsyncSession, *, account_id: int, fields: MonitorFields, now: datetime
) -> HeartbeatMonitor:
    """Fields must be checked. Raises sqlalchemy's IntegrityError when name or external key are taken."""
    key = await new_key(session, account_id=account_id, interval_sec=fields.schedule.interval_sec)
    monitor = blank_monitor(account_id=account_id, name=fields.name, key=key, now=now)
    apply(monitor, fields, now=now)
    monitor.external_key = fields.external_key
    monitor.provisioning_key_id = fields.provisioning_key_id
    if fields.expect_first_ping_by is not None:
        monitor.armed_at = monitor.check_at = now
    await store.add_monitor(session, monitor)
    return monitor


async def create_unless_taken(
    session: AsyncSession, *, account_id: int, fields: MonitorFields, now: datetime
) -> HeartbeatMonitor | None:
    """None when another monitor has the name or the external key, also when that one is created right now."""
    try:
        async with session.begin_nested():
            return await create_monitor(session, account_id=account_id, fields=fields, now=now)
    except IntegrityError:
        return None


def blank_monitor(*, account_id: int, name: str, key: str, now: datetime) -> HeartbeatMonitor:
    return HeartbeatMonitor(
        account_id=account_id,
        name=name,
        integration_key=key,
        key_hash=key_hash(key),
        badge_key=random_base36(24),
        interval_sec=0,
        state="UNKNOWN",
        ping_count=0,
        failed=False,
        created_at=now,
        updated_at=now,
    )


def apply(monitor: HeartbeatMonitor, fields: MonitorFields, *, now: datetime) -> None:
    """Copy what people set; keys and state are the caller's business."""
    monitor.name = fields.name
    monitor.interval_sec = fields.schedule.interval_sec
    monitor.schedule_kind = fields.schedule.kind
    monitor.schedule_expression = fields.schedule.expression
    monitor.timezone = fields.schedule.zone
    monitor.grace_sec = fields.schedule.grace_sec
    monitor.max_run_time_sec = fields.max_run_time_sec
    monitor.start_grace_sec = fields.start_grace_sec
    monitor.alert_summary = fields.alert_summary
    monitor.alert_source_id = fields.alert_source_id
    monitor.team_ids = sorted(set(fields.team_ids))
    monitor.tags = list(dict.fromkeys(fields.tags))
    monitor.runbook_url = fields.runbook_url
    monitor.post_only = fields.post_only
    monitor.flap_detection = fields.flap_detection
    monitor.storm_grouping = fields.storm_grouping
    monitor.expect_first_ping_by = fields.expect_first_ping_by
    monitor.updated_at = now


async def free_name(session: AsyncSession, wanted: str, *, account_id: int) -> str:
    """The name, or the name with a number behind it when it is taken."""
    name, number = wanted, 1
    while await store.monitor_by_name(session, name, account_id=account_id) is not None:
        number += 1
        name = f"{wanted} {number}"
    return name
