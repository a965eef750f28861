import httpx
import pytest
from sqlalchemy import insert

from support.api import client_of
from support.clock import TestClock
from support.people import PASSWORD, Someone, add_user, other_account
from tocsin.domains.alerts.models import Alert, AlertResponder
from tocsin.domains.escalations.models import EscalationPolicy
from tocsin.domains.people import service as people
from tocsin.entrypoints.front import Front
from tocsin.infra.web import Services

BOB = {"firstName": "Bob", "lastName": "Builder", "email": "bob@acme.test"}


async def test_an_administrator_creates_a_user(as_owner: httpx.AsyncClient) -> None:
    answer = await as_owner.post("/users?send-no-invitation=true", json=BOB)
    assert answer.status_code == 201
    user = answer.json()
    assert answer.headers["location"] == f"/api/users/{user['id']}"
    assert user["username"] == "bob"
    assert user["role"] == "RESPONDER"
    assert (user["timezone"], user["language"]) == ("UTC", "en")
    unset = ("region", "position", "department", "shiftColor", "mutedUntil", "avatarUrl")
    assert {user[field] for field in unset} == {None}
    assert "password" not in answer.text.lower()


async def test_a_user_without_the_role_admin_creates_nobody(
    app: Front, services: Services, owner: Someone
) -> None:
    someone = await add_user(services, owner.account_id, name="eve", role="USER")
    async with client_of(app, key=someone.key) as client:
        answer = await client.post("/users", json=BOB)
    assert (answer.status_code, answer.json()["code"]) == (403, "NO_PERMISSION")


async def test_an_address_is_unique_whatever_its_case(as_owner: httpx.AsyncClient) -> None:
    assert (await as_owner.post("/users", json=BOB)).status_code == 201
    answer = await as_owner.post("/users", json={**BOB, "email": "BOB@Acme.test"})
    assert answer.status_code == 400
    assert "email" in answer.json()["message"]


async def test_user_names_are_made_unique_and_never_only_digits(as_owner: httpx.AsyncClient) -> None:
    emails = ("bob@acme.test", "bob@other.test", "Bob@third.test", "4711@acme.test", "current@acme.test")
    answers = [await as_owner.post("/users", json={**BOB, "email": email}) for email in emails]
    names = [answer.json()["username"] for answer in answers]
    assert names == ["bob", "bob-2", "bob-3", "user-4711", "user-current"]


async def test_a_user_is_found_by_id_user_name_and_address(as_owner: httpx.AsyncClient) -> None:
    user = (await as_owner.post("/users", json=BOB)).json()
    for path in (user["id"], user["username"], user["username"].upper()):
        assert (await as_owner.get(f"/users/{path}")).json() == user
    found = await as_owner.post("/users/search-email", json={"email": "BOB@ACME.TEST", "firstName": ""})
    assert (found.status_code, found.json()) == (200, user)
    missing = await as_owner.post("/users/search-email", json={"email": "nobody@acme.test"})
    assert (missing.status_code, missing.json()["code"]) == (404, "NOT_FOUND")
    for path in ("999999", "nobody", "9" * 30):
        assert (await as_owner.get(f"/users/{path}")).status_code == 404


async def test_lists_are_paged_and_capped(as_owner: httpx.AsyncClient) -> None:
    for name in ("Zoe", "Amy"):
        await as_owner.post("/users", json={**BOB, "lastName": name, "email": f"{name}@acme.test"})
    names = [user["lastName"] for user in (await as_owner.get("/users")).json()]
    assert names == ["Amy", "Owner", "Zoe"]
    page = (await as_owner.get("/users?start-index=1&max-results=1")).json()
    assert [user["lastName"] for user in page] == ["Owner"]
    for query in ("max-results=101", "max-results=0", "start-index=-1", "max-results=x"):
        assert (await as_owner.get(f"/users?{query}")).status_code == 400, query


