import base64
from datetime import timedelta

import httpx
import pytest

from support.api import client_of
from support.clock import TestClock
from support.people import PASSWORD, Someone, add_user
from tocsin.domains.identity import service as identity
from tocsin.entrypoints.front import Front
from tocsin.infra.web import Services


def basic(text: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


async def status_and_code(client: httpx.AsyncClient, headers: dict[str, str]) -> tuple[int, str]:
    answer = await client.get("/users/current", headers=headers)
    return answer.status_code, answer.json().get("code", "")


async def test_no_credentials_are_401_and_wrong_ones_403(
    anonymous: httpx.AsyncClient, owner: Someone
) -> None:
    assert await status_and_code(anonymous, {}) == (401, "UNAUTHENTICATED")
    for header in ("Bearer tcn_wrong", "Bearer", "Bearer a b", "Digest abc", "Basic !!!", "Basic YQ==", "é"):
        headers = httpx.Headers([(b"authorization", header.encode())])
        answer = await anonymous.get("/users/current", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "KEY_ERROR"), header


async def test_a_key_works_with_and_without_bearer(anonymous: httpx.AsyncClient, owner: Someone) -> None:
    for header in (f"Bearer {owner.key}", owner.key, f"bearer  {owner.key}"):
        answer = await anonymous.get("/users/current", headers={"Authorization": header})
        assert answer.status_code == 200
        assert answer.json()["email"] == "ada@acme.test"


@pytest.mark.parametrize(
    "login", ["ada@acme", "ADA@ACME", "ada@acme.test@acme", "ada@acme.test", "ada"], ids=str
)
async def test_basic_takes_user_name_or_address_with_or_without_tenant(
    anonymous: httpx.AsyncClient, owner: Someone, login: str
) -> None:
    answer = await anonymous.get("/users/current", headers=basic(f"{login}:{PASSWORD}"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["id"] == owner.id


async def test_basic_with_a_wrong_password_tenant_or_name_is_refused(
    anonymous: httpx.AsyncClient, owner: Someone
) -> None:
    for text in ("ada@acme:wrong password", f"ada@other:{PASSWORD}", f"bob@acme:{PASSWORD}", "ada@acme:"):
        assert await status_and_code(anonymous, basic(text)) == (403, "KEY_ERROR")


async def test_guessing_basic_passwords_is_stopped_for_a_quarter_of_an_hour(
    app: Front, services: Services, owner: Someone, clock: TestClock
) -> None:
    async with client_of(app, ip="203.0.113.9") as client:
        bob = await add_user(services, owner.account_id, name="guessed", password=PASSWORD)
        for number in range(10):
            assert await status_and_code(client, basic(f"{bob.username}@acme:wrong {number}")) == (
                403,
                "KEY_ERROR",
            )
        answer = await client.get("/users/current", headers=basic(f"{bob.username}@acme:{PASSWORD}"))
        assert answer.status_code == 429
        assert 0 < int(answer.headers["retry-after"]) <= 901
        clock.advance(minutes=16)
        answer = await client.get("/users/current", headers=basic(f"{bob.username}@acme:{PASSWORD}"))
        assert answer.status_code == 200


async def test_a_new_password_ends_the_memory_of_the_old_one(
    anonymous: httpx.AsyncClient, services: Services, owner: Someone
) -> None:
    assert (await anonymous.get("/users/current", headers=basic(f"ada@acme:{PASSWORD}"))).status_code == 200
    async with services.database.transaction() as session:
        chosen = await identity.reset_password(session, login="ADA@acme.test", now=await services.now())
    assert (await anonymous.get("/users/current", headers=basic(f"ada@acme:{PASSWORD}"))).status_code == 403
    assert (await anonymous.get("/users/current", headers=basic(f"ada@acme:{chosen}"))).status_code == 200


async def test_a_key_is_shown_once_and_refused_at_once_when_revoked(as_owner: httpx.AsyncClient) -> None:
    created = (await as_owner.post("/api-keys", json={"name": "ci"})).json()
    assert created["key"].startswith("tcn_")
    assert created["prefix"] == created["key"][:8]
    listed = (await as_owner.get("/api-keys")).json()
    assert [row["name"] for row in listed] == ["First key", "ci"]
    assert not any("key" in row for row in listed)
    mine = {"Authorization": f"Bearer {created['key']}"}
    assert (await as_owner.get("/users/current", headers=mine)).status_code == 200
    assert (await as_owner.delete(f"/api-keys/{created['id']}")).status_code == 204
    assert await status_and_code(as_owner, mine) == (403, "KEY_ERROR")
    assert (await as_owner.delete(f"/api-keys/{created['id']}")).status_code == 404


async def test_an_expired_key_is_refused(as_owner: httpx.AsyncClient, clock: TestClock) -> None:
    past = (clock.at - timedelta(seconds=1)).isoformat()
    assert (await as_owner.post("/api-keys", json={"name": "x", "expiresAt": past})).status_code == 400
    soon = (clock.at + timedelta(hours=1)).isoformat()
    created = (await as_owner.post("/api-keys", json={"name": "x", "expiresAt": soon})).json()
    clock.advance(hours=1)
    assert await status_and_code(as_owner, {"Authorization": f"Bearer {created['key']}"}) == (
        403,
        "KEY_ERROR",
    )


async def test_the_last_use_of_a_key_is_noted_with_its_address(
    as_owner: httpx.AsyncClient, clock: TestClock
) -> None:
    first = (await as_owner.get("/api-keys")).json()[0]
    assert first["lastUsedAt"] == "2026-03-02T12:00:00.000Z"
    assert first["lastUsedIp"] == "127.0.0.1"


async def test_a_viewers_key_cannot_write(app: Front, services: Services, owner: Someone) -> None:
    viewer = await add_user(services, owner.account_id, name="vic", role="VIEWER")
    async with client_of(app, key=viewer.key) as client:
        assert (await client.get("/users")).status_code == 200
        refusals = [
            await client.post("/users", json={"firstName": "A", "lastName": "B", "email": "a@b.test"}),
            await client.put(f"/users/{owner.id}", json={"firstName": "X"}),
            await client.delete(f"/users/{owner.id}"),
            await client.post("/teams", json={"name": "T"}),
            await client.put("/account", json={"name": "X"}),
            await client.get("/audit-entries"),
        ]
        assert [(answer.status_code, answer.json()["code"]) for answer in refusals] == [
            (403, "NO_PERMISSION")
        ] * 6
