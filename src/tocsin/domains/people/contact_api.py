"""Routes of e-mail contacts and phone numbers: the user himself, or an administrator for others."""

from typing import Any

from litestar import Response, delete, get, post, put

from tocsin.domains.people import contacts
from tocsin.domains.people.contact_schemas import (
    ContactEmailBody,
    ContactEmailOut,
    ContactPhoneBody,
    ContactPhoneOut,
    TargetBody,
    email_out,
    phone_out,
)
from tocsin.infra.web import Caller, Services

_EMAILS = "/users/{user_id:str}/contacts/emails"
_PHONES = "/users/{user_id:str}/contacts/phone-numbers"


@get(_EMAILS, tags=["Contacts"], summary="List e-mail contacts")
async def list_emails(user_id: str, services: Services, caller: Caller) -> list[ContactEmailOut]:
    """By id."""
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        return [email_out(row) for row in await contacts.list_contacts(session, user, kind="EMAIL")]


@post(_EMAILS, tags=["Contacts"], summary="Create an e-mail contact")
async def create_email(
    user_id: str, data: ContactEmailBody, services: Services, caller: Caller
) -> Response[ContactEmailOut]:
    """`target` is kept exactly as sent. At most ten for a user."""
    now = await services.now()
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        row = await contacts.create_contact(
            session, user, kind="EMAIL", target=data.target, caller=caller, now=now
        )
        location = f"/api/users/{user.id}/contacts/emails/{row.id}"
        return Response(email_out(row), status_code=201, headers={"Location": location})


@post(f"{_EMAILS}/search-target", tags=["Contacts"], summary="Find an e-mail contact", status_code=200)
async def search_email_target(
    user_id: str, data: TargetBody, services: Services, caller: Caller
) -> ContactEmailOut:
    """The contact with this `target`, or 404."""
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        return email_out(await contacts.search_target(session, user, data.target, kind="EMAIL"))


@get(_EMAILS + "/{contact_id:int}", tags=["Contacts"], summary="Get an e-mail contact")
async def get_email(user_id: str, contact_id: int, services: Services, caller: Caller) -> ContactEmailOut:
    """One e-mail contact of the user."""
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        return email_out(await contacts.get_contact(session, user, contact_id, kind="EMAIL"))


@put(_EMAILS + "/{contact_id:int}", tags=["Contacts"], summary="Change an e-mail contact")
async def change_email(
    user_id: str, contact_id: int, data: ContactEmailBody, services: Services, caller: Caller
) -> ContactEmailOut:
    """The login address of the user stays as it is."""
    now = await services.now()
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        row = await contacts.get_contact(session, user, contact_id, kind="EMAIL")
        return email_out(
            await contacts.change_contact(session, user, row, target=data.target, caller=caller, now=now)
        )


@delete(_EMAILS + "/{contact_id:int}", tags=["Contacts"], summary="Delete an e-mail contact", status_code=204)
async def delete_email(user_id: str, contact_id: int, services: Services, caller: Caller) -> None:
    """The notification preferences that use it are deleted with it."""
    await _delete(user_id, contact_id, "EMAIL", services, caller)


@get(_PHONES, tags=["Contacts"], summary="List phone numbers")
async def list_phones(user_id: str, services: Services, caller: Caller) -> list[ContactPhoneOut]:
    """By id."""
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        return [phone_out(row) for row in await contacts.list_contacts(session, user, kind="PHONE")]


@post(_PHONES, tags=["Contacts"], summary="Create a phone number")
async def create_phone(
    user_id: str, data: ContactPhoneBody, services: Services, caller: Caller
) -> Response[ContactPhoneOut]:
    """Starts with the status LOCKED: it may stand in preferences, but nothing is sent to it until it is
    verified. The first number becomes the primary one."""
    now = await services.now()
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        row = await contacts.create_contact(
            session,
            user,
            kind="PHONE",
            target=data.target,
            region_code=data.region_code,
            primary=data.primary,
            caller=caller,
            now=now,
        )
        location = f"/api/users/{user.id}/contacts/phone-numbers/{row.id}"
        return Response(phone_out(row), status_code=201, headers={"Location": location})


@post(f"{_PHONES}/search-target", tags=["Contacts"], summary="Find a phone number", status_code=200)
async def search_phone_target(
    user_id: str, data: TargetBody, services: Services, caller: Caller
) -> ContactPhoneOut:
    """The contact with this `target`, or 404."""
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        return phone_out(await contacts.search_target(session, user, data.target, kind="PHONE"))


@get(_PHONES + "/{contact_id:int}", tags=["Contacts"], summary="Get a phone number")
async def get_phone(user_id: str, contact_id: int, services: Services, caller: Caller) -> ContactPhoneOut:
    """One phone number of the user."""
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        return phone_out(await contacts.get_contact(session, user, contact_id, kind="PHONE"))


@put(_PHONES + "/{contact_id:int}", tags=["Contacts"], summary="Change a phone number")
async def change_phone(
    user_id: str, contact_id: int, data: ContactPhoneBody, services: Services, caller: Caller
) -> ContactPhoneOut:
    """`primary` true makes the others not primary; absent leaves it alone."""
    now = await services.now()
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        row = await contacts.get_contact(session, user, contact_id, kind="PHONE")
        changed = await contacts.change_contact(
            session,
            user,
            row,
            target=data.target,
            region_code=data.region_code,
            primary=data.primary,
            caller=caller,
            now=now,
        )
        return phone_out(changed)


@delete(_PHONES + "/{contact_id:int}", tags=["Contacts"], summary="Delete a phone number", status_code=204)
async def delete_phone(user_id: str, contact_id: int, services: Services, caller: Caller) -> None:
    """The notification preferences that use it are deleted with it."""
    await _delete(user_id, contact_id, "PHONE", services, caller)


async def _delete(user_id: str, contact_id: int, kind: str, services: Services, caller: Caller) -> None:
    now = await services.now()
    async with services.database.transaction() as session:
        user = await contacts.user_to_manage(session, user_id, caller=caller)
        row = await contacts.get_contact(session, user, contact_id, kind=kind)
        await contacts.delete_contact(session, user, row, caller=caller, now=now)


def routes() -> list[Any]:
    return [
        list_emails,
        create_email,
        search_email_target,
        get_email,
        change_email,
        delete_email,
        list_phones,
        create_phone,
        search_phone_target,
        get_phone,
        change_phone,
        delete_phone,
    ]