async def test_a_put_keeps_what_is_null_or_absent_and_clears_what_is_empty(
    as_owner: httpx.AsyncClient,
) -> None:
    body = {**BOB, "position": "SRE", "region": "de", "shiftColor": "#A1b2C3", "language": "DE"}
    user = (await as_owner.post("/users", json=body)).json()
    assert (user["region"], user["language"]) == ("DE", "de")
    path = f"/users/{user['id']}"
    changed = (
        await as_owner.put(path, json={"position": None, "region": "", "timezone": "Europe/Berlin"})
    ).json()
    assert (changed["position"], changed["region"], changed["timezone"]) == ("SRE", None, "Europe/Berlin")
    assert changed["firstName"] == "Bob"
    assert (await as_owner.put(path, json={"position": ""})).json()["position"] is None


async def test_muting_is_cleared_by_null_and_kept_when_absent(as_owner: httpx.AsyncClient) -> None:
    until = "2026-05-01T00:00:00.000Z"
    answer = await as_owner.put("/users/current", json={"mutedUntil": "2026-05-01T02:00:00+02:00"})
    assert answer.json()["mutedUntil"] == until
    assert (await as_owner.put("/users/current", json={"position": "x"})).json()["mutedUntil"] == until
    assert (await as_owner.put("/users/current", json={"mutedUntil": None})).json()["mutedUntil"] is None


async def test_legacy_fields_change_no_contacts_and_no_preferences(
    as_owner: httpx.AsyncClient, owner: Someone
) -> None:
    path = f"/users/{owner.id}"
    before = [(await as_owner.get(f"{path}/{part}")).json() for part in PARTS]
    legacy: dict[str, object] = {
        "mobile": {"regionCode": "DE", "number": "1"},
        "notificationPreferences": [],
        "landline": None,
    }
    assert (await as_owner.put(path, json=legacy)).status_code == 200
    assert [(await as_owner.get(f"{path}/{part}")).json() for part in PARTS] == before


PARTS = ("contacts/emails", "contacts/phone-numbers", "notification-preferences/alerts")


@pytest.mark.parametrize(
    "change",
    [
        {"timezone": "Mars/Olympus"},
        {"timezone": "../../etc/passwd"},
        {"language": "fr"},
        {"region": "DEU"},
        {"shiftColor": "red"},
        {"role": "BOSS"},
        {"role": "ACCOUNT_OWNER"},
        {"email": "not an address"},
        {"email": ""},
        {"firstName": ""},
        {"lastName": "x" * 256},
        {"firstName": "a\u0000b"},
        {"mutedUntil": "tomorrow"},
        {"firstName": 5},
        {"email": "a@b.test\r\nBcc: x@y.test"},
    ],
    ids=str,
)
async def test_bad_values_are_400_naming_the_field(
    as_owner: httpx.AsyncClient, change: dict[str, object]
) -> None:
    user = (await as_owner.post("/users", json=BOB)).json()
    answer = await as_owner.put(f"/users/{user['id']}", json=change)
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")
    assert next(iter(change)) in answer.json()["message"]
    assert (await as_owner.get(f"/users/{user['id']}")).json() == user


async def test_nobody_raises_his_own_role(app: Front, services: Services, owner: Someone) -> None:
    responder = await add_user(services, owner.account_id, name="rita", role="RESPONDER")
    async with client_of(app, key=responder.key) as client:
        answer = await client.put("/users/current", json={"role": "ADMIN", "position": "SRE"})
        assert (answer.status_code, answer.json()["role"]) == (200, "RESPONDER")
        assert answer.json()["position"] == "SRE"
        assert (await client.put(f"/users/{responder.id}", json={"role": "ADMIN"})).status_code == 403
        assert (await client.put(f"/users/{owner.id}", json={"position": "x"})).status_code == 403


async def test_the_owner_stays_the_owner_and_out_of_reach_of_administrators(
    app: Front, services: Services, owner: Someone, as_owner: httpx.AsyncClient
) -> None:
    admin = await add_user(services, owner.account_id, name="adam", role="ADMIN")
    async with client_of(app, key=admin.key) as client:
        answer = await client.put(f"/users/{owner.id}", json={"role": "USER", "firstName": "Augusta"})
        assert (answer.status_code, answer.json()["role"]) == (200, "ACCOUNT_OWNER")
        for change in ({"password": "taken over now"}, {"email": "adam+ada@acme.test"}):
            assert (await client.put(f"/users/{owner.id}", json=change)).status_code == 403
        assert (await client.delete(f"/users/{owner.id}")).status_code == 400
    assert (await as_owner.put("/users/current", json={"role": "ACCOUNT_OWNER"})).status_code == 200


