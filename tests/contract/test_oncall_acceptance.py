"""The acceptance table of the on-call reference (§10), rows 33 to 50, as far as it needs no schedules."""

from typing import Any

import pytest

from support.product import Product

POLICIES = "/api/escalation-policies"


def _level(timeout: int, *users: int, **fields: Any) -> dict[str, Any]:
    return {"escalationTimeout": timeout, "users": [{"id": user} for user in users], **fields}


async def _responders(product: Product, alert_id: int) -> list[int]:
    return [item["user"]["id"] for item in (await product.alert(alert_id))["responders"]]


async def _empty_team(product: Product) -> int:
    team = await product.create("teams", name="Nobody", visibility="PUBLIC", members=[])
    return int(team["id"])


async def test_33_a_policy_is_created_and_read_in_both_spellings(product: Product) -> None:
    body = {
        "name": "P",
        "escalationRules": [{"escalationTimeout": 5, "user": {"id": product.owner_id}}],
    }
    answer = await product.api.post(POLICIES, json=body)
    assert answer.status_code == 201
    policy = answer.json()
    assert answer.headers["Location"].endswith(f"{POLICIES}/{policy['id']}")
    (rule,) = policy["escalationRules"]
    assert [user["id"] for user in rule["users"]] == [product.owner_id]
    assert rule["user"]["id"] == product.owner_id
    assert (rule["schedules"], rule["teams"], policy["teams"]) == ([], [], [])
    assert (policy["repeating"], policy["frequency"], policy["delayMin"]) == (False, 1, 0)


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"escalationRules": []}, "escalationRules"),
        ({"escalationRules": [{"escalationTimeout": 5}]}, "escalationRules[0]"),
        ({"escalationRules": None}, "escalationRules"),
        ({"frequency": 10}, "frequency"),
        ({"frequency": 0}, "frequency"),
        ({"delayMin": 61}, "delayMin"),
        ({"delayMin": -1}, "delayMin"),
        ({"timeout": 525_601}, "escalationTimeout"),
        ({"timeout": -1}, "escalationTimeout"),
        ({"timeout": "five"}, "escalationTimeout"),
        ({"user": 999_999}, "escalationRules[0]"),
        ({"user": 2**70}, "escalationRules[0]"),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
    ],
)
async def test_34_bad_policies_are_400_naming_the_field(
    product: Product, change: dict[str, Any], names: str
) -> None:
    timeout, user = change.pop("timeout", 5), change.pop("user", product.owner_id)
    body = {"name": "P", "escalationRules": [_level(timeout, user)], **change}
    answer = await product.api.post(POLICIES, json=body)
    assert answer.status_code == 400
    assert names in answer.json()["message"]
    assert len((await product.api.get(POLICIES)).json()) == 1


async def test_35_an_absent_repeating_is_false_and_an_absent_delay_none(product: Product) -> None:
    policy = await product.create_policy((5, [product.owner_id]), repeating=True, frequency=3, delayMin=7)
    body = {"name": "P", "escalationRules": [_level(5, product.owner_id)]}
    changed = (await product.api.put(f"{POLICIES}/{policy['id']}", json=body)).json()
    assert (changed["repeating"], changed["frequency"], changed["delayMin"]) == (False, 1, 0)


async def test_36_levels_are_replaced_and_appended(product: Product) -> None:
    second = await product.create_user("Bob")
    path = f"{POLICIES}/{product.policy_id}/levels"
    first = await product.api.put(f"{path}/0", json=_level(9, second["id"]))
    assert first.status_code == 200
    assert first.json()["escalationTimeout"] == 9
    assert (await product.api.put(f"{path}/1", json=_level(3, product.owner_id))).status_code == 200
    rules = (await product.api.get(f"{POLICIES}/{product.policy_id}")).json()["escalationRules"]
    assert [rule["escalationTimeout"] for rule in rules] == [9, 3]
    assert (await product.api.put(f"{path}/99", json=_level(3, product.owner_id))).status_code == 400


