import httpx
import pytest

from support.api import client_of
from support.people import Someone, add_user
from tocsin.entrypoints.front import Front
from tocsin.infra.web import Services

EMAILS = "/users/current/contacts/emails"
PHONES = "/users/current/contacts/phone-numbers"
PREFERENCES = "/users/current/notification-preferences"
PHONE = {"regionCode": "DE", "target": "0151 2345678"}


async def login_contact(client: httpx.AsyncClient) -> int:
    return int((await client.get(EMAILS)).json()[0]["id"])


async def test_a_new_user_has_his_login_address_as_a_contact(as_owner: httpx.AsyncClient) -> None:
    [contact] = (await as_owner.get(EMAILS)).json()
    assert (contact["target"], contact["status"]) == ("ada@acme.test", "OK")
    await as_owner.put("/users/current", json={"email": "ada2@acme.test"})
    assert (await as_owner.get(EMAILS)).json() == [contact]


async def test_a_phone_number_is_echoed_as_sent_and_starts_locked(
    as_owner: httpx.AsyncClient, owner: Someone
) -> None:
    answer = await as_owner.post(f"/users/{owner.id}/contacts/phone-numbers", json=PHONE)
    assert answer.status_code == 201
    phone = answer.json()
    assert phone == {**PHONE, "id": phone["id"], "primary": True, "status": "LOCKED"}
    assert answer.headers["location"].endswith(f"/contacts/phone-numbers/{phone['id']}")
    assert (await as_owner.get(f"{PHONES}/{phone['id']}")).json() == phone


async def test_a_contact_is_found_by_its_target(as_owner: httpx.AsyncClient) -> None:
    phone = (await as_owner.post(PHONES, json=PHONE)).json()
    found = await as_owner.post(
        f"{PHONES}/search-target", json={"target": "0151 2345678", "id": 0, "status": ""}
    )
    assert (found.status_code, found.json()) == (200, phone)
    assert (await as_owner.post(f"{PHONES}/search-target", json={"target": "0151 999"})).status_code == 404
    assert (
        await as_owner.post(f"{EMAILS}/search-target", json={"target": "ada@acme.test"})
    ).status_code == 200
    assert (await as_owner.post(f"{EMAILS}/search-target", json={"target": "x@acme.test"})).status_code == 404


async def test_one_phone_is_primary(as_owner: httpx.AsyncClient) -> None:
    first = (await as_owner.post(PHONES, json=PHONE)).json()
    second = (await as_owner.post(PHONES, json={"target": "+49 30 1234567", "primary": True})).json()
    third = (await as_owner.post(PHONES, json={"target": "+49 30 7654321"})).json()
    assert [row["primary"] for row in (await as_owner.get(PHONES)).json()] == [False, True, False]
    changed = await as_owner.put(f"{PHONES}/{second['id']}", json={"target": "+49 30 1234567"})
    assert changed.json()["primary"] is True
    await as_owner.put(f"{PHONES}/{third['id']}", json={"target": third["target"], "primary": True})
    assert [row["primary"] for row in (await as_owner.get(PHONES)).json()] == [False, False, True]
    await as_owner.delete(f"{PHONES}/{third['id']}")
    rows = (await as_owner.get(PHONES)).json()
    assert [(row["id"], row["primary"]) for row in rows] == [(first["id"], True), (second["id"], False)]


async def test_the_same_target_twice_and_an_eleventh_are_refused(as_owner: httpx.AsyncClient) -> None:
    await as_owner.post(PHONES, json=PHONE)
    for repeat in ({"regionCode": "de", "target": "(0151) 234-5678"}, PHONE):
        assert (await as_owner.post(PHONES, json=repeat)).status_code == 400
    assert (await as_owner.post(EMAILS, json={"target": "ADA@acme.test"})).status_code == 400
    for number in range(9):
        assert (await as_owner.post(EMAILS, json={"target": f"a{number}@acme.test"})).status_code == 201
    assert (await as_owner.post(EMAILS, json={"target": "a10@acme.test"})).status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (EMAILS, {}),
        (EMAILS, {"target": ""}),
        (EMAILS, {"target": "nobody"}),
        (EMAILS, {"target": "a@b.test\nBcc: c@d.test"}),
        (EMAILS, {"target": "a\u0000@b.test"}),
        (EMAILS, {"target": 5}),
        (PHONES, {"target": "call me"}),
        (PHONES, {"target": "+1\u0000555"}),
        (PHONES, {"target": "+49 1", "regionCode": "DEU"}),
    ],
    ids=str,
)
async def test_bad_contacts_are_400(as_owner: httpx.AsyncClient, path: str, body: dict[str, object]) -> None:
    assert (await as_owner.post(path, json=body)).status_code == 400


