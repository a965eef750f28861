"""Users: the use cases. What other slices ask about people is in `directory`, and reached from here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.audit import service as audit
from tocsin.domains.identity import passwords, recent_keys, sign_in
from tocsin.domains.people import contact_store, errors, preference_rules, rules, store, views
from tocsin.domains.people.changes import NewUser as NewUser
from tocsin.domains.people.changes import UserChanges as UserChanges
from tocsin.domains.people.directory import AlertPreference as AlertPreference
from tocsin.domains.people.directory import UserRef as UserRef
from tocsin.domains.people.directory import alert_preferences as alert_preferences
from tocsin.domains.people.directory import owners_and_admins as owners_and_admins
from tocsin.domains.people.directory import user_refs as user_refs
from tocsin.domains.people.directory import users_by_id as users_by_id
from tocsin.domains.people.models import Contact, NotificationPreference, User
from tocsin.infra.web import Caller
from tocsin.kernel.errors import ValidationError
from tocsin.kernel.ids import LARGEST_ID
from tocsin.kernel.roles import rank


async def create_user(
    session: AsyncSession, new: NewUser, *, account_id: int, caller: Caller | None, now: datetime
) -> User:
    """A user with his default contact and notification preferences. caller: None when the product itself
    creates him (then any role goes). Raises PermissionDenied or ValidationError."""
    if caller is not None:
        caller.must_be("ADMIN", to="create users")
        rules.role_to_set(new.role, present=None, caller_role=caller.role)
    email = rules.check_email(new.email)
    profile = {"first_name": "", "last_name": "", **new.profile}
    columns = rules.check_profile(profile)
    if await store.user_by_email(session, email, account_id=account_id):
        raise errors.email_taken(email)
    user = User(
        account_id=account_id,
        username=await _free_username(session, email, account_id=account_id),
        email=email,
        role=new.role,
        password_hash=await passwords.hash_password(new.password) if new.password else None,
        created_at=now,
        updated_at=now,
        **{"timezone": "UTC", "language": "en", **columns},
    )
    try:
        async with session.begin_nested():
            await store.add_user(session, user)
    except IntegrityError as error:  # somebody else created him between the look and the insert
        raise errors.email_taken(email) from error
    await session.refresh(user)
    await _add_defaults(session, user, now=now)
    await _audit(session, user, "CREATE", caller=caller, details={"email": email, "role": new.role}, now=now)
    return user


async def _free_username(session: AsyncSession, email: str, *, account_id: int) -> str:
    base = rules.username_for(email, ())
    return rules.username_for(email, await store.usernames_like(session, base, account_id=account_id))


async def _add_defaults(session: AsyncSession, user: User, *, now: datetime) -> None:
    contact = Contact(
        account_id=user.account_id,
        user_id=user.id,
        kind="EMAIL",
        target=user.email,
        status="OK",
        created_at=now,
    )
    await contact_store.add_contact(session, contact)
    preferences = [
        NotificationPreference(
            account_id=user.account_id,
            user_id=user.id,
            collection=rule.collection,
            method=rule.method,
            contact_id=rule.contact_id,
            type=rule.type,
            delay_min=rule.delay_min,
            before_min=rule.before_min,
            repeat_every_min=rule.repeat_every_min,
        )
        for rule in preference_rules.default_rules(contact.id)
    ]
    await contact_store.add_preferences(session, preferences)


async def change_user(
    session: AsyncSession, user: User, changes: UserChanges, *, caller: Caller, now: datetime
) -> User:
    """Change a user: an administrator anybody below him, everybody himself except the role.

    Raises PermissionDenied or ValidationError. A new password ends the user's other sessions.
    """
    is_self = caller.user_id == user.id
    if not is_self:
        caller.must_be("ADMIN", to="change other users")
    columns: dict[str, Any] = {
        name: value
        for name, value in rules.check_profile(changes.profile).items()
        if value != getattr(user, name)
    }
    columns |= await _role_change(session, user, changes.role, caller=caller)
    columns |= await _email_change(session, user, changes.email, caller=caller)
    if changes.sets_muted_until and changes.muted_until != user.muted_until:
        columns["muted_until"] = changes.muted_until
    if changes.password:
        await _check_may_set_password(user, changes, caller=caller)
        columns["password_hash"] = await passwords.hash_password(changes.password)
        await sign_in.end_sessions(session, user.id, keep=caller.session_id if is_self else None)
    if not columns:
        return user
    try:
        async with session.begin_nested():
            await store.change_user(session, user, changes=columns, now=now)
    except IntegrityError as error:
        raise errors.email_taken(changes.email or "") from error
    recent_keys.forget_user(session, user.id)
    await _audit(session, user, "UPDATE", caller=caller, details=_shown(columns), now=now)
    return user


async def _role_change(
    session: AsyncSession, user: User, wanted: str | None, *, caller: Caller
) -> dict[str, Any]:
    if not wanted or wanted == user.role:
        return {}
    if not caller.at_least("ADMIN"):
        caller.must_be("ADMIN", to="change roles")
    role = rules.role_to_set(wanted, present=user.role, caller_role=caller.role)
    if role == user.role:
        return {}
    if rank(user.role) > rank(caller.role):
        raise errors.outranked("change his role")
    if role not in rules.CAN_BE_PAGED and user.role in rules.CAN_BE_PAGED:
        await _refuse_if_used(session, user, to=f"make a {role} of")
    return {"role": role}


async def _email_change(
    session: AsyncSession, user: User, wanted: str | None, *, caller: Caller
) -> dict[str, Any]:
    if wanted is None:
        return {}
    email = rules.check_email(wanted)
    if email == user.email:
        return {}
    if rank(user.role) > rank(caller.role):
        raise errors.outranked("change his login address")
    other = await store.user_by_email(session, email, account_id=user.account_id)
    if other is not None and other.id != user.id:
        raise errors.email_taken(email)
    return {"email": email}


async def _check_may_set_password(user: User, changes: UserChanges, *, caller: Caller) -> None:
    if caller.user_id != user.id:
        if rank(user.role) > rank(caller.role):
            raise errors.outranked("set his password")
        return
    if user.password_hash and not await passwords.verify(changes.current_password or "", user.password_hash):
        raise ValidationError("currentPassword: is missing or wrong; it is needed to set a new password")


async def delete_user(session: AsyncSession, user: User, *, caller: Caller, now: datetime) -> None:
    """Raises PermissionDenied, or ValidationError USER_IN_USE for the owner and for users who are still
    paged."""
    caller.must_be("ADMIN", to="delete users")
    if user.role == rules.OWNER:
        raise errors.owner_stays()
    await _refuse_if_used(session, user, to="delete")
    await store.delete_user(session, user.id, account_id=user.account_id)
    recent_keys.forget_user(session, user.id)
    await _audit(session, user, "DELETE", caller=caller, details={"email": user.email}, now=now)


async def _refuse_if_used(session: AsyncSession, user: User, *, to: str) -> None:
    uses = await views.uses_of_user(session, user.id, account_id=user.account_id)
    if any(uses.values()):
        raise errors.user_in_use(uses, to=to)


async def find_by_id_or_username(session: AsyncSession, text: str, *, account_id: int) -> User:
    """All digits: an id, else a user name. Raises NotFound."""
    user = None
    if text.isascii() and text.isdigit():
        if int(text) <= LARGEST_ID:
            user = await store.user_by_id(session, int(text), account_id=account_id)
    elif text.isprintable():
        user = await store.user_by_username(session, text, account_id=account_id)
    if user is None:
        raise errors.no_such_user()
    return user


async def visible_user(session: AsyncSession, text: str, *, caller: Caller) -> User:
    """A user by id, user name or `current`, as far as the caller may see him. Raises NotFound."""
    wanted = str(caller.user_id) if text == "current" else text
    user = await find_by_id_or_username(session, wanted, account_id=caller.account_id)
    if caller.at_least("VIEWER") or await store.is_visible_to(session, user.id, seen_by=caller.user_id):
        return user
    raise errors.no_such_user()


async def find_by_email(session: AsyncSession, email: str, *, caller: Caller) -> User:
    """Exact, in any case. Raises NotFound."""
    user = None
    if email.isprintable():
        user = await store.user_by_email(session, email.strip(), account_id=caller.account_id)
    if user is None:
        raise errors.no_such_user()
    return await visible_user(session, str(user.id), caller=caller)


async def list_users(session: AsyncSession, *, caller: Caller, offset: int, limit: int) -> Sequence[User]:
    """By last name, first name, id. Guests and stakeholders see themselves and the members of their teams."""
    seen_by = None if caller.at_least("VIEWER") else caller.user_id
    return await store.list_users(
        session, account_id=caller.account_id, seen_by=seen_by, offset=offset, limit=limit
    )


def _shown(columns: dict[str, Any]) -> dict[str, Any]:
    """Changed columns for the audit trail, without the password's hash."""
    return {
        ("password" if name == "password_hash" else name): ("changed" if name == "password_hash" else value)
        for name, value in columns.items()
    }


async def _audit(
    session: AsyncSession,
    user: User,
    action: str,
    *,
    caller: Caller | None,
    details: dict[str, Any],
    now: datetime,
) -> None:
    await audit.record(
        session,
        account_id=user.account_id,
        actor_user_id=caller.user_id if caller else None,
        action=action,
        object_type="USER",
        object_id=user.id,
        details=details,
        now=now,
    )