async def test_37_a_policy_is_resolved_by_routing_key(product: Product) -> None:
    policy = await product.create_policy((5, [product.owner_id]), routingKey="platform")
    for key in ("x,platform", "PLATFORM", f"il:{{{policy['id']}}}"):
        answer = await product.api.get(f"{POLICIES}/resolve", params={"routing-key": key})
        assert answer.status_code == 200, key
        assert answer.json()["id"] == policy["id"]
    nope = await product.api.get(f"{POLICIES}/resolve", params={"routing-key": "nope"})
    assert nope.status_code == 404
    assert (await product.api.get(f"{POLICIES}/resolve")).status_code == 400


async def test_37_a_routing_key_belongs_to_one_policy(product: Product) -> None:
    await product.create_policy((5, [product.owner_id]), routingKey="platform")
    body = {"name": "Q", "escalationRules": [_level(5, product.owner_id)], "routingKey": "Platform"}
    assert (await product.api.post(POLICIES, json=body)).status_code == 400


async def test_38_policies_and_teams_are_found_by_name(product: Product) -> None:
    policy = await product.create_policy((5, [product.owner_id]), name="Ops / nights & days")
    found = await product.api.get(f"{POLICIES}/name/Ops%20%2F%20nights%20%26%20days")
    assert found.json()["id"] == policy["id"]
    assert (await product.api.get(f"{POLICIES}/name/nothing")).status_code == 404
    team = await product.create("teams", name="A/B", visibility="PUBLIC", members=[])
    assert (await product.api.get("/api/teams/name/A%2FB")).json()["id"] == team["id"]


async def test_39_an_alert_walks_the_levels_on_time_and_then_the_escalation_ends(product: Product) -> None:
    second = await product.create_user("Bob")
    await product.use_policy(
        (await product.create_policy((5, [product.owner_id]), (10, [second["id"]])))["id"]
    )
    alert = await product.opened()
    found = await product.alert(alert["id"])
    assert [item["user"]["id"] for item in found["responders"]] == [product.owner_id]
    assert found["nextEscalationRuleIndex"] == 1
    await product.after(minutes=4, seconds=59)
    assert await _responders(product, alert["id"]) == [product.owner_id]
    await product.after(seconds=1)
    assert await _responders(product, alert["id"]) == [product.owner_id, second["id"]]
    await product.after(minutes=10)
    ended = await product.alert(alert["id"])
    assert (ended["nextEscalation"], ended["status"]) == (None, "PENDING")
    assert (await product.log_types(alert["id"])).count("AlertEscalationEndedLogEntry") == 1


async def test_40_an_accept_stops_the_escalation_and_the_pages(product: Product) -> None:
    second = await product.create_user("Bob")
    await product.use_policy(
        (await product.create_policy((5, [product.owner_id]), (10, [second["id"]])))["id"]
    )
    alert = await product.opened()
    await product.after(minutes=1)
    accepted = await product.api.put(f"/api/alerts/{alert['id']}/accept")
    assert (accepted.json()["status"], accepted.json()["nextEscalation"]) == ("ACCEPTED", None)
    assert product.paged() == ["owner"]
    await product.after(hours=1)
    assert product.paged() == []
    assert await _responders(product, alert["id"]) == [product.owner_id]
    states = (await product.api.get(f"/api/alerts/{alert['id']}/notifications")).json()
    assert sorted(item["status"] for item in states) == ["ERROR", "SUCCESS"], "the repeat was taken back"


async def test_41_a_level_that_reaches_nobody_is_skipped_at_once(product: Product) -> None:
    second = await product.create_user("Bob")
    team = await _empty_team(product)
    policy = await product.create(
        "escalation-policies",
        name="P",
        escalationRules=[_level(5, teams=[{"id": team}]), _level(5, second["id"])],
    )
    await product.use_policy(policy["id"])
    alert = await product.opened()
    assert await _responders(product, alert["id"]) == [second["id"]]
    assert "NobodyOnCallLogEntry" in await product.log_types(alert["id"])


