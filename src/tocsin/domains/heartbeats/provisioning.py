"""Monitors that create themselves on their first ping, behind a provisioning key with a quota."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit import service as audit
from tocsin.domains.heartbeats import creation, store
from tocsin.domains.heartbeats.creation import MonitorFields
from tocsin.domains.heartbeats.keys import PROVISIONING_PREFIX, provisioning_key_hash
from tocsin.domains.heartbeats.models import HeartbeatMonitor, ProvisioningKey
from tocsin.domains.heartbeats.rules import schedule
from tocsin.domains.heartbeats.rules.schedule import Schedule
from tocsin.infra.web import clean_text
from tocsin.kernel.errors import NotFound, ValidationError
from tocsin.kernel.ids import random_base62

MOST_MONITORS = 100_000
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisioningFields:
    name: str
    interval_sec: int
    grace_sec: int
    tags: Sequence[str]
    quota: int
    alert_source_id: int | None


async def monitor_for(
    session: AsyncSession, *, key: str, slug: str, may_create: bool, now: datetime
) -> HeartbeatMonitor | None:
    """The (locked) monitor of a slug, created when the key's quota allows. None: the key is unknown or revoked.

    Raises ValidationError for slugs that are not allowed and when the quota is used up.
    """
    found = await store.provisioning_key(session, key)
    if found is None:
        return None
    if _SLUG.fullmatch(slug) is None:
        raise ValidationError(
            "slug: has 1 to 100 letters, digits, '.', '_' or '-' and begins with a letter or digit"
        )
    existing = await store.monitor_by_external_key(session, slug, account_id=found.account_id, lock=True)
    if existing is not None or not may_create:
        return existing
    return await _create(session, key, slug=slug, now=now)


async def _create(session: AsyncSession, key: str, *, slug: str, now: datetime) -> HeartbeatMonitor | None:
    """With the key's row locked, so that first pings at the same moment create one monitor and keep the quota."""
    found = await store.provisioning_key(session, key, lock=True)
    if found is None:
        return None
    existing = await store.monitor_by_external_key(session, slug, account_id=found.account_id, lock=True)
    if existing is not None:
        return existing
    if found.created_count >= found.quota:
        raise ValidationError(
            f"The quota of {found.quota} monitors of this provisioning key is used up; raise it or delete monitors",
            code="QUOTA_USED_UP",
        )
    found.created_count += 1
    fields = MonitorFields(
        name=await creation.free_name(session, slug, account_id=found.account_id),
        schedule=Schedule(interval_sec=found.interval_sec, grace_sec=found.grace_sec),
        external_key=slug,
        alert_source_id=found.alert_source_id,
        tags=list(found.tags),
        provisioning_key_id=found.id,
    )
    return await creation.create_monitor(session, account_id=found.account_id, fields=fields, now=now)


async def create_key(
    session: AsyncSession, *, account_id: int, user_id: int, fields: ProvisioningFields, now: datetime
) -> tuple[ProvisioningKey, str]:
    """Returns the row and the key, which is shown this once."""
    clean_text(fields.name, field="name", longest=creation.LONGEST_NAME, shortest=1)
    creation.check_tags(fields.tags)
    schedule.check(Schedule(interval_sec=fields.interval_sec, grace_sec=fields.grace_sec), now=now)
    if not 1 <= fields.quota <= MOST_MONITORS:
        raise ValidationError(f"quota: must be between 1 and {MOST_MONITORS}")
    if fields.alert_source_id is not None:
        await creation.check_source(session, fields.alert_source_id, account_id=account_id)
    key = f"{PROVISIONING_PREFIX}{random_base62(40)}"
    row = ProvisioningKey(
        account_id=account_id,
        name=fields.name,
        prefix=key[:8],
        key_hash=provisioning_key_hash(key),
        alert_source_id=fields.alert_source_id,
        interval_sec=fields.interval_sec,
        grace_sec=fields.grace_sec,
        tags=list(fields.tags),
        quota=fields.quota,
        created_count=0,
        created_at=now,
        revoked_at=None,
    )
    session.add(row)
    await session.flush()
    await _audit(session, row, user_id=user_id, action="CREATE", now=now)
    return row, key


async def revoke_key(
    session: AsyncSession, key_id: int, *, account_id: int, user_id: int, now: datetime
) -> None:
    """Its monitors stay. Raises NotFound."""
    for row in await store.provisioning_keys_of(session, account_id):
        if row.id == key_id:
            row.revoked_at = now
            await _audit(session, row, user_id=user_id, action="DELETE", now=now)
            return
    raise NotFound(f"There is no provisioning key {key_id}")


async def _audit(
    session: AsyncSession, row: ProvisioningKey, *, user_id: int, action: str, now: datetime
) -> None:
    await audit.record(
        session,
        account_id=row.account_id,
        actor_user_id=user_id,
        action=action,
        object_type="PROVISIONING_KEY",
        object_id=row.id,
        details={"name": row.name},
        now=now,
    )
