from collections.abc import Callable
from datetime import datetime
from typing import Any

from litestar import delete, get, post, put

from tocsin.domains.heartbeats import operations, presenting, provisioning, service, store
from tocsin.domains.heartbeats.models import ProvisioningKey
from tocsin.domains.heartbeats.operations import Change
from tocsin.domains.heartbeats.presenting import KEY, SOURCE
from tocsin.domains.heartbeats.provisioning import ProvisioningFields
from tocsin.domains.heartbeats.rules import schedule as schedules
from tocsin.domains.heartbeats.rules.preview import preview
from tocsin.domains.heartbeats.rules.schedule import Schedule
from tocsin.domains.heartbeats.schemas import (
    BulkIn,
    BulkOut,
    DrillOut,
    ExpectedOut,
    MonitorOut,
    MuteIn,
    PreviewIn,
    PreviewOut,
    ProvisioningKeyIn,
    ProvisioningKeyOut,
    Ref,
)
from tocsin.infra.web import Caller, Services
from tocsin.kernel.wire import instant_in, instant_out

PATH = "/heartbeat-monitors"
TAGS = ["Heartbeat Monitors"]
KEYS_PATH, KEYS_TAGS = "/provisioning-keys", ["Provisioning Keys"]


async def _apply(
    services: Services,
    caller: Caller,
    monitor_id: int,
    *,
    action: str,
    change: Callable[[datetime], Change],
) -> MonitorOut:
    caller.must_be("RESPONDER", to=f"{action.lower()} heartbeat monitors")
    now = await services.now()
    async with services.database.transaction() as session:
        monitor = await service.monitor_of(session, caller.account_id, monitor_id, lock=True)
        await operations.change_running(
            session,
            [monitor],
            action=action,
            change=change(now),
            account_id=caller.account_id,
            user_id=caller.user_id,
            now=now,
        )
        parts = (KEY, SOURCE)
        base_url = services.settings.base_url
        return (
            await presenting.present(session, [monitor], caller=caller, base_url=base_url, include=parts)
        )[0]


@put(f"{PATH}/{{monitor_id:int}}/pause", tags=TAGS, summary="Pause a monitor")
async def pause(services: Services, caller: Caller, monitor_id: int) -> MonitorOut:
    """Silence opens no alert until it is resumed; pings are still recorded."""
    return await _apply(services, caller, monitor_id, action="PAUSE", change=operations.pause)


@put(f"{PATH}/{{monitor_id:int}}/resume", tags=TAGS, summary="Resume a paused monitor")
async def resume(services: Services, caller: Caller, monitor_id: int) -> MonitorOut:
    """Its deadline counts from now."""
    return await _apply(services, caller, monitor_id, action="RESUME", change=operations.resume)


@put(f"{PATH}/{{monitor_id:int}}/mute", tags=TAGS, summary="Mute a monitor for a while")
async def mute(services: Services, caller: Caller, monitor_id: int, data: MuteIn) -> MonitorOut:
    """Its state still changes, but opens no alert until then."""
    until = instant_in(data.until, field="until")
    return await _apply(
        services,
        caller,
        monitor_id,
        action="MUTE",
        change=lambda now: operations.mute(until=until, reason=data.reason, now=now),
    )


@put(f"{PATH}/{{monitor_id:int}}/unmute", tags=TAGS, summary="End a mute")
async def unmute(services: Services, caller: Caller, monitor_id: int) -> MonitorOut:
    """If it is overdue and nobody was told, the alert opens now."""
    return await _apply(services, caller, monitor_id, action="UNMUTE", change=operations.unmute)


@post(
    f"{PATH}/{{monitor_id:int}}/simulate-miss",
    tags=TAGS,
    summary="Drill: page as a real miss would",
    status_code=202,
)
async def simulate_miss(services: Services, caller: Caller, monitor_id: int) -> DrillOut:
    """Opens an alert marked as a drill; the monitor's state stays."""
    caller.must_be("USER", to="simulate a miss")
    now = await services.now()
    async with services.database.transaction() as session:
        monitor = await service.monitor_of(session, caller.account_id, monitor_id, lock=True)
        outcome = await operations.simulate_miss(session, monitor, user_id=caller.user_id, now=now)
    return DrillOut(alert_id=outcome.alert_id, reason=outcome.reason)


