"""Stories of monitors on a clock that the test owns: our own outage, flapping, races, storms, DST."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from support.product import Product

MONITORS = "/api/heartbeat-monitors"


async def _monitor(product: Product, name: str = "Backup", **fields: Any) -> dict[str, Any]:
    body = {"name": name, "intervalSec": 60, "alertSource": {"id": product.source_id}, **fields}
    return await product.create("heartbeat-monitors", **body)


async def _ping(product: Product, monitor: dict[str, Any], signal: str = "") -> None:
    path = f"/api/pings/{monitor['integrationKey']}{signal}"
    answer = await product.anyone.post(path)
    assert answer.status_code == 202, answer.text


async def _state(product: Product, monitor: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await product.api.get(f"{MONITORS}/{monitor['id']}")).json()
    return found


async def _kinds(product: Product, monitor: dict[str, Any]) -> list[str]:
    rows = (await product.api.get(f"{MONITORS}/{monitor['id']}/transitions")).json()
    return sorted(row["kind"] for row in rows)


async def test_our_own_outage_pages_nobody_and_moves_the_deadlines_by_its_length_and_a_grace(
    product: Product,
) -> None:
    monitor = await _monitor(product, graceSec=40)
    await _ping(product, monitor)
    await product.after(seconds=30)
    await product.outage(minutes=10)
    await product.turn()
    assert product.paged() == []
    # 60 s interval, 40 s grace, 600 s of ours, and one grace more: 740 s after the ping.
    await product.after(seconds=740 - 630)
    assert await product.alerts() == []
    assert (await _state(product, monitor))["state"] == "HEALTHY"
    await product.after(seconds=1)
    (alert,) = await product.alerts()
    assert alert["status"] == "PENDING"
    assert "GAP" in await _kinds(product, monitor)


async def test_after_a_restart_storm_monitors_that_ping_again_page_nobody(product: Product) -> None:
    monitors = [await _monitor(product, f"m{number}") for number in range(5)]
    for monitor in monitors:
        await _ping(product, monitor)
    await product.after(seconds=20)
    for _ in range(4):
        await product.outage(seconds=90)
        await product.after(seconds=3)
    for monitor in monitors:
        await _ping(product, monitor)
    await product.after(seconds=60)
    assert await product.alerts() == []
    assert product.paged() == []


async def test_a_monitor_that_was_overdue_before_our_outage_is_still_reported(product: Product) -> None:
    monitor = await _monitor(product)
    await _ping(product, monitor)
    # The deadline passes while pings could be received, and the engine stops before it looks.
    product.clock.advance(seconds=65)
    await product.outage(minutes=10)
    await product.turn()
    (alert,) = await product.alerts()
    assert alert["status"] == "PENDING"
    assert (await _state(product, monitor))["state"] == "OVERDUE"


async def test_while_pings_cannot_be_received_nobody_becomes_overdue(product: Product) -> None:
    monitor = await _monitor(product)
    await _ping(product, monitor)
    await product.turn()
    product.clock.advance(minutes=10)
    for work in product.works:
        await work.run_due(product.clock.at)
    assert (await _state(product, monitor))["state"] == "HEALTHY"
    assert await product.alerts() == []


async def test_a_flapping_monitor_gets_one_alert_that_stays_open_until_it_was_healthy_long_enough(
    product: Product,
) -> None:
    monitor = await _monitor(product)
    for _ in range(3):
        await _ping(product, monitor)
        await product.after(seconds=61)
    alerts = await product.alerts()
    assert [alert["status"] for alert in alerts] == ["PENDING", "RESOLVED", "RESOLVED"]
    assert "flapping" in alerts[0]["summary"]
    assert (await _state(product, monitor))["flappingSince"] is not None
    product.outbox.take()
    for _ in range(5):
        await _ping(product, monitor)
        await product.after(seconds=61)
    assert len(await product.alerts()) == 3
    assert (await product.alerts())[0]["status"] == "PENDING"
    for _ in range(31):
        await _ping(product, monitor)
        await product.after(seconds=30)
    assert (await product.alerts())[0]["status"] == "RESOLVED"
    assert (await _state(product, monitor))["flappingSince"] is None
    assert {"FLAPPING", "FLAPPING_ENDED"} <= set(await _kinds(product, monitor))


async def test_flap_detection_can_be_turned_off(product: Product) -> None:
    monitor = await _monitor(product, flapDetection=False)
    for _ in range(4):
        await _ping(product, monitor)
        await product.after(seconds=61)
    assert len(await product.alerts()) == 4
    assert all("flapping" not in alert["summary"] for alert in await product.alerts())


async def test_a_ping_that_races_the_deadline_never_leaves_an_open_alert_behind(product: Product) -> None:
    monitor = await _monitor(product, flapDetection=False)
    for tenths in range(590, 610):
        await _ping(product, monitor)
        await product.turn()
        product.clock.advance(seconds=tenths / 10)
        await asyncio.gather(_ping(product, monitor), product.turn())
        await product.turn()
        assert (await _state(product, monitor))["state"] == "HEALTHY"
        assert all(alert["status"] == "RESOLVED" for alert in await product.alerts())


async def test_a_ping_received_before_the_deadline_is_in_time_whenever_the_engine_looks(
    product: Product,
) -> None:
    monitor = await _monitor(product)
    await _ping(product, monitor)
    product.clock.advance(seconds=59.9)
    await _ping(product, monitor)
    await product.after(seconds=30)
    assert await product.alerts() == []


async def test_down_and_up_in_the_same_second_is_one_alert_opened_and_resolved(product: Product) -> None:
    monitor = await _monitor(product)
    await _ping(product, monitor)
    await _ping(product, monitor, "/fail")
    await _ping(product, monitor, "/success")
    await product.turn()
    (alert,) = await product.alerts()
    assert alert["status"] == "RESOLVED"
    assert (await _state(product, monitor))["state"] == "HEALTHY"
    await _ping(product, monitor, "/fail")
    await product.turn()
    assert [item["status"] for item in await product.alerts()] == ["PENDING", "RESOLVED"]


async def test_a_fail_signal_opens_the_alert_and_silence_makes_no_second_one(product: Product) -> None:
    monitor = await _monitor(product)
    await _ping(product, monitor, "/3")
    await product.after(minutes=10)
    (alert,) = await product.alerts()
    assert "failure" in alert["summary"]
    assert product.paged().count("owner") >= 1
    await _ping(product, monitor)
    await product.turn()
    assert (await product.alerts())[0]["status"] == "RESOLVED"


async def test_many_that_fall_silent_together_make_one_alert_that_lists_them(product: Product) -> None:
    monitors = [await _monitor(product, f"host-{number:02}") for number in range(25)]
    for monitor in monitors:
        await _ping(product, monitor)
    await product.after(seconds=61)
    (alert,) = await product.alerts()
    assert "25" in alert["summary"]
    assert all(monitor["name"] in alert["details"] for monitor in monitors)
    assert product.paged() == ["owner"]
    assert "STORM" in await _kinds(product, monitors[0])
    for monitor in monitors:
        await _ping(product, monitor)
    await product.turn()
    assert (await product.alerts())[0]["status"] == "RESOLVED"


async def test_a_few_of_many_are_no_storm_and_grouping_can_be_turned_off(product: Product) -> None:
    monitors = [await _monitor(product, f"host-{number:02}") for number in range(19)]
    loners = [await _monitor(product, f"loner-{number}", stormGrouping=False) for number in range(3)]
    for monitor in (*monitors, *loners):
        await _ping(product, monitor)
    await product.after(seconds=61)
    assert len(await product.alerts()) == 22


async def test_a_paused_monitor_stays_paused_through_an_update_of_something_else(product: Product) -> None:
    monitor = await _monitor(product)
    await _ping(product, monitor)
    path = f"{MONITORS}/{monitor['id']}"
    assert (await product.api.put(f"{path}/pause")).status_code == 200
    changed = await product.api.put(path, json={"name": "Renamed", "intervalSec": 60})
    assert changed.json()["pausedAt"] is not None
    await product.api.put(path, json={"name": "Renamed", "intervalSec": 90})
    await product.after(hours=1)
    assert (await _state(product, monitor))["pausedAt"] is not None
    assert await product.alerts() == []
    await product.api.put(
        path, json={"name": "R", "intervalSec": 90, "alertSource": {"id": product.source_id}}
    )
    key = (await product.api.put(f"{path}/resume")).json()["integrationKey"]
    await product.anyone.post(f"/api/pings/{key}")
    await product.after(seconds=91)
    assert len(await product.alerts()) == 1


async def test_a_muted_monitor_is_told_of_when_the_mute_ends(product: Product) -> None:
    monitor = await _monitor(product)
    await _ping(product, monitor)
    until = product.clock.at.replace(minute=30).isoformat()
    body = {"until": until, "reason": "moving house"}
    assert (await product.api.put(f"{MONITORS}/{monitor['id']}/mute", json=body)).status_code == 200
    await product.after(minutes=29)
    assert (await _state(product, monitor))["state"] == "OVERDUE"
    assert await product.alerts() == []
    await product.after(minutes=2)
    assert len(await product.alerts()) == 1


async def test_a_first_ping_behind_a_provisioning_key_creates_a_monitor_until_the_quota_is_used(
    product: Product,
) -> None:
    key = await product.create(
        "provisioning-keys",
        name="hosts",
        quota=2,
        intervalSec=60,
        graceSec=0,
        tags=["auto"],
        alertSource={"id": product.source_id},
    )
    path = f"/api/pings/{key['key']}"
    for slug, status in (("db1", 202), ("db1", 202), ("db2", 202), ("db3", 400), ("db2", 202)):
        assert (await product.anyone.get(f"{path}/{slug}")).status_code == status, slug
    found = (await product.api.get(MONITORS, params={"tags": "auto"})).json()
    assert [(monitor["name"], monitor["pingCount"]) for monitor in found] == [("db1", 2), ("db2", 2)]
    await product.after(seconds=61)
    assert len(await product.alerts()) == 2
    assert (await product.api.delete(f"/api/provisioning-keys/{key['id']}")).status_code == 204
    assert (await product.anyone.get(f"{path}/db1")).status_code == 400


async def test_a_drill_pages_as_a_miss_does_and_says_that_it_is_one(product: Product) -> None:
    monitor = await _monitor(product)
    await _ping(product, monitor)
    answer = await product.api.post(f"{MONITORS}/{monitor['id']}/simulate-miss")
    assert answer.status_code == 202
    await product.turn()
    alert = await product.alert(answer.json()["alertId"])
    assert alert["isDrill"] is True
    (mail,) = product.mails()
    assert "[DRILL]" in str(mail["Subject"])
    assert (await _state(product, monitor))["state"] == "HEALTHY"


# Each: zone, cron expression, the ping before, the first instant expected after it, all as UTC.
DST = [
    # Lord Howe moves by half an hour: +10:30 to +11 on 4 October 2026 at 02:00.
    ("Australia/Lord_Howe", "15 3 * * *", "2026-10-02T16:50:00", "2026-10-03T16:15:00"),
    ("Australia/Lord_Howe", "15 3 * * *", "2026-10-04T16:20:00", "2026-10-05T16:15:00"),
    # Casablanca leaves +01 for +00 during Ramadan (until 22 March 2026).
    ("Africa/Casablanca", "0 9 * * *", "2026-03-20T09:05:00", "2026-03-21T09:00:00"),
    ("Africa/Casablanca", "0 9 * * *", "2026-03-22T08:05:00", "2026-03-23T08:00:00"),
    # Apia skipped 30 December 2011 as a whole.
    ("Pacific/Apia", "0 12 * * *", "2011-12-29T22:05:00", "2011-12-30T22:00:00"),
    # New York, spring: 02:30 does not exist on 8 March 2026; the job runs right after the change.
    ("America/New_York", "30 2 * * *", "2026-03-07T07:31:00", "2026-03-08T07:00:00"),
    ("America/New_York", "0 6 * * *", "2026-03-07T11:01:00", "2026-03-08T10:00:00"),
    # New York, autumn: 01:30 comes twice on 1 November 2026 and the job runs once.
    ("America/New_York", "30 1 * * *", "2026-10-31T05:31:00", "2026-11-01T05:30:00"),
    ("America/New_York", "30 1 * * *", "2026-11-01T05:31:00", "2026-11-02T06:30:00"),
    # Berlin, both ways.
    ("Europe/Berlin", "30 2 * * *", "2026-03-28T01:31:00", "2026-03-29T01:00:00"),
    ("Europe/Berlin", "0 4 * * *", "2026-10-24T02:01:00", "2026-10-25T03:00:00"),
    ("Europe/Berlin", "30 2 * * *", "2026-10-25T00:31:00", "2026-10-26T01:30:00"),
]


@pytest.mark.parametrize(("zone", "expression", "pinged", "expected"), DST)
async def test_a_cron_monitor_is_late_exactly_when_its_zone_says_so(
    product: Product, zone: str, expression: str, pinged: str, expected: str
) -> None:
    product.clock.at = datetime.fromisoformat(pinged).replace(tzinfo=UTC)
    at = datetime.fromisoformat(expected).replace(tzinfo=UTC)
    monitor = await _monitor(
        product,
        scheduleKind="CRON",
        scheduleExpression=expression,
        timezone=zone,
        graceSec=60,
    )
    await _ping(product, monitor)
    assert (await _state(product, monitor))["nextExpectedAt"] == at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    await product.after(seconds=(at - product.clock.at).total_seconds() + 60)
    assert await product.alerts() == []
    await product.after(seconds=1)
    assert len(await product.alerts()) == 1