async def test_a_changed_role_holds_at_once_for_keys_in_use(
    app: Front, services: Services, owner: Someone, as_owner: httpx.AsyncClient
) -> None:
    someone = await add_user(services, owner.account_id, name="eve", role="ADMIN")
    async with client_of(app, key=someone.key) as client:
        assert (await client.post("/users", json=BOB)).status_code == 201
        assert (await as_owner.put(f"/users/{someone.id}", json={"role": "USER"})).status_code == 200
        assert (await client.post("/users", json={**BOB, "email": "b2@acme.test"})).status_code == 403


async def test_an_administrator_sets_a_first_password(as_owner: httpx.AsyncClient) -> None:
    assert (await as_owner.post("/users", json={**BOB, "password": "short"})).status_code == 400
    assert (await as_owner.post("/users", json={**BOB, "password": PASSWORD})).status_code == 201
    answer = await as_owner.post("/session", json={"email": BOB["email"], "password": PASSWORD})
    assert answer.status_code == 201


async def test_a_user_who_is_still_paged_cannot_be_deleted(
    services: Services, owner: Someone, as_owner: httpx.AsyncClient, clock: TestClock
) -> None:
    bob = (await as_owner.post("/users", json=BOB)).json()
    async with services.database.transaction() as session:
        rules = [{"escalationTimeout": 5, "users": [owner.id, bob["id"]], "schedules": [], "teams": []}]
        policy = EscalationPolicy(
            account_id=owner.account_id,
            name="Platform",
            rules=rules,
            created_at=clock.at,
            updated_at=clock.at,
        )
        alert = Alert(
            account_id=owner.account_id, summary="Disk full", report_time=clock.at, last_event_at=clock.at
        )
        session.add_all([policy, alert])
        await session.flush()
        await session.execute(
            insert(AlertResponder).values(
                alert_id=alert.id, user_id=bob["id"], account_id=owner.account_id, assigned_at=clock.at
            )
        )
    answer = await as_owner.delete(f"/users/{bob['id']}")
    assert (answer.status_code, answer.json()["code"]) == (400, "USER_IN_USE")
    assert answer.json()["details"] == {
        "escalationPolicies": [{"id": policy.id, "name": "Platform"}],
        "alerts": [{"id": alert.id, "summary": "Disk full"}],
    }
    refused = await as_owner.put(f"/users/{bob['id']}", json={"role": "VIEWER"})
    assert (refused.status_code, refused.json()["code"]) == (400, "USER_IN_USE")


async def test_a_deleted_user_is_gone_with_his_keys(
    app: Front, services: Services, owner: Someone, as_owner: httpx.AsyncClient
) -> None:
    bob = await add_user(services, owner.account_id, name="bob")
    async with client_of(app, key=bob.key) as client:
        assert (await client.get("/users/current")).status_code == 200
        assert (await as_owner.delete(f"/users/{bob.id}")).status_code == 204
        assert (await as_owner.get(f"/users/{bob.id}")).status_code == 404
        answer = await client.get("/users/current")
        assert (answer.status_code, answer.json()["code"]) == (403, "KEY_ERROR")


async def test_guests_see_only_themselves_and_their_teams(
    app: Front, services: Services, owner: Someone, as_owner: httpx.AsyncClient
) -> None:
    guest = await add_user(services, owner.account_id, name="gus", role="GUEST")
    mate = await add_user(services, owner.account_id, name="mat")
    members = [{"user": {"id": guest.id}, "role": "RESPONDER"}, {"user": {"id": mate.id}}]
    await as_owner.post("/teams", json={"name": "Mine", "members": members})
    await as_owner.post("/teams", json={"name": "Theirs"})
    async with client_of(app, key=guest.key) as client:
        assert {user["id"] for user in (await client.get("/users")).json()} == {guest.id, mate.id}
        assert (await client.get(f"/users/{owner.id}")).status_code == 404
        assert (await client.get(f"/users/{mate.id}")).status_code == 200
        assert [team["name"] for team in (await client.get("/teams")).json()] == ["Mine"]


