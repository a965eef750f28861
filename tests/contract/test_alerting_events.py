"""More of the acceptance table of the alerting reference (§18): limits, grouping, sources, routing, responders."""

from dataclasses import replace
from typing import Any

import pytest

from support.clock import TestClock
from support.product import Product, running_product
from tocsin.infra.web import Services


async def test_17_the_51st_event_of_a_minute_is_refused_and_the_next_minute_begins_anew(
    services: Services, clock: TestClock
) -> None:
    limited = replace(services, settings=replace(services.settings, rate_limits=True))
    async with running_product(limited, clock) as product:
        body = {"integrationKey": product.source_key, "eventType": "ALERT", "summary": "a"}
        answers = [(await product.anyone.post("/api/events", json=body)) for _ in range(51)]
        assert [answer.status_code for answer in answers] == [202] * 50 + [429]
        assert answers[-1].json()["code"] == "RATE_LIMITED"
        assert int(answers[-1].headers["Retry-After"]) >= 1
        clock.advance(minutes=1)
        assert (await product.anyone.post("/api/events", json=body)).status_code == 202
        await product.turn()
        assert (await product.api.get("/api/alerts/count")).json() == {"count": 51}


async def _three_events(product: Product, key: str, *summaries: str) -> int:
    for summary in summaries or ("Disk full", "Disk full", "Disk full"):
        await product.event(integrationKey=key, eventType="ALERT", summary=summary)
    return len(await product.alerts())


async def test_19_per_email_opens_an_alert_for_every_event(product: Product) -> None:
    source = await product.create_source(alertCreation="ONE_ALERT_PER_EMAIL")
    assert await _three_events(product, source["integrationKey"]) == 3


async def test_19_subject_groups_equal_summaries_whatever_their_case_and_blanks(product: Product) -> None:
    source = await product.create_source(alertCreation="ONE_ALERT_PER_EMAIL_SUBJECT")
    key = source["integrationKey"]
    assert await _three_events(product, key, "Disk full", "DISK FULL", "disk  full ") == 1
    assert await _three_events(product, key, "Disk empty", "Disk empty") == 2


async def test_19_one_pending_attaches_while_pending_and_opens_anew_after_an_accept(product: Product) -> None:
    source = await product.create_source(alertCreation="ONE_PENDING_ALERT_ALLOWED")
    key = source["integrationKey"]
    assert await _three_events(product, key, "a", "b", "c") == 1
    (alert,) = await product.alerts()
    await product.api.put(f"/api/alerts/{alert['id']}/accept")
    assert await _three_events(product, key, "d") == 2


async def test_19_one_open_attaches_after_an_accept_and_opens_anew_after_the_resolve(
    product: Product,
) -> None:
    source = await product.create_source(alertCreation="ONE_OPEN_ALERT_ALLOWED")
    key = source["integrationKey"]
    assert await _three_events(product, key, "a", "b", "c") == 1
    (alert,) = await product.alerts()
    await product.api.put(f"/api/alerts/{alert['id']}/accept")
    assert await _three_events(product, key, "d") == 1
    await product.api.put(f"/api/alerts/{alert['id']}/resolve")
    assert await _three_events(product, key, "e") == 2


async def test_19_a_window_groups_until_it_is_over_and_attaching_does_not_extend_it(product: Product) -> None:
    source = await product.create_source(
        alertCreation="ONE_ALERT_GROUPED_PER_WINDOW", alertGroupingWindow="PT2M"
    )
    key = source["integrationKey"]
    assert await _three_events(product, key, "a") == 1
    product.clock.advance(seconds=119)
    assert await _three_events(product, key, "b", "c") == 1
    product.clock.advance(seconds=1)
    assert await _three_events(product, key, "d") == 2


async def test_19_the_modes_hold_within_one_batch_as_well(product: Product) -> None:
    source = await product.create_source(alertCreation="ONE_OPEN_ALERT_ALLOWED")
    for number in range(3):
        await product.anyone.post(
            "/api/events",
            json={"integrationKey": source["integrationKey"], "eventType": "ALERT", "summary": f"{number}"},
        )
    await product.turn()
    assert len(await product.alerts()) == 1


async def test_20_the_key_beats_the_mode(product: Product) -> None:
    for _ in range(3):
        await product.event(eventType="ALERT", summary="a", alertKey="same")
    (alert,) = await product.alerts()
    assert alert["eventCount"] == 3


