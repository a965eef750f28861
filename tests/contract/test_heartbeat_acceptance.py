"""The acceptance table of the alerting reference (§18) for heartbeats, rows 37 to 44."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from support.clock import TestClock
from support.product import Product, running_product
from tocsin.infra.web import Services

MONITORS = "/api/heartbeat-monitors"


async def _monitor(product: Product, **fields: Any) -> dict[str, Any]:
    body = {"name": "Backup", "intervalSec": 60, "alertSource": {"id": product.source_id}, **fields}
    return await product.create("heartbeat-monitors", **body)


async def test_37_a_new_monitor_is_unknown_and_shows_its_key_and_its_url_only_when_asked(
    product: Product,
) -> None:
    monitor = await _monitor(product)
    assert monitor["state"] == "UNKNOWN"
    assert monitor["integrationKey"].startswith("ih2:60:acme:")
    assert "integrationUrl" not in monitor
    shown = await product.api.get(f"{MONITORS}/{monitor['id']}", params={"include": "integrationUrl"})
    assert shown.json()["integrationUrl"].startswith("https://tocsin.test/api/pings/ih2")


@pytest.mark.parametrize("seconds", [24, 0, -1, 2_678_401, 10**18, 2**70, "60s", 1.5, True])
async def test_37_an_interval_out_of_range_is_400_naming_it(product: Product, seconds: object) -> None:
    answer = await product.api.post(MONITORS, json={"name": "Backup", "intervalSec": seconds})
    assert answer.status_code == 400
    assert "intervalSec" in answer.json()["message"]
    assert (await product.api.get(MONITORS)).json() == []


async def test_38_the_same_name_again_is_409_with_the_existing_monitor_as_body(product: Product) -> None:
    body = {"name": "Backup", "intervalSec": 60}
    include = {"include": "integrationUrl"}
    first = await product.api.post(MONITORS, json=body, params=include)
    again = await product.api.post(MONITORS, json=body, params=include)
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["integrationUrl"] == first.json()["integrationUrl"]
    assert again.json()["id"] == first.json()["id"]


async def test_39_nothing_is_expected_before_the_first_ping(product: Product) -> None:
    monitor = await _monitor(product)
    await product.after(hours=2)
    assert (await product.api.get(f"{MONITORS}/{monitor['id']}")).json()["state"] == "UNKNOWN"
    assert await product.alerts() == []


@pytest.mark.parametrize("method", ["HEAD", "GET", "POST"])
@pytest.mark.parametrize("is_encoded", [False, True])
async def test_40_pings_count_by_every_method_with_the_key_raw_or_encoded(
    product: Product, method: str, is_encoded: bool
) -> None:
    monitor = await _monitor(product)
    key = quote(monitor["integrationKey"], safe="") if is_encoded else monitor["integrationKey"]
    answer = await product.anyone.request(method, f"/api/pings/{key}")
    assert answer.status_code == 202
    assert (await product.api.get(f"{MONITORS}/{monitor['id']}")).json()["state"] == "HEALTHY"


async def test_41_silence_opens_one_alert_and_the_next_ping_resolves_it(product: Product) -> None:
    monitor = await _monitor(product, alertSummary="No backup tonight")
    path, ping = f"{MONITORS}/{monitor['id']}", f"/api/pings/{monitor['integrationKey']}"
    await product.anyone.get(ping)
    await product.after(seconds=60)
    assert (await product.api.get(path)).json()["state"] == "HEALTHY", "the deadline itself is not late"
    await product.after(seconds=1)
    assert (await product.api.get(path)).json()["state"] == "OVERDUE"
    (alert,) = await product.alerts()
    assert (alert["summary"], alert["status"]) == ("No backup tonight", "PENDING")
    assert alert["alertSource"]["id"] == product.source_id
    await product.after(minutes=4)
    assert len(await product.alerts()) == 1
    await product.anyone.get(ping)
    await product.turn()
    assert (await product.api.get(path)).json()["state"] == "HEALTHY"
    (alert,) = await product.alerts()
    assert alert["status"] == "RESOLVED"
    types = await product.log_types(alert["id"])
    assert types[0] == "HeartbeatOverdueLogEntry"
    assert "HeartbeatResolvedLogEntry" in types


async def test_41_a_person_may_resolve_it_and_no_second_alert_opens_for_the_same_silence(
    product: Product,
) -> None:
    monitor = await _monitor(product)
    await product.anyone.get(f"/api/pings/{monitor['integrationKey']}")
    await product.after(seconds=61)
    (alert,) = await product.alerts()
    await product.api.put(f"/api/alerts/{alert['id']}/resolve")
    await product.after(hours=1)
    assert len(await product.alerts()) == 1


async def test_42_a_new_interval_makes_a_new_key_and_the_old_one_is_refused(product: Product) -> None:
    monitor = await _monitor(product)
    old = monitor["integrationKey"]
    await product.anyone.get(f"/api/pings/{old}")
    body = {"name": "Backup", "intervalSec": 120, "integrationKey": old}
    changed = await product.api.put(f"{MONITORS}/{monitor['id']}", json=body)
    assert changed.status_code == 200
    assert changed.json()["integrationKey"].startswith("ih2:120:acme:")
    assert changed.json()["state"] == "UNKNOWN"
    refused = await product.anyone.get(f"/api/pings/{old}")
    assert refused.status_code == 400
    assert refused.json()["status"] == 400
    assert (await product.anyone.get(f"/api/pings/{changed.json()['integrationKey']}")).status_code == 202


async def test_42_the_same_interval_keeps_the_key(product: Product) -> None:
    monitor = await _monitor(product)
    body = {"name": "Renamed", "intervalSec": 60}
    changed = await product.api.put(f"{MONITORS}/{monitor['id']}", json=body)
    assert changed.json()["integrationKey"] == monitor["integrationKey"]


async def test_43_the_older_ping_paths_work(product: Product) -> None:
    monitor = await _monitor(product)
    key = monitor["integrationKey"]
    for method, prefix in (
        ("HEAD", "/api/heartbeats"),
        ("GET", "/api/heartbeats"),
        ("POST", "/api/heartbeats"),
        ("GET", "/api/v1/heartbeats"),
        ("HEAD", "/api/v1/heartbeats"),
        ("POST", "/api/v1/heartbeats"),
    ):
        answer = await product.anyone.request(method, f"{prefix}/{key}")
        assert answer.status_code == 202, (method, prefix)
    assert (await product.api.get(f"{MONITORS}/{monitor['id']}")).json()["pingCount"] == 6


async def test_43_a_legacy_heartbeat_source_is_pinged_by_its_own_key(product: Product) -> None:
    source = await product.create_source(
        integrationType="HEARTBEAT", heartbeat={"summary": "Old job is silent", "intervalSec": 60}
    )
    assert source["integrationKey"].startswith("il1hbt")
    assert (await product.anyone.head(f"/api/heartbeats/{source['integrationKey']}")).status_code == 202
    await product.after(seconds=61)
    (alert,) = await product.alerts()
    assert (alert["summary"], alert["alertSource"]["id"]) == ("Old job is silent", source["id"])
    modern = await product.create_source(integrationType="HEARTBEAT2")
    assert (await product.anyone.get(f"/api/heartbeats/{modern['integrationKey']}")).status_code == 400


async def test_43_the_sixth_ping_of_a_minute_is_429(services: Services, clock: TestClock) -> None:
    limited = replace(services, settings=replace(services.settings, rate_limits=True))
    async with running_product(limited, clock) as product:
        monitor = await _monitor(product)
        path = f"/api/v1/heartbeats/{monitor['integrationKey']}"
        answers = [await product.anyone.get(path) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [202] * 5 + [429]
        assert answers[-1].json()["status"] == 429
        clock.advance(minutes=1)
        assert (await product.anyone.get(path)).status_code == 202


@pytest.mark.parametrize("order", ["name", "failing"])
async def test_44_the_cursor_reaches_every_monitor_once(product: Product, order: str) -> None:
    names = ["c", "A", "b", "ä", "z", "0"]
    for name in names:
        monitor = await _monitor(product, name=name)
        if name in "cz":
            await product.anyone.get(f"/api/pings/{monitor['integrationKey']}/fail")
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(20):
        params = {"max-results": 1, "order": order, "start-index": 5}
        answer = await product.api.get(MONITORS, params={**params, **({"cursor": cursor} if cursor else {})})
        assert answer.status_code == 200, answer.text
        seen += [monitor["name"] for monitor in answer.json()]
        cursor = answer.headers.get("next-cursor")
        if cursor is None:
            break
    assert sorted(seen) == sorted(names)
    if order == "failing":
        assert set(seen[:2]) == {"c", "z"}


async def test_44_a_page_above_200_is_400_and_so_is_a_cursor_that_is_none(product: Product) -> None:
    assert (await product.api.get(MONITORS, params={"max-results": 201})).status_code == 400
    for cursor in ("nonsense", "eyJ", "%00", "W10", "bnVsbA", "x" * 5000):
        answer = await product.api.get(MONITORS, params={"cursor": cursor})
        assert answer.status_code == 400, cursor
        assert "cursor" in answer.json()["message"]


async def test_44_lists_carry_keys_only_when_asked_and_never_the_source(product: Product) -> None:
    await _monitor(product)
    (plain,) = (await product.api.get(MONITORS)).json()
    assert not {"integrationKey", "integrationUrl", "alertSource"} & set(plain)
    params = {"include": ["integrationKey", "integrationUrl", "alertSource"]}
    (whole,) = (await product.api.get(MONITORS, params=params)).json()
    assert {"integrationKey", "integrationUrl"} <= set(whole)
    assert "alertSource" not in whole


@pytest.mark.parametrize("key", ["", "ih2:60:acme:nothing", "x" * 600, "ih2%00", "%ff%fe", "il1hb2abc"])
async def test_pings_with_an_unknown_key_are_400_as_json(product: Product, key: str) -> None:
    answer = await product.anyone.get(f"/api/pings/{key}")
    assert answer.status_code == 400
    assert answer.json()["status"] == 400
