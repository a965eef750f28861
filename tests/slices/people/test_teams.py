import httpx

from support.api import client_of
from support.clock import TestClock
from support.people import Someone, add_user
from tocsin.domains.escalations.models import EscalationPolicy
from tocsin.entrypoints.front import Front
from tocsin.infra.web import Services


async def test_a_team_lives_from_create_to_delete(as_owner: httpx.AsyncClient, owner: Someone) -> None:
    members = [{"user": {"id": owner.id, "firstName": "ignored"}, "role": "ADMIN"}]
    answer = await as_owner.post("/teams", json={"name": "Platform / Ops", "members": members})
    assert answer.status_code == 201
    team = answer.json()
    assert answer.headers["location"] == f"/api/teams/{team['id']}"
    assert team["visibility"] == "PUBLIC"
    assert [(member["user"]["email"], member["role"]) for member in team["members"]] == [
        ("ada@acme.test", "ADMIN")
    ]
    path = f"/teams/{team['id']}"
    assert (await as_owner.get(path)).json() == team
    changed = (await as_owner.put(path, json={"name": "Ops", "visibility": "PRIVATE"})).json()
    assert (changed["name"], changed["visibility"], len(changed["members"])) == ("Ops", "PRIVATE", 1)
    assert (await as_owner.get("/teams/name/Ops")).json() == changed
    assert (await as_owner.get("/teams/name/ops")).status_code == 404
    assert (await as_owner.put(path, json={"name": "Ops", "members": []})).json()["members"] == []
    assert (await as_owner.delete(path)).status_code == 204
    assert (await as_owner.get(path)).status_code == 404


async def test_a_list_can_be_of_one_members_teams(
    as_owner: httpx.AsyncClient, services: Services, owner: Someone
) -> None:
    bob = await add_user(services, owner.account_id, name="bob")
    await as_owner.post("/teams", json={"name": "B", "members": [{"user": {"id": bob.id}}]})
    await as_owner.post("/teams", json={"name": "A"})
    assert [team["name"] for team in (await as_owner.get("/teams")).json()] == ["A", "B"]
    assert [team["name"] for team in (await as_owner.get(f"/teams?members={bob.id}")).json()] == ["B"]
    assert (await as_owner.get("/teams?max-results=101")).status_code == 400


async def test_members_are_added_changed_and_removed(
    as_owner: httpx.AsyncClient, services: Services, owner: Someone
) -> None:
    bob = await add_user(services, owner.account_id, name="bob", role="RESPONDER")
    path = f"/teams/{(await as_owner.post('/teams', json={'name': 'T'})).json()['id']}/members"
    for body, role in (({}, "RESPONDER"), ({"role": "ADMIN"}, "ADMIN")):
        answer = await as_owner.post(path, json={"user": {"id": bob.id}, **body})
        assert (answer.status_code, answer.json()["role"]) == (200, role)
        assert answer.json()["user"]["id"] == bob.id
    assert (await as_owner.delete(f"{path}/{bob.id}")).status_code == 204
    assert (await as_owner.delete(f"{path}/{bob.id}")).status_code == 404


async def test_in_a_public_team_nobody_is_less_than_elsewhere(
    as_owner: httpx.AsyncClient, services: Services, owner: Someone
) -> None:
    bob = await add_user(services, owner.account_id, name="bob", role="USER")
    members = [{"user": {"id": bob.id}, "role": "RESPONDER"}]
    public = (await as_owner.post("/teams", json={"name": "Public", "members": members})).json()
    assert public["members"][0]["role"] == "USER"
    private = {"name": "Private", "visibility": "PRIVATE", "members": members}
    private = (await as_owner.post("/teams", json=private)).json()
    assert private["members"][0]["role"] == "RESPONDER"
    opened = await as_owner.put(f"/teams/{private['id']}", json={"name": "Private", "visibility": "PUBLIC"})
    assert opened.json()["members"][0]["role"] == "USER"


async def test_a_stakeholder_gets_no_stronger_team_role(
    as_owner: httpx.AsyncClient, services: Services, owner: Someone
) -> None:
    sue = await add_user(services, owner.account_id, name="sue", role="STAKEHOLDER")
    for role, status in (("RESPONDER", 400), ("STAKEHOLDER", 201)):
        body = {"name": "T", "members": [{"user": {"id": sue.id}, "role": role}]}
        assert (await as_owner.post("/teams", json=body)).status_code == status


async def test_a_team_admin_changes_members_but_not_the_team(
    app: Front, as_owner: httpx.AsyncClient, services: Services, owner: Someone
) -> None:
    bob = await add_user(services, owner.account_id, name="bob", role="USER")
    eve = await add_user(services, owner.account_id, name="eve", role="USER")
    body = {"name": "T", "members": [{"user": {"id": bob.id}, "role": "ADMIN"}]}
    path = f"/teams/{(await as_owner.post('/teams', json=body)).json()['id']}"
    async with client_of(app, key=bob.key) as client:
        assert (await client.post(f"{path}/members", json={"user": {"id": eve.id}})).status_code == 200
        assert (await client.put(path, json={"name": "Mine"})).status_code == 403
        assert (await client.delete(path)).status_code == 403
        assert (await client.post("/teams", json={"name": "X"})).status_code == 403
    async with client_of(app, key=eve.key) as client:
        assert (await client.delete(f"{path}/members/{bob.id}")).status_code == 403


async def test_bad_teams_are_400(as_owner: httpx.AsyncClient, owner: Someone) -> None:
    for body in (
        {},
        {"name": ""},
        {"name": "x" * 256},
        {"name": "a\u0000"},
        {"name": "T", "visibility": "SECRET"},
        {"name": "T", "members": [{"user": {"id": owner.id}, "role": "GUEST"}]},
        {"name": "T", "members": [{"user": {"id": 1}}]},
        {"name": "T", "members": "all"},
        {"name": "T", "members": [{"user": {"id": 10**30}}]},
    ):
        assert (await as_owner.post("/teams", json=body)).status_code == 400, body
    assert (await as_owner.get(f"/teams/{10**30}")).status_code in {400, 404}
    assert (await as_owner.get("/teams")).json() == []


async def test_a_team_that_is_paged_cannot_be_deleted(
    as_owner: httpx.AsyncClient, services: Services, owner: Someone, clock: TestClock
) -> None:
    team = (await as_owner.post("/teams", json={"name": "T"})).json()
    async with services.database.transaction() as session:
        rules = [{"escalationTimeout": 5, "users": [], "schedules": [], "teams": [team["id"]]}]
        session.add(
            EscalationPolicy(
                account_id=owner.account_id,
                name="Night",
                rules=rules,
                created_at=clock.at,
                updated_at=clock.at,
            )
        )
    answer = await as_owner.delete(f"/teams/{team['id']}")
    assert (answer.status_code, answer.json()["code"]) == (400, "TEAM_IN_USE")
    assert "Night" in answer.json()["message"]