async def test_deleting_a_contact_deletes_the_rules_that_use_it(as_owner: httpx.AsyncClient) -> None:
    contact = await login_contact(as_owner)
    assert len((await as_owner.get(f"{PREFERENCES}/alerts")).json()) == 2
    assert (await as_owner.delete(f"{EMAILS}/{contact}")).status_code == 204
    assert (await as_owner.get(f"{EMAILS}/{contact}")).status_code == 404
    assert (await as_owner.get(f"{PREFERENCES}/alerts")).json() == []


async def test_a_new_user_is_told_by_mail_at_once_and_again_until_he_reacts(
    as_owner: httpx.AsyncClient,
) -> None:
    contact = (await as_owner.get(EMAILS)).json()[0]
    high, low = (await as_owner.get(f"{PREFERENCES}/alerts")).json()
    assert high == {
        "id": high["id"],
        "method": "EMAIL",
        "contact": contact,
        "type": "HIGH_PRIORITY",
        "delayMin": 0,
        "repeatEveryMin": 5,
    }
    assert (low["type"], low["repeatEveryMin"]) == ("LOW_PRIORITY", None)
    [duty] = (await as_owner.get(f"{PREFERENCES}/duties")).json()
    assert duty == {
        "id": duty["id"],
        "method": "EMAIL",
        "contact": contact,
        "type": "ON_CALL",
        "beforeMin": 60,
    }
    [update] = (await as_owner.get(f"{PREFERENCES}/updates")).json()
    assert update == {"id": update["id"], "method": "EMAIL", "contact": contact, "type": "ALERT_RESOLVED"}
    [subscription] = (await as_owner.get(f"{PREFERENCES}/subscriptions")).json()
    assert subscription == {"id": subscription["id"], "method": "EMAIL", "contact": contact}


async def test_a_rule_may_use_a_phone_that_is_not_verified_yet(as_owner: httpx.AsyncClient) -> None:
    phone = (await as_owner.post(PHONES, json=PHONE)).json()
    body = {"method": "SMS", "contact": {"id": phone["id"]}, "delayMin": 0, "type": "HIGH_PRIORITY"}
    answer = await as_owner.post(f"{PREFERENCES}/alerts", json=body)
    assert answer.status_code == 201
    assert answer.json()["contact"] == phone


async def test_push_takes_no_contact(as_owner: httpx.AsyncClient) -> None:
    body = {"method": "PUSH", "contact": None, "delayMin": 0, "type": "LOW_PRIORITY"}
    answer = await as_owner.post(f"{PREFERENCES}/alerts", json=body)
    assert (answer.status_code, answer.json()["contact"]) == (201, None)
    assert (await as_owner.get(f"{PREFERENCES}/alerts/{answer.json()['id']}")).json() == answer.json()


async def test_rules_with_a_missing_or_wrong_contact_are_refused(
    as_owner: httpx.AsyncClient, services: Services, owner: Someone, app: Front
) -> None:
    mine = await login_contact(as_owner)
    bob = await add_user(services, owner.account_id, name="bob")
    async with client_of(app, key=bob.key) as client:
        his = await login_contact(client)
    for method, contact in (
        ("EMAIL", None),
        ("EMAIL", {}),
        ("SMS", {"id": mine}),
        ("EMAIL", {"id": his}),
        ("EMAIL", {"id": 10**30}),
        ("EMAIL", {"id": 2**62}),
    ):
        body = {"method": method, "contact": contact, "delayMin": 0, "type": "HIGH_PRIORITY"}
        assert (await as_owner.post(f"{PREFERENCES}/alerts", json=body)).status_code == 400, body


