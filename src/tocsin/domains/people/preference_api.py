"""Routes of the four collections of notification preferences; they differ only in what their rules may
hold."""

from typing import Any

from litestar import Response, delete, get, post, put

from tocsin.domains.people import preference_rules, preferences
from tocsin.domains.people.contact_schemas import PreferenceBody, PreferenceOut, preference_out
from tocsin.domains.people.contacts import user_to_manage
from tocsin.infra.web import Caller, Services

_ABOUT = {
    "alerts": "how and how soon a user is paged for an alert",
    "duties": "how long before a shift a user is reminded",
    "updates": "which changes of his alerts a user hears of",
    "subscriptions": "how a user hears of incidents he follows",
}


def _collection_routes(collection: str) -> list[Any]:
    path = f"/users/{{user_id:str}}/notification-preferences/{collection}"
    one = path + "/{preference_id:int}"
    tags = ["Notification preferences"]
    about = _ABOUT[collection]

    @get(path, tags=tags, summary=f"List preferences for {collection}", description=f"Rules for {about}.")
    async def list_rules(user_id: str, services: Services, caller: Caller) -> list[PreferenceOut]:
        async with services.database.transaction() as session:
            user = await user_to_manage(session, user_id, caller=caller)
            found = await preferences.list_preferences(session, user, collection=collection)
            return [preference_out(row, contact) for row, contact in found]

    @post(
        path,
        tags=tags,
        summary=f"Create a preference for {collection}",
        description=f"A new rule for {about}. PUSH takes no contact, all others need one of the user's.",
    )
    async def create_rule(
        user_id: str, data: PreferenceBody, services: Services, caller: Caller
    ) -> Response[PreferenceOut]:
        now = await services.now()
        async with services.database.transaction() as session:
            user = await user_to_manage(session, user_id, caller=caller)
            row, contact = await preferences.create_preference(
                session, user, data.to_rule(collection), caller=caller, now=now
            )
            location = f"/api/users/{user.id}/notification-preferences/{collection}/{row.id}"
            return Response(preference_out(row, contact), status_code=201, headers={"Location": location})

    @get(one, tags=tags, summary=f"Get a preference for {collection}", description=f"A rule for {about}.")
    async def get_rule(user_id: str, preference_id: int, services: Services, caller: Caller) -> PreferenceOut:
        async with services.database.transaction() as session:
            user = await user_to_manage(session, user_id, caller=caller)
            row, contact = await preferences.get_preference(
                session, user, preference_id, collection=collection
            )
            return preference_out(row, contact)

    @put(one, tags=tags, summary=f"Replace a preference for {collection}", description=f"A rule for {about}.")
    async def change_rule(
        user_id: str, preference_id: int, data: PreferenceBody, services: Services, caller: Caller
    ) -> PreferenceOut:
        now = await services.now()
        async with services.database.transaction() as session:
            user = await user_to_manage(session, user_id, caller=caller)
            row, _ = await preferences.get_preference(session, user, preference_id, collection=collection)
            rule = data.to_rule(collection, repeat_every_min=row.repeat_every_min)
            row, contact = await preferences.change_preference(
                session, user, row, rule, caller=caller, now=now
            )
            return preference_out(row, contact)

    @delete(
        one,
        tags=tags,
        summary=f"Delete a preference for {collection}",
        description=f"Remove a rule for {about}.",
        status_code=204,
    )
    async def delete_rule(user_id: str, preference_id: int, services: Services, caller: Caller) -> None:
        now = await services.now()
        async with services.database.transaction() as session:
            user = await user_to_manage(session, user_id, caller=caller)
            row, _ = await preferences.get_preference(session, user, preference_id, collection=collection)
            await preferences.delete_preference(session, row, caller=caller, now=now)

    return [list_rules, create_rule, get_rule, change_rule, delete_rule]


def routes() -> list[Any]:
    return [route for collection in preference_rules.COLLECTIONS for route in _collection_routes(collection)]
