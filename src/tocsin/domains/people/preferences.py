"""What a user wants to be told, how, and after how long."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit import service as audit
from tocsin.domains.people import contact_store, preference_rules
from tocsin.domains.people.models import Contact, NotificationPreference, User
from tocsin.infra.web import Caller
from tocsin.kernel.errors import NotFound, ValidationError
from tocsin.kernel.ids import LARGEST_ID

Shown = tuple[NotificationPreference, Contact | None]


async def list_preferences(session: AsyncSession, user: User, *, collection: str) -> list[Shown]:
    """By type, delay, id; each with its contact."""
    contacts = {contact.id: contact for contact in await contact_store.contacts_of(session, user.id)}
    rows = await contact_store.preferences_of(session, user.id, collection=collection)
    return [(row, contacts.get(row.contact_id) if row.contact_id else None) for row in rows]


async def get_preference(session: AsyncSession, user: User, preference_id: int, *, collection: str) -> Shown:
    """Raises NotFound."""
    row = await contact_store.preference_of(session, preference_id, user_id=user.id, collection=collection)
    if row is None:
        raise NotFound(f"This user has no such rule under {collection}.")
    contact = None
    if row.contact_id is not None:
        contact = await contact_store.contact_of(session, row.contact_id, user_id=user.id)
    return row, contact


async def create_preference(
    session: AsyncSession,
    user: User,
    rule: preference_rules.NotificationRule,
    *,
    caller: Caller,
    now: datetime,
) -> Shown:
    """Raises ValidationError naming the field."""
    checked, contact = await _check(session, user, rule)
    present = await contact_store.preferences_of(session, user.id, collection=rule.collection)
    if sum(row.type == checked.type for row in present) >= preference_rules.RULES_PER_TYPE:
        raise ValidationError(
            f"A user has at most {preference_rules.RULES_PER_TYPE} rules of a type; delete some first"
        )
    row = NotificationPreference(account_id=user.account_id, user_id=user.id, **asdict(checked))
    await contact_store.add_preferences(session, [row])
    await _audit(session, row, "CREATE", caller=caller, now=now)
    return row, contact


async def change_preference(
    session: AsyncSession,
    user: User,
    row: NotificationPreference,
    rule: preference_rules.NotificationRule,
    *,
    caller: Caller,
    now: datetime,
) -> Shown:
    """Replace a rule. Raises ValidationError naming the field."""
    checked, contact = await _check(session, user, rule)
    await contact_store.change_preference(session, row, changes=asdict(checked))
    await _audit(session, row, "UPDATE", caller=caller, now=now)
    return row, contact


async def delete_preference(
    session: AsyncSession, row: NotificationPreference, *, caller: Caller, now: datetime
) -> None:
    await contact_store.delete_preference(session, row.id)
    await _audit(session, row, "DELETE", caller=caller, now=now)


async def _check(
    session: AsyncSession, user: User, rule: preference_rules.NotificationRule
) -> tuple[preference_rules.NotificationRule, Contact | None]:
    contact = None
    if rule.contact_id is not None and rule.contact_id <= LARGEST_ID and rule.method != "PUSH":
        contact = await contact_store.contact_of(session, rule.contact_id, user_id=user.id)
    return preference_rules.check_rule(rule, contact_kind=contact.kind if contact else None), contact


async def _audit(
    session: AsyncSession, row: NotificationPreference, action: str, *, caller: Caller, now: datetime
) -> None:
    details: dict[str, Any] = {
        "userId": row.user_id,
        "collection": row.collection,
        "method": row.method,
        "type": row.type,
        "delayMin": row.delay_min,
    }
    await audit.record(
        session,
        account_id=row.account_id,
        actor_user_id=caller.user_id,
        action=action,
        object_type="NOTIFICATION_PREFERENCE",
        object_id=row.id,
        details=details,
        now=now,
    )