async def test_42_with_nobody_anywhere_the_alert_stays_pending_and_says_so(product: Product) -> None:
    team = await _empty_team(product)
    rules = [_level(5, teams=[{"id": team}]), _level(5, teams=[{"id": team}])]
    policy = await product.create("escalation-policies", name="P", escalationRules=rules)
    await product.use_policy(policy["id"])
    alert = await product.opened()
    await product.after(hours=1)
    found = await product.alert(alert["id"])
    assert (found["status"], found["responders"], found["nextEscalation"]) == ("PENDING", [], None)
    assert "NobodyOnCallLogEntry" in await product.log_types(alert["id"])
    assert (await product.api.get(f"/api/alerts/{alert['id']}/notifications")).json() == []


async def test_43_a_repeating_policy_pages_as_often_as_it_says(product: Product) -> None:
    user = await product.create_user("Bob")
    await _one_rule(product, user["id"])
    await product.use_policy(
        (await product.create_policy((5, [user["id"]]), repeating=True, frequency=2))["id"]
    )
    await product.opened()
    paged = [product.paged()]
    for _ in range(6):
        await product.after(minutes=5)
        paged.append(product.paged())
    assert paged == [["bob"], ["bob"], ["bob"], [], [], [], []]


async def test_44_during_the_delay_nobody_is_paged_and_a_resolve_in_it_ends_it(product: Product) -> None:
    policy = await product.create_policy((5, [product.owner_id]), delayMin=3)
    await product.use_policy(policy["id"])
    alert = await product.opened(alertKey="k")
    found = await product.alert(alert["id"])
    assert (found["responders"], found["nextEscalationRuleIndex"]) == ([], 0)
    assert found["nextEscalation"] is not None
    await product.after(minutes=2)
    assert product.paged() == []
    await product.event(eventType="RESOLVE", alertKey="k")
    await product.after(hours=1)
    assert product.paged() == []
    again = await product.opened(alertKey="k")
    await product.after(minutes=3)
    assert await _responders(product, again["id"]) == [product.owner_id]


async def test_45_raising_a_low_alert_starts_again_with_the_high_rules(product: Product) -> None:
    second = await product.create_user("Bob")
    policy = await product.create_policy((5, [product.owner_id]), (5, [second["id"]]))
    await product.use_policy(policy["id"])
    alert = await product.opened(priority="LOW")
    await product.after(minutes=30)
    product.outbox.take()
    raised = await product.api.put(f"/api/alerts/{alert['id']}/raise")
    assert (raised.status_code, raised.json()["priority"]) == (200, "HIGH")
    await product.after(minutes=5)
    assert await _responders(product, alert["id"]) == [product.owner_id, second["id"]]
    assert "AlertRaisedByUserLogEntry" in await product.log_types(alert["id"])
    why = {item["why"]["priority"] for item in await _deliveries(product, alert["id"])}
    assert why == {"LOW", "HIGH"}


async def test_46_a_person_escalates_to_the_next_level_or_jumps_until_none_is_left(product: Product) -> None:
    second, third = await product.create_user("Bob"), await product.create_user("Cleo")
    users = [product.owner_id, second["id"], third["id"]]
    policy = await product.create_policy(*((30, [user]) for user in users))
    await product.use_policy(policy["id"])
    alert = await product.opened()
    path = f"/api/alerts/{alert['id']}/escalate"
    assert (await product.api.put(path)).status_code == 200
    await product.turn()
    assert await _responders(product, alert["id"]) == users[:2]
    assert (await product.api.put(path, params={"level": 2})).status_code == 200
    await product.turn()
    assert await _responders(product, alert["id"]) == users
    for params in ({}, {"level": 3}, {"level": -1}):
        answer = await product.api.put(path, params=params)
        assert (answer.status_code, answer.json()["code"]) == (400, "NO_FURTHER_LEVEL"), params


