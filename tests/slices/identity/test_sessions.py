import httpx
import pytest

from support.api import client_of
from support.clock import TestClock
from support.people import PASSWORD, Someone, add_user
from tocsin.entrypoints.front import Front
from tocsin.infra.web import Services


async def sign_in(
    client: httpx.AsyncClient, *, email: str = "ada@acme.test", password: str = PASSWORD
) -> httpx.Response:
    return await client.post("/session", json={"email": email, "password": password})


@pytest.fixture
def browser(anonymous: httpx.AsyncClient) -> httpx.AsyncClient:
    return anonymous


def use_session(answer: httpx.Response) -> dict[str, str]:
    """The client keeps the cookie; this is the header that its writes need."""
    return {"x-csrf-token": answer.json()["csrfToken"]}


async def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_cannot_use(
    browser: httpx.AsyncClient, owner: Someone
) -> None:
    answer = await sign_in(browser, email="ADA@acme.test")
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" in cookie
    body = answer.json()
    assert body["user"]["email"] == "ada@acme.test"
    assert body["account"]["name"] == "Acme"
    use_session(answer)
    again = await browser.get("/session")
    assert again.status_code == 200
    assert again.json() == body


async def test_a_write_with_the_cookie_needs_the_csrf_token(
    browser: httpx.AsyncClient, owner: Someone
) -> None:
    csrf = use_session(await sign_in(browser))
    for headers in ({}, {"x-csrf-token": "wrong"}, {"x-csrf-token": ""}):
        answer = await browser.put("/users/current", json={"firstName": "Ada"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "CSRF")
    assert (await browser.put("/users/current", json={"firstName": "Ada"}, headers=csrf)).status_code == 200


async def test_signing_out_ends_the_session(browser: httpx.AsyncClient, owner: Someone) -> None:
    csrf = use_session(await sign_in(browser))
    assert (await browser.delete("/session", headers=csrf)).status_code == 204
    answer = await browser.get("/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "UNAUTHENTICATED")


async def test_a_session_ends_after_fourteen_idle_days_and_ninety_in_all(
    browser: httpx.AsyncClient, owner: Someone, clock: TestClock
) -> None:
    use_session(await sign_in(browser))
    for _ in range(8):
        clock.advance(days=11)
        assert (await browser.get("/session")).status_code == 200
    clock.advance(days=3)
    assert (await browser.get("/session")).status_code == 401
    use_session(await sign_in(browser))
    clock.advance(days=14, seconds=1)
    assert (await browser.get("/session")).status_code == 401


async def test_one_can_list_and_end_ones_other_sessions(
    app: Front, browser: httpx.AsyncClient, owner: Someone
) -> None:
    csrf = use_session(await sign_in(browser))
    async with client_of(app) as other:
        use_session(await sign_in(other))
        listed = (await browser.get("/sessions")).json()
        assert sorted(row["current"] for row in listed) == [False, True]
        [elsewhere] = [row["id"] for row in listed if not row["current"]]
        assert (await browser.delete(f"/sessions/{elsewhere}", headers=csrf)).status_code == 204
        assert (await other.get("/session")).status_code == 401
    assert (await browser.get("/session")).status_code == 200


async def test_nobody_ends_the_sessions_or_keys_of_others(
    app: Front, services: Services, browser: httpx.AsyncClient, owner: Someone, as_owner: httpx.AsyncClient
) -> None:
    use_session(await sign_in(browser))
    session_id = (await browser.get("/sessions")).json()[0]["id"]
    key_id = (await as_owner.get("/api-keys")).json()[0]["id"]
    bob = await add_user(services, owner.account_id, name="bob", role="ADMIN")
    async with client_of(app, key=bob.key) as client:
        assert (await client.delete(f"/sessions/{session_id}")).status_code == 404
        assert (await client.delete(f"/api-keys/{key_id}")).status_code == 404


async def test_ten_wrong_passwords_stop_further_tries_for_a_quarter_of_an_hour(
    browser: httpx.AsyncClient, owner: Someone, clock: TestClock
) -> None:
    for _ in range(10):
        answer = await sign_in(browser, password="not the password")
        assert (answer.status_code, answer.json()["code"]) == (401, "SIGN_IN_FAILED")
    answer = await sign_in(browser)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 901
    clock.advance(minutes=15, seconds=1)
    assert (await sign_in(browser)).status_code == 201


async def test_an_unknown_address_is_answered_like_a_wrong_password(
    browser: httpx.AsyncClient, owner: Someone
) -> None:
    wrong = await sign_in(browser, password="not the password")
    unknown = await sign_in(browser, email="nobody@acme.test")
    assert (wrong.status_code, wrong.json()) == (unknown.status_code, unknown.json())


async def test_a_success_clears_the_count_of_failures(browser: httpx.AsyncClient, owner: Someone) -> None:
    for _ in range(3):
        for _ in range(9):
            await sign_in(browser, password="not the password")
        assert (await sign_in(browser)).status_code == 201


async def test_changing_ones_password_takes_the_present_one_and_ends_other_sessions(
    app: Front, browser: httpx.AsyncClient, owner: Someone
) -> None:
    csrf = use_session(await sign_in(browser))
    async with client_of(app) as other:
        use_session(await sign_in(other))
        body = {"password": "a new long password"}
        assert (await browser.put("/users/current", json=body, headers=csrf)).status_code == 400
        body |= {"currentPassword": PASSWORD}
        short = {**body, "password": "short"}
        assert (await browser.put("/users/current", json=short, headers=csrf)).status_code == 400
        assert (await browser.put("/users/current", json=body, headers=csrf)).status_code == 200
        assert (await other.get("/session")).status_code == 401
    assert (await browser.get("/session")).status_code == 200
    assert (await sign_in(browser, password="a new long password")).status_code == 201


async def test_broken_sign_in_bodies_are_400(browser: httpx.AsyncClient, owner: Someone) -> None:
    bodies: list[object] = [{}, {"email": 1, "password": "x"}, {"email": "a\x00b", "password": "x"}, [], None]
    for body in bodies:
        assert (await browser.post("/session", json=body)).status_code == 400, body
