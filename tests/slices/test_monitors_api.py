"""The contract's monitor resource, and what goes beyond it, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from support.clock import TestClock
from support.heartbeats import alerts, monitor, new_monitor, timeline, turn
from support.team import Team, app_of, client, small_team, with_another_key
from tocsin.infra.web import Services
from tocsin.kernel.wire import instant_out

PATH = "/api/heartbeat-monitors"


@pytest.fixture
async def team(services: Services) -> Team:
    return await small_team(services)


@pytest.fixture
async def api(services: Services, team: Team) -> AsyncIterator[httpx.AsyncClient]:
    async with client(app_of(services), team) as found:
        yield found


async def test_a_new_monitor_is_unknown_with_key_and_source(api: httpx.AsyncClient, team: Team) -> None:
    answer = await api.post(
        PATH,
        json={"name": "Backup", "intervalSec": 60, "alertSource": {"id": team.source_id}, "state": "HEALTHY"},
    )
    assert answer.status_code == 201
    body = answer.json()
    assert body["state"] == "UNKNOWN"
    assert body["integrationKey"].startswith("ih2:60:")
    assert body["alertSource"]["id"] == team.source_id
    assert "integrationUrl" not in body
    assert answer.headers["location"].endswith(f"{PATH}/{body['id']}")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"intervalSec": 24}, "intervalSec"),
        ({"intervalSec": 2_678_401}, "intervalSec"),
        ({"intervalSec": "often"}, "intervalSec"),
        ({"intervalSec": 2**70}, ""),
        ({"name": ""}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": None}, "name"),
        ({"alertSource": {"id": 1}}, "alertSource"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../etc/passwd"}, "timezone"),
        ({"scheduleKind": "HOURLY"}, "scheduleKind"),
        ({"scheduleKind": "CRON"}, "scheduleExpression"),
        ({"scheduleKind": "CRON", "scheduleExpression": "61 * * * *"}, "scheduleExpression"),
        ({"scheduleKind": "CRON", "scheduleExpression": "0 0 31 2 *"}, "scheduleExpression"),
        ({"scheduleKind": "ON_CALENDAR", "scheduleExpression": "Someday"}, "scheduleExpression"),
        ({"graceSec": -1}, "graceSec"),
        ({"runbookUrl": "javascript:alert(1)"}, "runbookUrl"),
        ({"tags": [""]}, "tags[0]"),
        ({"expectFirstPingBy": "2020-01-01T00:00:00Z"}, "expectFirstPingBy"),
        ({"expectFirstPingBy": "soon"}, "expectFirstPingBy"),
        ({"maxRunTimeSec": 0}, "maxRunTimeSec"),
    ],
)
async def test_bad_fields_are_400_and_named(
    api: httpx.AsyncClient, change: dict[str, Any], field: str
) -> None:
    answer = await api.post(PATH, json={"name": "Backup", "intervalSec": 60, **change})
    assert answer.status_code == 400, answer.text
    assert field in answer.json()["message"]
    assert (await api.get(PATH)).json() == []


async def test_a_taken_name_is_409_with_the_existing_monitor_and_the_same_includes(
    api: httpx.AsyncClient, team: Team
) -> None:
    first = await new_monitor(api, source_id=team.source_id)
    body = {"name": "Backup", "intervalSec": 300}
    again = await api.post(f"{PATH}?include=integrationUrl", json=body)
    assert again.status_code == 409
    assert again.json()["integrationUrl"] == first["integrationUrl"]
    assert again.json()["intervalSec"] == 60


async def test_lists_carry_keys_only_when_included_and_never_the_source(
    api: httpx.AsyncClient, team: Team
) -> None:
    await new_monitor(api, source_id=team.source_id)
    (plain,) = (await api.get(PATH)).json()
    assert not {"integrationKey", "integrationUrl", "alertSource"} & plain.keys()
    (full,) = (
        await api.get(f"{PATH}?include=integrationKey&include=integrationUrl&include=alertSource")
    ).json()
    assert full["integrationUrl"] == f"https://tocsin.test/api/pings/{full['integrationKey']}"
    assert "alertSource" not in full
    assert (await api.get(f"{PATH}?include=nothing")).status_code == 400


@pytest.mark.parametrize("order", ["name", "failing"])
async def test_following_the_cursor_reaches_every_monitor_once(api: httpx.AsyncClient, order: str) -> None:
    for name in ("b", "a", "c", "e", "d"):
        made = await new_monitor(api, source_id=None, name=name)
        if name in "ae":
            await api.get(f"/api/pings/{made['integrationKey']}/fail")
    found: list[str] = []
    cursor = ""
    for _ in range(5):
        answer = await api.get(f"{PATH}?order={order}&max-results=1&start-index=3&cursor={cursor}")
        found += [m["name"] for m in answer.json()]
        cursor = answer.headers.get("next-cursor", "")
    assert cursor == ""
    assert found == (["a", "b", "c", "d", "e"] if order == "name" else ["a", "e", "b", "c", "d"])


@pytest.mark.parametrize(
    "query", ["max-results=201", "max-results=0", "cursor=x", "cursor=W10", "order=age", "states=X"]
)
async def test_bad_list_parameters_are_400(api: httpx.AsyncClient, query: str) -> None:
    assert (await api.get(f"{PATH}?{query}")).status_code == 400


async def test_lists_filter_by_state_tag_source_and_part_of_the_name(
    api: httpx.AsyncClient, team: Team
) -> None:
    one = await new_monitor(api, source_id=team.source_id, name="Mail 100%", tags=["prod", "mail"])
    two = await new_monitor(api, source_id=None, name="Disk", tags=["prod"])
    await api.get(f"/api/pings/{one['integrationKey']}")
    await api.put(f"{PATH}/{two['id']}/pause")

    async def names(query: str) -> list[str]:
        return [m["name"] for m in (await api.get(f"{PATH}?{query}")).json()]

    assert await names("states=HEALTHY") == ["Mail 100%"]
    assert await names("states=PAUSED") == ["Disk"]
    assert await names("states=UNKNOWN") == []
    assert await names("states=PAUSED&states=HEALTHY") == ["Disk", "Mail 100%"]
    assert await names("tags=prod") == ["Disk", "Mail 100%"]
    assert await names("tags=mail") == ["Mail 100%"]
    assert await names(f"sources={team.source_id}") == ["Mail 100%"]
    assert await names("query=100%25") == ["Mail 100%"]
    assert await names("query=IS") == ["Disk"]
    assert (await api.get(f"{PATH}/count")).json() == {
        "total": 2, "unknown": 0, "healthy": 1, "overdue": 0, "paused": 1,
    }  # fmt: skip
    assert (await api.get(f"{PATH}/tags")).json() == [
        {"tag": "mail", "count": 1},
        {"tag": "prod", "count": 2},
    ]


async def test_a_monitor_is_found_by_its_exact_name(api: httpx.AsyncClient) -> None:
    made = await new_monitor(api, source_id=None, name="db/main nightly")
    found = await api.get(f"{PATH}/name/db/main%20nightly?include=integrationUrl")
    assert (found.status_code, found.json()["id"]) == (200, made["id"])
    assert "integrationUrl" in found.json()
    assert (await api.get(f"{PATH}/name/db")).status_code == 404


async def test_a_new_interval_makes_a_new_key_and_resolves_what_was_open(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(api, source_id=team.source_id)
    await api.get(f"/api/pings/{made['integrationKey']}/fail")
    body = {
        "name": "Backup",
        "intervalSec": 120,
        "alertSource": {"id": team.source_id},
        "integrationKey": "mine",
    }
    changed = (await api.put(f"{PATH}/{made['id']}", json=body)).json()
    assert changed["state"] == "UNKNOWN"
    assert changed["integrationKey"].startswith("ih2:120:")
    assert (await api.get(f"/api/pings/{made['integrationKey']}")).status_code == 400
    assert [status for status, _ in await alerts(api, made["id"])] == ["RESOLVED"]
    clock.advance(hours=1)
    await turn(services)
    assert (await monitor(api, made["id"]))["state"] == "UNKNOWN"


async def test_an_update_keeps_what_it_does_not_name_and_never_unpauses(
    api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(
        api, source_id=team.source_id, graceSec=30, tags=["a"], runbookUrl="https://wiki/x"
    )
    await api.put(f"{PATH}/{made['id']}/pause")
    body = {"name": "Renamed", "intervalSec": 60, "alertSource": {"id": team.source_id}}
    changed = (await api.put(f"{PATH}/{made['id']}", json=body)).json()
    assert changed["pausedAt"] is not None
    assert (changed["name"], changed["graceSec"], changed["tags"]) == ("Renamed", 30, ["a"])
    assert changed["integrationKey"] == made["integrationKey"]
    cleared = (
        await api.put(f"{PATH}/{made['id']}", json={**body, "graceSec": None, "runbookUrl": None})
    ).json()
    assert (cleared["graceSec"], cleared["runbookUrl"]) == (0, None)


async def test_viewers_see_no_keys_and_change_nothing(
    services: Services, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(api, source_id=team.source_id)
    async with services.database.transaction() as session:
        await session.execute(text("UPDATE users SET role = 'VIEWER'"))
    async with client(app_of(services), await with_another_key(services, team)) as viewer:
        found = await viewer.get(f"{PATH}/{made['id']}?include=integrationUrl")
        assert (found.json()["integrationKey"], found.json()["integrationUrl"]) == (None, None)
        for request in (
            viewer.post(PATH, json={"name": "x", "intervalSec": 60}),
            viewer.put(f"{PATH}/{made['id']}", json={"name": "x", "intervalSec": 60}),
            viewer.delete(f"{PATH}/{made['id']}"),
            viewer.put(f"{PATH}/{made['id']}/pause"),
        ):
            assert (await request).status_code == 403


async def test_another_accounts_monitor_is_not_found(
    services: Services, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(api, source_id=team.source_id)
    async with services.database.transaction() as session:
        other = await session.scalar(
            text("INSERT INTO accounts (name, tenant, created_at) VALUES ('o', 'o', now()) RETURNING id")
        )
        await session.execute(text("UPDATE users SET account_id = :other"), {"other": other})
    stranger = replace(await with_another_key(services, replace(team, account_id=other)), source_id=0)
    async with client(app_of(services), stranger) as api_of_stranger:
        assert (await api_of_stranger.get(f"{PATH}/{made['id']}")).status_code == 404
        assert (await api_of_stranger.put(f"{PATH}/{made['id']}/pause")).status_code == 404
        assert (await api_of_stranger.get(PATH)).json() == []
        bulk = await api_of_stranger.post(f"{PATH}/bulk", json={"ids": [made["id"]], "action": "DELETE"})
        assert bulk.json() == {"changed": 0}


async def test_delete_ends_the_key_and_leaves_no_pings_behind(
    services: Services, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(api, source_id=team.source_id)
    await api.get(f"/api/pings/{made['integrationKey']}")
    assert (await api.delete(f"{PATH}/{made['id']}")).status_code == 204
    assert (await api.get(f"{PATH}/{made['id']}")).status_code == 404
    assert (await api.get(f"/api/pings/{made['integrationKey']}")).status_code == 400
    async with services.database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM heartbeat_pings")) == 0


async def test_put_by_external_key_is_idempotent(api: httpx.AsyncClient) -> None:
    body = {"name": "Nightly", "intervalSec": 3600, "tags": ["x"]}
    first = await api.put(f"{PATH}/external/job-1", json=body)
    again = await api.put(f"{PATH}/external/job-1", json=body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["integrationKey"] == again.json()["integrationKey"]
    assert (await api.put(f"{PATH}/external/job-2", json=body)).status_code == 400


async def test_a_muted_monitor_is_reported_when_its_mute_ends(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(api, source_id=team.source_id)
    await api.get(f"/api/pings/{made['integrationKey']}")
    until = instant_out(clock.at + timedelta(hours=1))
    muted = await api.put(f"{PATH}/{made['id']}/mute", json={"until": until, "reason": "moving house"})
    assert (muted.json()["mutedUntil"], muted.json()["muteReason"]) == (until, "moving house")
    clock.advance(minutes=30)
    await turn(services)
    assert (await monitor(api, made["id"]))["state"] == "OVERDUE"
    assert await alerts(api, made["id"]) == []
    clock.advance(minutes=31)
    await turn(services)
    assert [status for status, _ in await alerts(api, made["id"])] == ["PENDING"]


async def test_resume_counts_from_now_on(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(api, source_id=team.source_id)
    await api.get(f"/api/pings/{made['integrationKey']}")
    await api.put(f"{PATH}/{made['id']}/pause")
    clock.advance(hours=5)
    await api.put(f"{PATH}/{made['id']}/resume")
    await turn(services)
    clock.advance(seconds=50)
    await turn(services)
    assert (await monitor(api, made["id"]))["state"] == "HEALTHY"
    clock.advance(seconds=11)
    await turn(services)
    assert (await monitor(api, made["id"]))["state"] == "OVERDUE"
    assert await timeline(api, made["id"]) == ["ARMED", "PAUSED", "RESUMED", "OVERDUE"]


async def test_the_first_ping_can_be_expected_by_an_instant(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    by = instant_out(clock.at + timedelta(hours=1))
    made = await new_monitor(api, source_id=team.source_id, expectFirstPingBy=by)
    await turn(services)
    clock.advance(minutes=59)
    await turn(services)
    assert (await monitor(api, made["id"]))["state"] == "UNKNOWN"
    clock.advance(minutes=2)
    await turn(services)
    assert (await monitor(api, made["id"]))["state"] == "OVERDUE"
    assert len(await alerts(api, made["id"])) == 1


async def test_a_drill_pages_and_is_marked_and_leaves_the_state(api: httpx.AsyncClient, team: Team) -> None:
    made = await new_monitor(api, source_id=team.source_id)
    answer = await api.post(f"{PATH}/{made['id']}/simulate-miss")
    assert answer.status_code == 202
    alert = (await api.get(f"/api/alerts/{answer.json()['alertId']}")).json()
    assert alert["isDrill"] is True
    assert alert["summary"].startswith("[Drill] Heartbeat monitor 'Backup'")
    assert (await monitor(api, made["id"]))["state"] == "UNKNOWN"
    without = await new_monitor(api, source_id=None, name="Other")
    assert (await api.post(f"{PATH}/{without['id']}/simulate-miss")).status_code == 400


async def test_bulk_changes_many_and_skips_strangers(api: httpx.AsyncClient, team: Team) -> None:
    ids = [(await new_monitor(api, source_id=None, name=f"m{n}"))["id"] for n in range(3)]

    async def bulk(**body: Any) -> Any:
        answer = await api.post(f"{PATH}/bulk", json={"ids": [*ids, 999_999], **body})
        return answer.json().get("changed", answer.status_code)

    assert await bulk(action="ADD_TAGS", tags=["x", "y"]) == 3
    assert await bulk(action="REMOVE_TAGS", tags=["x"]) == 3
    assert await bulk(action="SET_SOURCE", alertSourceId=team.source_id) == 3
    assert await bulk(action="SET_SOURCE", alertSourceId=1) == 400
    assert await bulk(action="PAUSE") == 3
    assert await bulk(action="PAUSE") == 0
    assert await bulk(action="MUTE") == 400
    assert await bulk(action="EXPLODE") == 400
    found = await monitor(api, ids[0])
    assert (found["tags"], found["alertSource"]["id"]) == (["y"], team.source_id)
    assert await bulk(action="DELETE") == 3
    assert (await api.get(PATH)).json() == []


async def test_a_schedule_is_previewed_in_its_zone_and_in_utc(api: httpx.AsyncClient) -> None:
    body = {
        "scheduleKind": "CRON",
        "scheduleExpression": "30 2 * * *",
        "timezone": "Europe/Berlin",
        "graceSec": 300,
    }
    found = (await api.post(f"{PATH}/schedule-preview", json=body)).json()
    assert found["next"][0] == {"local": "2026-03-03T02:30:00+01:00", "utc": "2026-03-03T01:30:00Z"}
    assert len(found["next"]) == 5
    assert found["warnings"] == []
    bad = await api.post(f"{PATH}/schedule-preview", json={**body, "scheduleExpression": "x"})
    assert (bad.status_code, "scheduleExpression" in bad.json()["message"]) == (400, True)


async def test_badges_are_public_behind_their_keys(services: Services, api: httpx.AsyncClient) -> None:
    made = await new_monitor(api, source_id=None, name="<Backup>", tags=["prod"])
    links = (await api.get(f"{PATH}/{made['id']}/badges")).json()
    await api.get(f"/api/pings/{made['integrationKey']}")
    async with client(app_of(services)) as anyone:

        async def get(url: str) -> httpx.Response:
            return await anyone.get(url.removeprefix("https://tocsin.test"))

        svg = await get(links["monitor"]["svg"])
        assert svg.headers["content-type"].startswith("image/svg+xml")
        assert "&lt;Backup&gt;: up" in svg.text
        assert (await get(links["monitor"]["json"])).json() == {"name": "<Backup>", "status": "up"}
        shields = (await get(links["tags"][0]["links"]["shields"])).json()
        assert (shields["label"], shields["message"], shields["schemaVersion"]) == ("prod", "up", 1)
        assert (await anyone.get("/badges/nothing.svg")).status_code == 404