@pytest.mark.parametrize(
    ("collection", "fields", "status"),
    [
        ("alerts", {"delayMin": 121, "type": "HIGH_PRIORITY"}, 400),
        ("alerts", {"delayMin": -1, "type": "HIGH_PRIORITY"}, 400),
        ("alerts", {"delayMin": 120, "type": "HIGH_PRIORITY"}, 201),
        ("alerts", {"delayMin": 1.5, "type": "HIGH_PRIORITY"}, 400),
        ("alerts", {"type": "HIGH_PRIORITY"}, 201),
        ("alerts", {}, 400),
        ("alerts", {"type": "MEDIUM"}, 400),
        ("alerts", {"type": "HIGH_PRIORITY", "repeatEveryMin": 0}, 400),
        ("alerts", {"type": "HIGH_PRIORITY", "repeatEveryMin": 121}, 400),
        ("alerts", {"type": "HIGH_PRIORITY", "repeatEveryMin": 120}, 201),
        ("alerts", {"type": "HIGH_PRIORITY", "method": "FAX"}, 400),
        ("duties", {"beforeMin": 20}, 400),
        ("duties", {"beforeMin": 1440, "type": "ON_CALL"}, 201),
        ("duties", {"beforeMin": 0, "method": "VOICE"}, 400),
        ("updates", {"type": "FOO"}, 400),
        ("updates", {"type": "ALERT_ESCALATED"}, 201),
        ("subscriptions", {}, 201),
        ("subscriptions", {"method": "WHATSAPP"}, 400),
    ],
    ids=str,
)
async def test_what_a_rule_may_say(
    as_owner: httpx.AsyncClient, collection: str, fields: dict[str, object], status: int
) -> None:
    body = {"method": "EMAIL", "contact": {"id": await login_contact(as_owner)}, **fields}
    answer = await as_owner.post(f"{PREFERENCES}/{collection}", json=body)
    assert answer.status_code == status, answer.text


async def test_a_put_of_a_client_that_knows_no_repeats_leaves_them_alone(as_owner: httpx.AsyncClient) -> None:
    high = (await as_owner.get(f"{PREFERENCES}/alerts")).json()[0]
    path = f"{PREFERENCES}/alerts/{high['id']}"
    body = {
        "method": "EMAIL",
        "contact": {"id": high["contact"]["id"]},
        "delayMin": 3,
        "type": "HIGH_PRIORITY",
    }
    answer = await as_owner.put(path, json=body)
    assert (answer.status_code, answer.json()["delayMin"], answer.json()["repeatEveryMin"]) == (200, 3, 5)
    answer = await as_owner.put(path, json={**body, "repeatEveryMin": None})
    assert answer.json()["repeatEveryMin"] is None
    assert (await as_owner.get(path)).json() == answer.json()


async def test_a_rule_is_found_only_in_its_collection(as_owner: httpx.AsyncClient) -> None:
    high = (await as_owner.get(f"{PREFERENCES}/alerts")).json()[0]
    assert (await as_owner.get(f"{PREFERENCES}/duties/{high['id']}")).status_code == 404
    assert (await as_owner.delete(f"{PREFERENCES}/duties/{high['id']}")).status_code == 404
    assert (await as_owner.delete(f"{PREFERENCES}/alerts/{high['id']}")).status_code == 204
    assert (await as_owner.get(f"{PREFERENCES}/alerts/{high['id']}")).status_code == 404


async def test_others_contacts_and_rules_are_for_administrators(
    app: Front, services: Services, owner: Someone, as_owner: httpx.AsyncClient
) -> None:
    bob = await add_user(services, owner.account_id, name="bob", role="USER")
    vic = await add_user(services, owner.account_id, name="vic", role="VIEWER")
    body = {"method": "PUSH", "contact": None, "delayMin": 0, "type": "HIGH_PRIORITY"}
    async with client_of(app, key=bob.key) as client:
        for path in ("contacts/emails", "contacts/phone-numbers", "notification-preferences/alerts"):
            assert (await client.get(f"/users/{vic.id}/{path}")).status_code == 403
        path = f"/users/{vic.id}/notification-preferences/alerts"
        answer = await client.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (403, "NO_PERMISSION")
    assert (await as_owner.post(path, json=body)).status_code == 201
    async with client_of(app, key=vic.key) as client:
        assert (await client.post(path, json=body)).status_code == 201


async def test_a_user_has_at_most_forty_rules_of_a_type(as_owner: httpx.AsyncClient) -> None:
    body = {"method": "PUSH", "type": "ALERT_ACCEPTED"}
    for _ in range(40):
        assert (await as_owner.post(f"{PREFERENCES}/updates", json=body)).status_code == 201
    assert (await as_owner.post(f"{PREFERENCES}/updates", json=body)).status_code == 400