@post(f"{PATH}/bulk", tags=TAGS, summary="Change many monitors at once", status_code=200)
async def bulk(services: Services, caller: Caller, data: BulkIn) -> BulkOut:
    """action: PAUSE, RESUME, MUTE (with until, reason), UNMUTE, DELETE, ADD_TAGS, REMOVE_TAGS (with tags),
    SET_SOURCE (with alertSourceId; null for none). Ids that do not exist are skipped."""
    caller.must_be("USER", to="change many heartbeat monitors")
    now = await services.now()
    until = instant_in(data.until, field="until") if data.until else None
    async with services.database.transaction() as session:
        changed = await operations.bulk(
            session,
            account_id=caller.account_id,
            user_id=caller.user_id,
            ids=data.ids,
            action=data.action,
            tags=data.tags or (),
            until=until,
            reason=data.reason,
            source_id=data.alert_source_id,
            now=now,
        )
    return BulkOut(changed=changed)


@post(f"{PATH}/schedule-preview", tags=TAGS, summary="Preview a schedule", status_code=200)
async def schedule_preview(services: Services, caller: Caller, data: PreviewIn) -> PreviewOut:
    """The next five expected pings, in the zone and in UTC."""
    now = await services.now()
    schedule = Schedule(
        kind=data.schedule_kind,
        interval_sec=data.interval_sec,
        expression=data.schedule_expression,
        zone=data.timezone,
        grace_sec=data.grace_sec,
    )
    schedules.check(schedule, now=now)
    found = preview(schedule, now=now)
    return PreviewOut(
        description=found.description,
        next=[ExpectedOut(local=local, utc=utc) for local, utc in found.next],
        warnings=list(found.warnings),
    )


@get(KEYS_PATH, tags=KEYS_TAGS, summary="List provisioning keys")
async def list_keys(services: Services, caller: Caller) -> list[ProvisioningKeyOut]:
    """Keys whose first ping to `/api/pings/{key}/{slug}` creates a monitor."""
    caller.must_be("USER", to="see provisioning keys")
    async with services.database.transaction() as session:
        rows = await store.provisioning_keys_of(session, caller.account_id)
    return [_key_out(row) for row in rows]


@post(KEYS_PATH, tags=KEYS_TAGS, summary="Create a provisioning key")
async def create_key(services: Services, caller: Caller, data: ProvisioningKeyIn) -> ProvisioningKeyOut:
    """The key itself is in this answer only."""
    caller.must_be("USER", to="create provisioning keys")
    now = await services.now()
    fields = ProvisioningFields(
        name=data.name,
        interval_sec=data.interval_sec,
        grace_sec=data.grace_sec,
        tags=data.tags,
        quota=data.quota,
        alert_source_id=None if data.alert_source is None else data.alert_source.id,
    )
    async with services.database.transaction() as session:
        row, key = await provisioning.create_key(
            session, account_id=caller.account_id, user_id=caller.user_id, fields=fields, now=now
        )
    out = _key_out(row)
    out.key = key
    out.ping_url = f"{presenting.ping_url(services.settings.base_url, key)}/{{slug}}"
    return out


@delete(f"{KEYS_PATH}/{{key_id:int}}", tags=KEYS_TAGS, summary="Revoke a provisioning key")
async def revoke_key(services: Services, caller: Caller, key_id: int) -> None:
    """The monitors that it created stay, with keys of their own."""
    caller.must_be("USER", to="revoke provisioning keys")
    now = await services.now()
    async with services.database.transaction() as session:
        await provisioning.revoke_key(
            session, key_id, account_id=caller.account_id, user_id=caller.user_id, now=now
        )


def _key_out(row: ProvisioningKey) -> ProvisioningKeyOut:
    return ProvisioningKeyOut(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        interval_sec=row.interval_sec,
        grace_sec=row.grace_sec,
        tags=list(row.tags),
        quota=row.quota,
        created_count=row.created_count,
        alert_source=None if row.alert_source_id is None else Ref(id=row.alert_source_id),
        created_at=instant_out(row.created_at) or "",
    )


def routes() -> list[Any]:
    return [
        pause,
        resume,
        mute,
        unmute,
        simulate_miss,
        bulk,
        schedule_preview,
        list_keys,
        create_key,
        revoke_key,
    ]
