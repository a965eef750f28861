"""The acceptance table of the alerting reference (§18), by its numbers, as far as it concerns what is built."""

import pytest

from support.product import Product


async def test_01_02_an_event_is_accepted_without_authorisation_under_both_key_names(
    product: Product,
) -> None:
    for name in ("apiKey", "integrationKey"):
        answer = await product.anyone.post(
            "/api/events",
            json={name: product.source_key, "eventType": "ALERT", "summary": "a", "alertKey": "k1"},
        )
        assert answer.status_code == 202
        assert answer.json() == {}


async def test_03_to_05_a_repeated_key_is_attached_without_case_or_blanks_and_changes_nothing(
    product: Product,
) -> None:
    await product.event(eventType="ALERT", summary="first", alertKey="k1")
    (alert,) = await product.alerts(sources=product.source_id)
    assert (alert["status"], alert["alertKey"]) == ("PENDING", "k1")
    await product.event(eventType="ALERT", summary="second", alertKey=" K1 ")
    (again,) = await product.alerts(sources=product.source_id)
    assert again["id"] == alert["id"]
    assert again["summary"] == "first"
    assert (await product.log_types(alert["id"])).count("AlertReceivedLogEntry") == 2


async def test_06_07_accept_needs_no_summary_and_later_alerts_still_attach(product: Product) -> None:
    await product.event(eventType="ALERT", summary="a", alertKey="k1")
    answer = await product.event(eventType="ACCEPT", alertKey="k1")
    assert answer.status_code == 202
    (alert,) = await product.alerts()
    assert alert["status"] == "ACCEPTED"
    assert alert["acknowledgedByType"] == "SOURCE"
    assert "AlertSourceResponseLogEntry" in await product.log_types(alert["id"])
    await product.event(eventType="ALERT", summary="a", alertKey="k1")
    assert len(await product.alerts()) == 1


async def test_08_09_resolve_ends_the_alert_and_the_next_event_opens_a_new_one(product: Product) -> None:
    await product.event(eventType="ALERT", summary="a", alertKey="k1")
    await product.event(eventType="RESOLVE", alertKey="k1")
    (alert,) = await product.alerts()
    assert alert["status"] == "RESOLVED"
    assert alert["resolvedOn"] is not None
    count = await product.api.get("/api/alerts/count", params={"states": ["PENDING", "ACCEPTED"]})
    assert count.json() == {"count": 0}
    await product.event(eventType="ALERT", summary="a", alertKey="k1")
    newest, _ = await product.alerts()
    assert newest["id"] != alert["id"]


async def test_10_resolve_of_an_unknown_key_changes_nothing(product: Product) -> None:
    answer = await product.event(eventType="RESOLVE", alertKey="nothing")
    assert answer.status_code == 202
    assert await product.alerts() == []
    legacy = await product.anyone.post(
        "/api/v1/events",
        json={"apiKey": product.source_key, "eventType": "RESOLVE", "incidentKey": "nothing", "summary": ""},
    )
    assert legacy.status_code == 400
    assert legacy.json()["code"] == "NO_OPEN_INCIDENT_WITH_KEY"


async def test_11_explicit_nulls_are_the_same_as_absent(product: Product) -> None:
    names = (
        "details",
        "priority",
        "images",
        "links",
        "customDetails",
        "routingKey",
        "severity",
        "labels",
        "services",
    )
    answer = await product.event(eventType="ALERT", summary="a", **dict.fromkeys(names))
    assert answer.status_code == 202
    assert len(await product.alerts()) == 1