async def test_46_escalating_an_accepted_alert_makes_it_pending_again(product: Product) -> None:
    second = await product.create_user("Bob")
    policy = await product.create_policy((5, [product.owner_id]), (5, [second["id"]]))
    await product.use_policy(policy["id"])
    alert = await product.opened()
    await product.api.put(f"/api/alerts/{alert['id']}/accept")
    product.outbox.take()
    await product.api.put(f"/api/alerts/{alert['id']}/escalate")
    await product.turn()
    found = await product.alert(alert["id"])
    assert (found["status"], found["acknowledgedBy"], found["acceptedAt"]) == ("PENDING", None, None)
    assert product.paged() == ["bob"]


async def test_47_an_open_alert_keeps_the_rules_it_began_with(product: Product) -> None:
    alert = await product.opened()
    before = (await product.alert(alert["id"], include="escalationRules"))["escalationRules"]
    second = await product.create_user("Bob")
    body = {"name": "Default", "escalationRules": [_level(1, second["id"])]}
    await product.api.put(f"{POLICIES}/{product.policy_id}", json=body)
    after = (await product.alert(alert["id"], include="escalationRules"))["escalationRules"]
    assert after == before
    assert len(before) == 1


async def test_49_a_team_level_reaches_its_responders_and_not_its_stakeholders(product: Product) -> None:
    second = await product.create_user("Bob")
    third = await product.create_user("Cleo")
    members = [
        {"user": {"id": second["id"]}, "role": "RESPONDER"},
        {"user": {"id": third["id"]}, "role": "STAKEHOLDER"},
    ]
    team = await product.create("teams", name="Core", visibility="PRIVATE", members=members)
    rules = [_level(5, teams=[{"id": team["id"]}])]
    policy = await product.create("escalation-policies", name="P", escalationRules=rules)
    await product.use_policy(policy["id"])
    alert = await product.opened()
    assert await _responders(product, alert["id"]) == [second["id"]]


async def test_50_a_policy_in_use_stays_and_the_answer_names_its_uses(product: Product) -> None:
    path = f"{POLICIES}/{product.policy_id}"
    refused = await product.api.delete(path)
    assert refused.status_code == 400
    assert "Api" in refused.json()["message"]
    other = await product.create_policy((5, [product.owner_id]))
    await product.use_policy(other["id"])
    assert (await product.api.delete(path)).status_code == 204
    assert (await product.api.get(path)).status_code == 404


async def _deliveries(product: Product, alert_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await product.api.get(f"/api/alerts/{alert_id}/deliveries")).json()
    return found


async def _one_rule(product: Product, user_id: int, *delays: int, repeat: int | None = None) -> None:
    """This user is paged by mail after these minutes, and by no other rule."""
    path = f"/api/users/{user_id}/notification-preferences/alerts"
    for rule in (await product.api.get(path)).json():
        await product.api.delete(f"{path}/{rule['id']}")
    (contact,) = (await product.api.get(f"/api/users/{user_id}/contacts/emails")).json()
    for delay in delays or (0,):
        body = {
            "method": "EMAIL",
            "contact": {"id": contact["id"]},
            "delayMin": delay,
            "type": "HIGH_PRIORITY",
            "repeatEveryMin": repeat,
        }
        assert (await product.api.post(path, json=body)).status_code == 201