async def test_22_an_alert_is_resolved_when_its_sources_time_is_over(product: Product) -> None:
    source = await product.create_source(autoResolutionTimeout="PT10M")
    assert source["autoResolutionTimeout"] == "PT10M"
    alert = await product.opened(integrationKey=source["integrationKey"])
    await product.after(minutes=9, seconds=59)
    assert (await product.alert(alert["id"]))["status"] == "PENDING"
    await product.after(seconds=1)
    assert (await product.alert(alert["id"]))["status"] == "RESOLVED"
    assert "AlertAutoResolvedLogEntry" in await product.log_types(alert["id"])


async def test_23_a_paused_source_drops_its_events_and_says_so(product: Product) -> None:
    path = f"/api/alert-sources/{product.source_id}"
    body = {"name": "Api", "integrationType": "API", "escalationPolicy": {"id": product.policy_id}}
    paused = await product.api.put(path, json={**body, "active": False})
    assert (paused.json()["status"], paused.json()["active"]) == ("DISABLED", False)
    assert (await product.api.put(path, json=body)).json()["active"] is False, "absent leaves it alone"
    answer = await product.event(eventType="ALERT", summary="a")
    assert answer.status_code == 202
    assert await product.alerts() == []
    (event,) = (await product.api.get(f"{path}/events")).json()
    assert (event["disposition"], event["alertId"]) == ("PAUSED", None)


async def test_23_the_event_log_is_searched_by_word_and_time(product: Product) -> None:
    path = f"/api/alert-sources/{product.source_id}/events"
    await product.event(eventType="ALERT", summary="Disk full on db1")
    product.clock.advance(minutes=1)
    await product.event(eventType="ALERT", summary="100% load_on web1")
    found = (await product.api.get(path, params={"query": "DB1"})).json()
    assert [event["payload"]["summary"] for event in found] == ["Disk full on db1"]
    for words, count in (("0% load_", 1), ("loadXon", 0), ("%", 1)):
        assert len((await product.api.get(path, params={"query": words})).json()) == count, words
    since = product.clock.at.isoformat()
    assert len((await product.api.get(path, params={"from": since})).json()) == 1
    assert len((await product.api.get(path, params={"until": since})).json()) == 1


@pytest.mark.parametrize(
    ("rule", "integration_type", "asked", "expected"),
    [
        ("HIGH", "API", "LOW", "LOW"),
        ("HIGH", "API", None, "HIGH"),
        ("LOW", "API", "HIGH", "LOW"),
        ("LOW", "GRAFANA", "HIGH", "HIGH"),
        ("LOW", "GRAFANA", None, "LOW"),
    ],
)
async def test_27_the_events_priority_counts_where_the_rule_is_high_or_the_type_says_so(
    product: Product, rule: str, integration_type: str, asked: str | None, expected: str
) -> None:
    source = await product.create_source(alertPriorityRule=rule, integrationType=integration_type)
    alert = await product.opened(integrationKey=source["integrationKey"], priority=asked)
    assert alert["priority"] == expected


async def test_30_a_low_alert_never_goes_beyond_the_first_level(product: Product) -> None:
    second = await product.create_user("Bob")
    policy = await product.create_policy((5, [product.owner_id]), (5, [second["id"]]))
    await product.use_policy(policy["id"])
    alert = await product.opened(priority="LOW")
    assert alert["nextEscalation"] is None
    await product.after(hours=1)
    responders = (await product.alert(alert["id"]))["responders"]
    assert [item["user"]["id"] for item in responders] == [product.owner_id]


async def test_32_the_routing_key_chooses_the_policy_and_an_unknown_one_leaves_the_sources(
    product: Product,
) -> None:
    routed = await product.create_policy((5, [product.owner_id]), routingKey="teamB")
    alert = await product.opened(routingKey="x, TEAMB")
    assert alert["escalationPolicy"]["id"] == routed["id"]
    assert "AlertRoutedSuccessfulLogEntry" in await product.log_types(alert["id"])
    other = await product.opened(routingKey="nowhere")
    assert other["escalationPolicy"]["id"] == product.policy_id
    assert "AlertNotRoutedLogEntry" in await product.log_types(other["id"])