async def test_the_sender_numbers_need_no_credentials(anonymous: httpx.AsyncClient) -> None:
    answer = await anonymous.get("/numbers")
    assert (answer.status_code, answer.json()) == (200, [])


async def test_changes_are_on_the_audit_trail_without_secrets(
    as_owner: httpx.AsyncClient, owner: Someone
) -> None:
    bob = (await as_owner.post("/users", json={**BOB, "password": PASSWORD})).json()
    await as_owner.put(f"/users/{bob['id']}", json={"position": "SRE", "password": "another password"})
    trail = await as_owner.get("/audit-entries?object-type=USER&max-results=2")
    assert [(row["action"], row["objectId"]) for row in trail.json()] == [
        ("UPDATE", bob["id"]),
        ("CREATE", bob["id"]),
    ]
    assert trail.json()[0]["actor"]["id"] == owner.id
    assert trail.json()[0]["details"] == {"position": "SRE", "password": "changed"}
    assert (await as_owner.get("/audit-entries?max-results=101")).status_code == 400


async def test_a_stranger_finds_nothing_of_another_account(
    app: Front, services: Services, owner: Someone, as_owner: httpx.AsyncClient
) -> None:
    stranger = await other_account(services)
    team = (await as_owner.post("/teams", json={"name": "T"})).json()
    path = f"/users/{owner.id}"
    contact = (await as_owner.get(f"{path}/contacts/emails")).json()[0]["id"]
    rule = (await as_owner.get(f"{path}/notification-preferences/alerts")).json()[0]["id"]
    rule_body = {"method": "PUSH", "type": "HIGH_PRIORITY"}
    async with client_of(app, key=stranger.key) as client:
        assert [user["id"] for user in (await client.get("/users")).json()] == [stranger.id]
        assert (await client.get("/teams")).json() == []
        answers = [
            await client.get(path),
            await client.get(f"/users/{owner.username}"),
            await client.put(path, json={"firstName": "X"}),
            await client.delete(path),
            await client.post("/users/search-email", json={"email": owner.email}),
            await client.get(f"{path}/contacts/emails"),
            await client.post(f"{path}/contacts/emails", json={"target": "x@y.test"}),
            await client.get(f"{path}/contacts/emails/{contact}"),
            await client.delete(f"/users/{stranger.id}/contacts/emails/{contact}"),
            await client.put(f"/users/{stranger.id}/contacts/emails/{contact}", json={"target": "x@y.test"}),
            await client.get(f"{path}/contacts/phone-numbers"),
            await client.get(f"{path}/notification-preferences/alerts"),
            await client.post(f"{path}/notification-preferences/alerts", json=rule_body),
            await client.get(f"/users/{stranger.id}/notification-preferences/alerts/{rule}"),
            await client.delete(f"/users/{stranger.id}/notification-preferences/alerts/{rule}"),
            await client.get(f"/teams/{team['id']}"),
            await client.get("/teams/name/T"),
            await client.put(f"/teams/{team['id']}", json={"name": "X"}),
            await client.delete(f"/teams/{team['id']}"),
            await client.post(f"/teams/{team['id']}/members", json={"user": {"id": stranger.id}}),
            await client.delete(f"/teams/{team['id']}/members/{owner.id}"),
        ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "NOT_FOUND")] * len(
        answers
    )
    foreign = await as_owner.post(f"/teams/{team['id']}/members", json={"user": {"id": stranger.id}})
    assert foreign.status_code == 400


async def test_other_slices_ask_about_many_people_at_once(services: Services, owner: Someone) -> None:
    bob = await add_user(services, owner.account_id, name="bob", role="ADMIN")
    async with services.database.transaction() as session:
        refs = await people.user_refs(session, owner.account_id, [bob.id, 1, owner.id, bob.id])
        assert [ref.id for ref in refs] == [bob.id, owner.id]
        assert await people.users_by_id(session, owner.account_id + 1, [bob.id]) == {}
        rules = await people.alert_preferences(session, [bob.id, owner.id], "LOW")
        assert {user_id: [rule.target for rule in found] for user_id, found in rules.items()} == {
            owner.id: ["ada@acme.test"],
            bob.id: ["bob@acme.test"],
        }
        admins = await people.owners_and_admins(session, owner.account_id)
        assert [ref.id for ref in admins] == [owner.id, bob.id]
