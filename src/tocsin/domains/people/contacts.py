"""A user's e-mail addresses and phone numbers.

E-mail contacts can be used at once. Phone numbers start LOCKED: they may stand in notification rules, but
nothing is sent to them until they are verified.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit import service as audit
from tocsin.domains.people import contact_store, rules, service
from tocsin.domains.people.models import Contact, User
from tocsin.infra.web import Caller
from tocsin.kernel.errors import NotFound, PermissionDenied, ValidationError


async def user_to_manage(session: AsyncSession, text: str, *, caller: Caller) -> User:
    """The user whose contacts and preferences are meant: oneself, or anybody for an administrator.

    Raises NotFound or PermissionDenied.
    """
    user = await service.visible_user(session, text, caller=caller)
    if user.id != caller.user_id and not caller.at_least("ADMIN"):
        raise PermissionDenied(
            "Contacts and notification preferences of other users are for administrators. "
            "Use your own user id."
        )
    return user


async def list_contacts(session: AsyncSession, user: User, *, kind: str) -> Sequence[Contact]:
    return await contact_store.contacts_of(session, user.id, kind=kind)


async def get_contact(session: AsyncSession, user: User, contact_id: int, *, kind: str) -> Contact:
    """Raises NotFound."""
    contact = await contact_store.contact_of(session, contact_id, user_id=user.id)
    if contact is None or contact.kind != kind:
        raise NotFound("This user has no such contact.")
    return contact


async def search_target(session: AsyncSession, user: User, target: str, *, kind: str) -> Contact:
    """The contact with this address or number, as sent or written otherwise. Raises NotFound."""
    contacts = await contact_store.contacts_of(session, user.id, kind=kind)
    exact = [contact for contact in contacts if contact.target == target]
    alike = [
        contact
        for contact in contacts
        if rules.same_target(kind, (contact.target, contact.region_code), (target, contact.region_code))
    ]
    for contact in exact + alike:
        return contact
    raise NotFound("This user has no contact with this target.")


async def create_contact(
    session: AsyncSession,
    user: User,
    *,
    kind: str,
    target: str | None,
    region_code: str | None = None,
    primary: bool | None = None,
    caller: Caller,
    now: datetime,
) -> Contact:
    """Raises ValidationError for a bad, a repeated or the eleventh contact."""
    present = await contact_store.contacts_of(session, user.id, kind=kind)
    if len(present) >= rules.CONTACTS_PER_KIND:
        raise ValidationError(
            f"A user has at most {rules.CONTACTS_PER_KIND} contacts of a kind; delete one first"
        )
    region = rules.check_region(region_code, field="regionCode") if region_code else None
    checked = _check_target(kind, target)
    _refuse_repeat(kind, checked, region, others=present)
    is_phone = kind == "PHONE"
    is_primary = is_phone and (bool(primary) or not present)
    contact = Contact(
        account_id=user.account_id,
        user_id=user.id,
        kind=kind,
        target=checked,
        status="LOCKED" if is_phone else "OK",
        region_code=region if is_phone else None,
        is_primary=is_primary,
        created_at=now,
    )
    await contact_store.add_contact(session, contact)
    if is_primary:
        await contact_store.clear_primary(session, user.id, but=contact.id)
    await _audit(session, contact, "CREATE", caller=caller, now=now)
    return contact


async def change_contact(
    session: AsyncSession,
    user: User,
    contact: Contact,
    *,
    target: str | None,
    region_code: str | None = None,
    primary: bool | None = None,
    caller: Caller,
    now: datetime,
) -> Contact:
    """None leaves a field alone. A new number has to be verified again. Raises ValidationError."""
    region = rules.check_region(region_code, field="regionCode") if region_code else contact.region_code
    checked = contact.target if target is None else _check_target(contact.kind, target)
    others = await contact_store.contacts_of(session, user.id, kind=contact.kind)
    others = [other for other in others if other.id != contact.id]
    _refuse_repeat(contact.kind, checked, region, others=others)
    changes: dict[str, Any] = {}
    if not rules.same_target(contact.kind, (contact.target, contact.region_code), (checked, region)):
        changes["status"] = "LOCKED" if contact.kind == "PHONE" else "OK"
    changes |= {"target": checked}
    if contact.kind == "PHONE":
        changes |= {"region_code": region}
        changes |= {} if primary is None else {"is_primary": primary}
    await contact_store.change_contact(session, contact, changes=changes)
    if contact.kind == "PHONE" and primary:
        await contact_store.clear_primary(session, user.id, but=contact.id)
    await _audit(session, contact, "UPDATE", caller=caller, now=now)
    return contact


async def delete_contact(
    session: AsyncSession, user: User, contact: Contact, *, caller: Caller, now: datetime
) -> None:
    """Its notification rules go with it; of the other phones the oldest becomes primary."""
    await contact_store.delete_contact(session, contact.id)
    if contact.is_primary:
        for other in await contact_store.contacts_of(session, user.id, kind=contact.kind):
            await contact_store.change_contact(session, other, changes={"is_primary": True})
            break
    await _audit(session, contact, "DELETE", caller=caller, now=now)


def _check_target(kind: str, target: str | None) -> str:
    if target is None or not target.strip():
        raise ValidationError("target: is missing")
    if len(target) > 255:
        raise ValidationError(f"target: has {len(target)} characters, at most 255 are allowed")
    return rules.check_phone(target) if kind == "PHONE" else rules.check_email(target, field="target")


def _refuse_repeat(kind: str, target: str, region: str | None, *, others: Sequence[Contact]) -> None:
    for other in others:
        if rules.same_target(kind, (other.target, other.region_code), (target, region)):
            raise ValidationError(f"target: the user already has this contact (id {other.id})")


async def _audit(
    session: AsyncSession, contact: Contact, action: str, *, caller: Caller, now: datetime
) -> None:
    await audit.record(
        session,
        account_id=contact.account_id,
        actor_user_id=caller.user_id,
        action=action,
        object_type="CONTACT",
        object_id=contact.id,
        details={"userId": contact.user_id, "kind": contact.kind, "target": contact.target},
        now=now,
    )
