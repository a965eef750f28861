"""Routes of users and of the sender numbers."""

from typing import Annotated, Any

from litestar import Response, delete, get, post, put
from litestar.params import QueryParameter

from tocsin.domains.people import service
from tocsin.domains.people.schemas import EmailBody, NumberOut, UserBody, UserOut, user_out
from tocsin.infra.web import Caller, Services, page

_CAP = 100
StartIndex = Annotated[int, QueryParameter(name="start-index", description="How many to leave out.")]
MaxResults = Annotated[
    int, QueryParameter(name="max-results", description=f"How many at most, up to {_CAP}.")
]


@get("/users", tags=["Users"], summary="List users")
async def list_users(
    services: Services, caller: Caller, start_index: StartIndex = 0, max_results: MaxResults = 50
) -> list[UserOut]:
    """By last name, first name, id. Guests and stakeholders see themselves and the members of their teams."""
    offset, limit = page(start_index, max_results, cap=_CAP)
    async with services.database.transaction() as session:
        users = await service.list_users(session, caller=caller, offset=offset, limit=limit)
        return [user_out(user) for user in users]


@post("/users", tags=["Users"], summary="Create a user")
async def create_user(
    data: UserBody,
    services: Services,
    caller: Caller,
    send_no_invitation: Annotated[bool, QueryParameter(name="send-no-invitation")] = False,
) -> Response[UserOut]:
    """Needs the role ADMIN. The user gets an e-mail contact with his address and sensible notification
    preferences. `send-no-invitation` is accepted; set the first `password` here, or with a later PUT."""
    now = await services.now()
    async with services.database.transaction() as session:
        user = await service.create_user(
            session, data.to_new_user(), account_id=caller.account_id, caller=caller, now=now
        )
        body = user_out(user)
    return Response(body, status_code=201, headers={"Location": f"/api/users/{body.id}"})


@get("/users/current", tags=["Users"], summary="Get the current user")
async def get_current(services: Services, caller: Caller) -> UserOut:
    """The user whose key or session this request carries."""
    async with services.database.transaction() as session:
        return user_out(await service.visible_user(session, "current", caller=caller))


@put("/users/current", tags=["Users"], summary="Change the current user")
async def change_current(data: UserBody, services: Services, caller: Caller) -> UserOut:
    """Your own profile; a `role` in the body is ignored."""
    data.role = None
    return await _change("current", data, services, caller)


@post("/users/search-email", tags=["Users"], summary="Find a user by e-mail address", status_code=200)
async def search_email(data: EmailBody, services: Services, caller: Caller) -> UserOut:
    """The exact address, in any case. A POST, so that addresses stay out of logs."""
    async with services.database.transaction() as session:
        return user_out(await service.find_by_email(session, data.email, caller=caller))


@get("/users/{user_id:str}", tags=["Users"], summary="Get a user")
async def get_user(user_id: str, services: Services, caller: Caller) -> UserOut:
    """By id, or by user name."""
    async with services.database.transaction() as session:
        return user_out(await service.visible_user(session, user_id, caller=caller))


@put("/users/{user_id:str}", tags=["Users"], summary="Change a user")
async def change_user(user_id: str, data: UserBody, services: Services, caller: Caller) -> UserOut:
    """An administrator changes anybody up to his own role; everybody himself, except the role."""
    return await _change(user_id, data, services, caller)


async def _change(user_id: str, data: UserBody, services: Services, caller: Caller) -> UserOut:
    now = await services.now()
    async with services.database.transaction() as session:
        user = await service.visible_user(session, user_id, caller=caller)
        return user_out(await service.change_user(session, user, data.to_changes(), caller=caller, now=now))


@delete("/users/{user_id:str}", tags=["Users"], summary="Delete a user", status_code=204)
async def delete_user(user_id: str, services: Services, caller: Caller) -> None:
    """Needs the role ADMIN. Refused (400 USER_IN_USE) while escalation policies name the user or he responds
    to open alerts; the details list them. The owner cannot be deleted."""
    now = await services.now()
    async with services.database.transaction() as session:
        user = await service.visible_user(session, user_id, caller=caller)
        await service.delete_user(session, user, caller=caller, now=now)


@get("/numbers", opt={"public": True}, tags=["Numbers"], summary="List sender numbers", security=[{}])
async def list_numbers() -> list[NumberOut]:
    """The numbers that messages and calls come from. Empty while no phone provider is set up."""
    return []


def routes() -> list[Any]:
    return [
        list_users,
        create_user,
        get_current,
        change_current,
        search_email,
        get_user,
        change_user,
        delete_user,
        list_numbers,
    ]
