"""Who may do what, asked of every operation of the API document."""

from typing import Any

import pytest

from support.people import other_account
from support.product import Product
from support.world import one_of_everything, operations, real_path
from tocsin.infra.web import Services

PUBLIC = {
    ("POST", "/api/session"),
    ("POST", "/api/events"),
    ("GET", "/api/numbers"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/health/engine"),
}
# Everybody's own affairs, whatever his role.
OWN = {
    ("PUT", "/api/users/current"),
    ("POST", "/api/users/search-email"),
    ("POST", "/api/api-keys"),
    ("DELETE", "/api/api-keys/{key_id}"),
    ("DELETE", "/api/session"),
    ("DELETE", "/api/sessions/{session_id}"),
}
# They compute an answer from their body and change nothing.
READING = {
    ("POST", "/api/heartbeat-monitors/schedule-preview"),
    ("POST", "/api/escalation-policies/simulate"),
}
# Ids that are positions or names of the caller's own choosing, not of things in the account.
CHOSEN = {"/api/heartbeat-monitors/external/{key}"}


async def _document(product: Product) -> dict[str, Any]:
    found: dict[str, Any] = (await product.anyone.get("/api/openapi.json")).json()
    return found


def _body(operation: dict[str, Any], document: dict[str, Any]) -> Any:
    """A body with a fitting value in each required field, so that the answer is about rights and not about it."""
    if "requestBody" not in operation:
        return None
    return _value(operation["requestBody"]["content"]["application/json"]["schema"], document)


def _value(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    for choice in ("oneOf", "anyOf"):
        if choice in schema:
            return _value(schema[choice][0], document)
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", ())
            return {name: _value(schema["properties"][name], document) for name in wanted}
        case "array":
            return [_value(schema["items"], document)] if schema.get("items") else []
        case "integer":
            return 1
        case "boolean":
            return True
        case _:
            return "2026-05-01T00:00:00Z"


async def test_without_credentials_everything_is_401_but_what_is_listed_here(product: Product) -> None:
    document = await _document(product)
    world = await one_of_everything(product)
    open_ones = set()
    for method, path, operation in operations(document):
        answer = await product.anyone.request(method, real_path(path, world), json=_body(operation, document))
        if (method, path) in PUBLIC:
            assert answer.status_code != 403, (method, path)
            open_ones.add((method, path))
            continue
        assert answer.status_code == 401, (method, path, answer.text)
        assert answer.json()["status"] == 401
    assert open_ones == PUBLIC
    assert (await product.alert(int(world["alert_id"])))["status"] == "PENDING"


async def test_a_wrong_key_is_403_key_error_everywhere(product: Product) -> None:
    document = await _document(product)
    world = await one_of_everything(product)
    for method, path, operation in operations(document):
        if (method, path) in PUBLIC:
            continue
        answer = await product.anyone.request(
            method,
            real_path(path, world),
            json=_body(operation, document),
            headers={"Authorization": "Bearer tcn_wrong"},
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "KEY_ERROR"), (method, path)


@pytest.fixture
async def stranger(services: Services, product: Product) -> dict[str, str]:
    """Credentials of the owner of another account, in which there is nothing."""
    someone = await other_account(services, role="ACCOUNT_OWNER")
    return {"Authorization": f"Bearer {someone.key}"}


async def test_another_accounts_ids_are_404_and_nothing_of_it_is_changed(
    product: Product, stranger: dict[str, str]
) -> None:
    document = await _document(product)
    world = await one_of_everything(product)
    before = await _everything(product, document, world)
    for method, path, operation in operations(document):
        if "{" not in path or path in CHOSEN or path.startswith("/api/live"):
            continue
        answer = await product.anyone.request(
            method, real_path(path, world), json=_body(operation, document), headers=stranger
        )
        allowed = {404} if method in ("GET", "DELETE") else {400, 403, 404}
        if path == "/api/sessions/{session_id}":
            allowed = {404, 401}
        assert answer.status_code in allowed, (method, path, answer.status_code, answer.text)
        assert "Backup" not in answer.text or path.endswith("/{name}"), "the name asked for may be said again"
        assert "bob@acme.test" not in answer.text
    assert await _everything(product, document, world) == before


async def test_lists_show_nothing_of_another_account(product: Product, stranger: dict[str, str]) -> None:
    document = await _document(product)
    await one_of_everything(product)
    for method, path, _ in operations(document):
        if method != "GET" or "{" in path or path == "/api/live" or path.startswith("/health"):
            continue
        answer = await product.anyone.get(path, headers=stranger)
        for secret in ("owner@acme.test", "bob@acme.test", "Backup", "Disk full", "Core", "hosts"):
            assert secret not in answer.text, (path, secret)


async def _everything(product: Product, document: dict[str, Any], world: dict[str, str]) -> dict[str, Any]:
    found = {}
    for method, path, _ in operations(document):
        if method == "GET" and path not in ("/api/live", "/api/audit-entries") and path.startswith("/api"):
            found[path] = (await product.api.get(real_path(path, world))).text
    return found


@pytest.mark.parametrize("role", ["VIEWER", "STAKEHOLDER"])
async def test_who_may_only_read_gets_403_for_every_write_and_nothing_is_changed(
    product: Product, role: str
) -> None:
    document = await _document(product)
    world = await one_of_everything(product)
    reader = await product.create_user("Rita", role=role)
    headers = await product.headers_of(reader["id"])
    before = await _everything(product, document, world)
    for method, path, operation in operations(document):
        if method == "GET" or (method, path) in PUBLIC | OWN | READING:
            continue
        answer = await product.anyone.request(
            method, real_path(path, world), json=_body(operation, document), headers=headers
        )
        # Other people and teams are not his to see at all.
        allowed = {403, 404} if "/users/" in path or "/teams/" in path else {403}
        assert answer.status_code in allowed, (method, path, answer.status_code, answer.text)
    assert await _everything(product, document, world) == before


async def test_a_user_cannot_make_himself_an_administrator(product: Product) -> None:
    user = await product.create_user("Bob", role="USER")
    headers = await product.headers_of(user["id"])
    for path in ("/api/users/current", f"/api/users/{user['id']}"):
        await product.anyone.put(path, json={"role": "ADMIN"}, headers=headers)
    assert (await product.api.get(f"/api/users/{user['id']}")).json()["role"] == "USER"
    made = await product.anyone.post(
        "/api/users", json={"firstName": "A", "lastName": "B", "email": "a@b.test"}, headers=headers
    )
    assert made.status_code == 403


async def test_a_responder_acts_on_alerts_and_changes_no_configuration(product: Product) -> None:
    user = await product.create_user("Bob", role="RESPONDER")
    headers = await product.headers_of(user["id"])
    alert = await product.opened()
    accepted = await product.anyone.put(f"/api/alerts/{alert['id']}/accept", headers=headers)
    assert accepted.status_code == 200
    body = {"name": "P", "escalationRules": [{"escalationTimeout": 5, "user": {"id": user["id"]}}]}
    for path, wanted in (
        ("escalation-policies", body),
        ("alert-sources", {"name": "S", "integrationType": "API", "escalationPolicy": {"id": 1}}),
        ("heartbeat-monitors", {"name": "M", "intervalSec": 60}),
        ("provisioning-keys", {"name": "K"}),
    ):
        answer = await product.anyone.post(f"/api/{path}", json=wanted, headers=headers)
        assert answer.status_code == 403, path
        shown = await product.anyone.get(f"/api/alert-sources/{product.source_id}", headers=headers)
        assert shown.json()["integrationKey"] is None, "keys are for those who may edit"
