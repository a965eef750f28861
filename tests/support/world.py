"""One of everything, for tests that walk through the whole API."""

from typing import Any

from support.product import Product


async def one_of_everything(product: Product) -> dict[str, str]:
    """Fills an installation; gives a real value for each path parameter of the API document."""
    user = await product.create_user("Bob")
    user_id = user["id"]
    headers = await product.headers_of(user_id)
    team = await product.create(
        "teams", name="Core", visibility="PUBLIC", members=[{"user": {"id": user_id}}]
    )
    monitor = await product.create(
        "heartbeat-monitors",
        name="Backup",
        intervalSec=60,
        alertSource={"id": product.source_id},
        externalKey="backup",
        tags=["db"],
    )
    await product.anyone.post(f"/api/pings/{monitor['integrationKey']}", content=b"done")
    alert = await product.opened(alertKey="k", comments=[{"creator": "bot", "content": "look"}])
    await product.api.post(f"/api/alerts/{alert['id']}/responders", json={"user": {"id": user_id}})
    key = await product.create("api-keys", name="spare")
    provisioning = await product.create("provisioning-keys", name="hosts", quota=3)
    phone = await product.create(
        f"users/{user_id}/contacts/phone-numbers", regionCode="DE", target="0151 2345678"
    )
    (email,) = (await product.api.get(f"/api/users/{user_id}/contacts/emails")).json()
    preferences = {
        name: (await product.api.get(f"/api/users/{user_id}/notification-preferences/{name}")).json()
        for name in ("alerts", "updates", "duties", "subscriptions")
    }
    assert headers
    return {
        "user_id": str(user_id),
        "team_id": str(team["id"]),
        "monitor_id": str(monitor["id"]),
        "alert_id": str(alert["id"]),
        "policy_id": str(product.policy_id),
        "source_id": str(product.source_id),
        "source": str(product.source_id),
        "key_id": str(key["id"]),
        "provisioning-keys.key_id": str(provisioning["id"]),
        "phone-numbers.contact_id": str(phone["id"]),
        "contact_id": str(email["id"]),
        **{f"{name}.preference_id": str(found[0]["id"]) for name, found in preferences.items()},
        "session_id": "1",
        "level": "0",
        "key": "backup",
        "heartbeat-monitors.name": "Backup",
        "teams.name": "Core",
        "alert-sources.name": "Api",
        "escalation-policies.name": "Default",
    }


def real_path(path: str, world: dict[str, str]) -> str:
    """The document's path with its parameters filled in."""
    parts = path.split("/")
    for index, part in enumerate(parts):
        if part.startswith("{"):
            name = part[1:-1]
            places = [world[f"{before}.{name}"] for before in parts[:index] if f"{before}.{name}" in world]
            parts[index] = places[-1] if places else world[name]
    return "/".join(parts)


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each operation; those that delete come last, the deepest first."""
    found = [
        (method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict) and "responses" in operation
    ]
    return sorted(found, key=lambda one: (one[0] == "DELETE", -one[1].count("/")))