async def test_12_a_comment_event_comments(product: Product) -> None:
    await product.event(eventType="ALERT", summary="a", alertKey="k1")
    await product.event(
        eventType="COMMENT", alertKey="k1", comments=[{"creator": "bot", "content": "look here"}]
    )
    (alert,) = await product.alerts()
    assert "AlertCommentAddedBySystemLogEntry" in await product.log_types(alert["id"])
    comments = await product.api.get(f"/api/alerts/{alert['id']}/comments")
    assert [item["content"] for item in comments.json()] == ["look here"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/events/kubernetes/{key}",
        "/api/v1/events/mqtt/{key}",
        "/api/events/keep/{key}%20",
        "/api/v1/kafka/{key}",
    ],
)
async def test_13_typed_paths_carry_the_key(product: Product, path: str) -> None:
    answer = await product.anyone.post(
        path.format(key=product.source_key), json={"eventType": "ALERT", "summary": "a"}
    )
    assert answer.status_code == 202
    await product.turn()
    assert len(await product.alerts()) == 1


async def test_14_the_legacy_path_answers_with_the_outcome(product: Product) -> None:
    body = {"apiKey": product.source_key, "eventType": "ALERT", "summary": "a", "incidentKey": "k9"}
    answer = await product.anyone.post("/api/v1/events", json=body)
    assert answer.status_code == 200
    assert (answer.json()["incidentKey"], answer.json()["alertKey"]) == ("k9", "k9")
    assert answer.json()["responseCode"] == "NEW_INCIDENT_CREATED"
    again = await product.anyone.post("/api/v1/events", json=body)
    assert again.json()["responseCode"] == "EVENT_APPENDED"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"eventType": "FOO", "summary": "a"}, "eventType"),
        ({"eventType": "ALERT", "summary": "a", "severity": "SEV1"}, "severity"),
        ({"eventType": "ALERT", "summary": "a", "severity": 6}, "severity"),
        ({"eventType": "ALERT"}, "summary"),
        ({"eventType": "ALERT", "summary": "a", "labels": {"x": 1}}, "labels"),
        ({"eventType": "ALERT", "summary": "a", "priority": "MIDDLE"}, "priority"),
        ({"eventType": "ALERT", "summary": "a\x00b"}, "summary"),
    ],
)
async def test_15_bad_events_are_refused_naming_the_field(
    product: Product, body: dict[str, object], names: str
) -> None:
    answer = await product.event(**body)
    assert answer.status_code == 400
    error = answer.json()
    assert (error["status"], error["code"]) == (400, "VALIDATION_ERROR")
    assert names in error["message"]
    assert await product.alerts() == []


async def test_16_an_unknown_key_is_404_as_json(product: Product) -> None:
    answer = await product.anyone.post(
        "/api/events", json={"integrationKey": "il1api0", "eventType": "ALERT", "summary": "a"}
    )
    assert answer.status_code == 404
    assert answer.json()["code"] == "NOT_FOUND"


async def test_18_custom_details_come_only_by_include(product: Product) -> None:
    await product.event(eventType="ALERT", summary="a", customDetails={"host": "db1"})
    (alert,) = await product.alerts()
    assert "customDetails" not in alert
    plain = await product.api.get(f"/api/alerts/{alert['id']}")
    assert "customDetails" not in plain.json()
    whole = await product.api.get(f"/api/alerts/{alert['id']}", params={"include": "customDetails"})
    assert whole.json()["customDetails"] == {"host": "db1"}


async def test_47_older_filter_names_are_synonyms(product: Product) -> None:
    await product.event(eventType="ALERT", summary="a")
    old = await product.alerts(state="PENDING", **{"alert-source": product.source_id})
    new = await product.alerts(states="PENDING", sources=product.source_id)
    assert old == new
    assert len(new) == 1


async def test_48_a_page_above_the_cap_is_refused(product: Product) -> None:
    for path, size in (("/api/alerts", 101), ("/api/alert-sources", 51), ("/api/escalation-policies", 51)):
        answer = await product.api.get(path, params={"max-results": size})
        assert answer.status_code == 400, path


async def test_49_no_key_is_401_and_a_wrong_one_403(product: Product) -> None:
    assert (await product.anyone.get("/api/alerts")).status_code == 401
    wrong = await product.anyone.get("/api/alerts", headers={"Authorization": "Bearer tcn_wrong"})
    assert wrong.status_code == 403
    assert wrong.json()["code"] == "KEY_ERROR"