async def test_35_a_source_is_found_by_id_by_key_and_by_name(product: Product) -> None:
    source = await product.create_source(name="Grafana prod / eu")
    by_id = await product.api.get(f"/api/alert-sources/{source['id']}")
    by_key = await product.api.get(f"/api/alert-sources/{source['integrationKey']}")
    by_name = await product.api.get("/api/alert-sources/name/Grafana%20prod%20%2F%20eu")
    assert by_id.json()["integrationKey"] == source["integrationKey"]
    assert by_key.json() == by_id.json()
    assert by_name.status_code == 200
    assert by_name.json() == by_id.json()
    assert (await product.api.get("/api/alert-sources/name/nothing")).status_code == 404


async def test_36_absent_teams_stay_an_empty_list_clears_and_reading_is_in_order_of_id(
    product: Product,
) -> None:
    first = await product.create("teams", name="B", visibility="PUBLIC", members=[])
    second = await product.create("teams", name="A", visibility="PUBLIC", members=[])
    written = [{"id": second["id"]}, {"id": first["id"]}]
    path = "/api/alert-sources"
    body: dict[str, Any] = {
        "name": "Teams",
        "integrationType": "API",
        "escalationPolicy": {"id": product.policy_id},
    }
    source = (await product.api.post(path, json={**body, "teams": written})).json()
    ordered = sorted([first["id"], second["id"]])
    assert [team["id"] for team in source["teams"]] == ordered
    one = f"{path}/{source['id']}"
    for kept in (body, {**body, "teams": None}):
        assert [team["id"] for team in (await product.api.put(one, json=kept)).json()["teams"]] == ordered
    assert (await product.api.put(one, json={**body, "teams": []})).json()["teams"] == []


@pytest.mark.parametrize("name", ["user-id", "user"])
async def test_45_assigning_a_user_by_either_name_makes_him_the_only_responder(
    product: Product, name: str
) -> None:
    second = await product.create_user("Bob")
    alert = await product.opened()
    for who in (second["id"], second["username"]):
        answer = await product.api.put(f"/api/alerts/{alert['id']}/assign", params={name: who})
        assert answer.status_code == 200, answer.text
        assert [item["user"]["id"] for item in answer.json()["responders"]] == [second["id"]]
        assert answer.json()["nextEscalation"] is None


@pytest.mark.parametrize("name", ["policy-id", "policy"])
async def test_45_rerouting_starts_the_other_policy_at_its_first_level(product: Product, name: str) -> None:
    second = await product.create_user("Bob")
    policy = await product.create_policy((7, [second["id"]]))
    alert = await product.opened()
    answer = await product.api.put(f"/api/alerts/{alert['id']}/assign", params={name: policy["id"]})
    assert answer.status_code == 200, answer.text
    await product.turn()
    found = await product.alert(alert["id"])
    assert found["escalationPolicy"]["id"] == policy["id"]
    assert [item["user"]["id"] for item in found["responders"]] == [second["id"]]


async def test_45_assigning_to_nobody_is_400(product: Product) -> None:
    alert = await product.opened()
    answer = await product.api.put(f"/api/alerts/{alert['id']}/assign")
    assert answer.status_code == 400
    assert answer.json()["code"] == "VALIDATION_ERROR"


async def test_46_a_responder_is_added_once_and_removed_once(product: Product) -> None:
    second = await product.create_user("Bob")
    alert = await product.opened()
    path = f"/api/alerts/{alert['id']}/responders"
    body = {"user": {"id": second["id"]}}
    assert [(await product.api.post(path, json=body)).status_code for _ in range(2)] == [201, 405]
    one = f"{path}/{second['id']}"
    assert [(await product.api.delete(one)).status_code for _ in range(2)] == [204, 404]
    assert (await product.api.post(path, json={"user": {"id": 999_999}})).status_code == 404
    suggested = {"group": "USER", "id": second["id"]}
    assert (await product.api.post(path, json=suggested)).status_code == 201


async def test_49_a_viewer_reads_and_does_not_write(product: Product) -> None:
    alert = await product.opened()
    viewer = await product.create_user("Vera", role="VIEWER")
    headers = await product.headers_of(viewer["id"])
    assert (await product.anyone.get("/api/alerts", headers=headers)).status_code == 200
    answer = await product.anyone.put(f"/api/alerts/{alert['id']}/accept", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "NO_PERMISSION"
    assert (await product.alert(alert["id"]))["status"] == "PENDING"