async def test_73_rules_with_delays_page_on_time_and_an_accept_takes_the_later_ones_back(
    product: Product,
) -> None:
    await _one_rule(product, product.owner_id, 0, 5)
    alert = await product.opened()
    path = f"/api/alerts/{alert['id']}/notifications"
    states = [item["status"] for item in (await product.api.get(path)).json()]
    assert sorted(states) == ["SCHEDULED", "SUCCESS"]
    await product.after(minutes=5)
    assert [item["status"] for item in (await product.api.get(path)).json()] == ["SUCCESS", "SUCCESS"]
    assert len(product.outbox.take()) == 2
    second = await product.opened()
    await product.after(minutes=3)
    await product.api.put(f"/api/alerts/{second['id']}/accept")
    await product.after(minutes=5)
    assert len(product.outbox.take()) == 1
    cancelled = (await product.api.get(f"/api/alerts/{second['id']}/notifications")).json()
    assert sorted(item["status"] for item in cancelled) == ["ERROR", "SUCCESS"]
    assert any("accepted" in (item["errorMessage"] or "") for item in cancelled)


async def test_74_a_notification_has_the_contracts_shape(product: Product) -> None:
    alert = await product.opened()
    found = (await product.api.get(f"/api/alerts/{alert['id']}/notifications")).json()
    assert {item["status"] for item in found} <= {"SCHEDULED", "SUCCESS", "ERROR"}
    assert {"firstname", "lastname", "id"} == set(found[0]["user"])
    assert (found[0]["alertId"], found[0]["method"], found[0]["target"]) == (
        alert["id"],
        "EMAIL",
        "owner@acme.test",
    )


async def test_84_a_muted_user_gets_no_page_and_the_escalation_goes_on(product: Product) -> None:
    first, second = await product.create_user("Ada"), await product.create_user("Bob")
    until = product.clock.at.replace(hour=20).isoformat()
    muted = await product.api.put(f"/api/users/{first['id']}", json={"mutedUntil": until})
    assert muted.status_code == 200, muted.text
    await product.use_policy((await product.create_policy((5, [first["id"]]), (5, [second["id"]])))["id"])
    alert = await product.opened()
    assert product.paged() == []
    assert await _responders(product, alert["id"]) == [first["id"]]
    (kept_back,) = await _deliveries(product, alert["id"])
    assert kept_back["state"] == "SUPPRESSED"
    assert "muted" in kept_back["error"]
    await product.after(minutes=5)
    assert product.paged() == ["bob"]


async def test_85_without_a_usable_rule_the_login_address_is_written_to(product: Product) -> None:
    user = await product.create_user("Bob")
    path = f"/api/users/{user['id']}/notification-preferences/alerts"
    for rule in (await product.api.get(path)).json():
        await product.api.delete(f"{path}/{rule['id']}")
    await product.use_policy((await product.create_policy((5, [user["id"]])))["id"])
    alert = await product.opened()
    assert product.paged() == ["bob"]
    (delivery,) = await _deliveries(product, alert["id"])
    assert "no rule" in delivery["why"]["fallback"]
    assert "NotificationLogEntry" in await product.log_types(alert["id"])
    await product.opened(priority="LOW")
    assert product.paged() == [], "no rule for low alerts is the user's choice"


async def test_86_reading_the_link_of_a_mail_changes_nothing_and_its_form_accepts_once(
    product: Product,
) -> None:
    alert = await product.opened()
    (mail,) = product.mails()
    body = mail.get_body(("plain",))
    assert body is not None
    link = next(line for line in body.get_content().split() if "/n/" in line)
    path = link.removeprefix("https://tocsin.test")
    for _ in range(3):
        for method in ("GET", "HEAD"):
            assert (await product.anyone.request(method, path)).status_code == 200
    assert (await product.alert(alert["id"]))["status"] == "PENDING"
    first = await product.anyone.post(path, data={"action": "accept"})
    assert first.status_code == 200
    accepted = await product.alert(alert["id"])
    assert (accepted["status"], accepted["acknowledgedBy"]["id"]) == ("ACCEPTED", product.owner_id)
    second = await product.anyone.post(path, data={"action": "accept"})
    assert second.status_code == 200
    assert "already" in second.text.lower()
    assert (await product.log_types(alert["id"])).count("UserResponseLogEntry") == 1
    assert (await product.anyone.post("/n/nothing", data={"action": "accept"})).status_code == 404
