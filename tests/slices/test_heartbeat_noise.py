"""Flapping, storms, our own outages: when one alert speaks for many, and when none may open."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from support.clock import TestClock
from support.heartbeats import alerts, keep_receiving, monitor, new_monitor, timeline, turn, turn_only
from support.team import Team, app_of, client, small_team
from tocsin.domains.heartbeats.liveness import beat
from tocsin.infra.web import Services


@pytest.fixture
async def team(services: Services) -> Team:
    return await small_team(services)


@pytest.fixture
async def api(services: Services, team: Team) -> AsyncIterator[httpx.AsyncClient]:
    async with client(app_of(services), team) as found:
        yield found


async def ping(api: httpx.AsyncClient, key: str) -> None:
    assert (await api.get(f"/api/pings/{key}")).status_code == 202


async def miss_and_return(services: Services, clock: TestClock, api: httpx.AsyncClient, key: str) -> None:
    """One outage of two minutes; ends healthy."""
    clock.advance(minutes=3)
    await turn(services)
    await ping(api, key)
    await turn(services)


async def stay_healthy(
    services: Services, clock: TestClock, api: httpx.AsyncClient, key: str, *, minutes: int
) -> None:
    for _ in range(minutes * 2):
        clock.advance(seconds=30)
        await ping(api, key)
        await turn(services)


async def test_the_third_alert_in_an_hour_says_flapping_and_stays_open_until_the_hold_time(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(api, source_id=team.source_id)
    key = made["integrationKey"]
    await ping(api, key)
    await turn(services)
    for _ in range(5):
        await miss_and_return(services, clock, api, key)
    found = await alerts(api, made["id"])
    assert [status for status, _ in found] == ["PENDING", "RESOLVED", "RESOLVED"]
    assert found[0][1] == "Heartbeat monitor 'Backup' is flapping: 3 alerts within 1 h"
    await stay_healthy(services, clock, api, key, minutes=14)
    assert (await alerts(api, made["id"]))[0][0] == "PENDING"
    await stay_healthy(services, clock, api, key, minutes=2)
    assert (await alerts(api, made["id"]))[0][0] == "RESOLVED"
    assert "FLAPPING" in await timeline(api, made["id"])
    assert (await timeline(api, made["id"]))[-1] == "FLAPPING_ENDED"


async def test_flap_detection_can_be_off_for_a_monitor(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(api, source_id=team.source_id, flapDetection=False)
    await ping(api, made["integrationKey"])
    await turn(services)
    for _ in range(4):
        await miss_and_return(services, clock, api, made["integrationKey"])
    assert [status for status, _ in await alerts(api, made["id"])] == ["RESOLVED"] * 4


async def test_many_monitors_that_fall_silent_together_open_one_alert(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    grouped = [await new_monitor(api, source_id=team.source_id, name=f"host {n:02}") for n in range(25)]
    alone = await new_monitor(api, source_id=team.source_id, name="alone", stormGrouping=False)
    for made in (*grouped, alone):
        await ping(api, made["integrationKey"])
    await turn(services)
    clock.advance(minutes=2)
    await turn(services)
    opened = (await api.get("/api/alerts?max-results=100")).json()
    assert sorted(alert["summary"] for alert in opened) == [
        "25 heartbeat monitors fell silent together of 26 armed ones",
        "Heartbeat monitor 'alone' is overdue",
    ]
    storm = next(alert for alert in opened if "together" in alert["summary"])
    assert "- host 00" in (await api.get(f"/api/alerts/{storm['id']}")).json()["details"]
    assert "STORM" in await timeline(api, grouped[0]["id"])
    for made in grouped[1:]:
        await ping(api, made["integrationKey"])
    await turn(services)
    assert (await api.get(f"/api/alerts/{storm['id']}")).json()["status"] == "PENDING"
    await ping(api, grouped[0]["integrationKey"])
    await turn(services)
    assert (await api.get(f"/api/alerts/{storm['id']}")).json()["status"] == "RESOLVED"


async def test_after_our_own_outage_deadlines_move_and_nobody_is_paged_by_mistake(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(api, source_id=team.source_id)
    gone = await new_monitor(api, source_id=team.source_id, name="Gone before")
    await keep_receiving(services)
    await ping(api, gone["integrationKey"])
    clock.advance(seconds=50)
    await keep_receiving(services)
    await ping(api, made["integrationKey"])
    clock.advance(seconds=12)
    await keep_receiving(services)
    # Nothing runs for an hour; the monitor that was overdue before has not been reported yet.
    clock.advance(hours=1)
    await turn_only(services)
    assert (await monitor(api, made["id"]))["state"] == "HEALTHY"
    assert await beat(services, now=clock.at) == clock.at - timedelta(hours=1)
    await turn_only(services)
    assert (await monitor(api, gone["id"]))["state"] == "OVERDUE"
    found = await monitor(api, made["id"])
    assert (found["state"], found["deadline"]) == ("HEALTHY", "2026-03-02T13:02:20.000Z")
    assert "GAP" in await timeline(api, made["id"])
    clock.at += timedelta(seconds=77)
    await turn(services)
    assert await alerts(api, made["id"]) == []
    clock.advance(seconds=3)
    await turn(services)
    assert [status for status, _ in await alerts(api, made["id"])] == ["PENDING"]


async def test_a_beat_each_second_leaves_no_gap_and_clocks_of_two_processes_do_no_harm(
    services: Services, clock: TestClock
) -> None:
    assert await beat(services, now=clock.at) is None
    for _ in range(5):
        assert await beat(services, now=clock.advance(seconds=1)) is None
        assert await beat(services, now=clock.at - timedelta(milliseconds=300)) is None
    assert await beat(services, now=clock.advance(seconds=5)) is None
    assert await beat(services, now=clock.advance(seconds=6)) == clock.at - timedelta(seconds=6)
    async with services.database.pool.acquire() as connection:
        assert await connection.fetchval("SELECT count(*) FROM ingest_gaps") == 1


async def test_a_person_who_resolves_gets_no_second_alert_for_the_same_silence(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(api, source_id=team.source_id)
    await ping(api, made["integrationKey"])
    await turn(services)
    clock.advance(minutes=2)
    await turn(services)
    (alert,) = (await api.get(f"/api/heartbeat-monitors/{made['id']}/alerts")).json()
    assert (await api.put(f"/api/alerts/{alert['id']}/resolve")).status_code == 200
    clock.advance(hours=2)
    await turn(services)
    assert len(await alerts(api, made["id"])) == 1
    await miss_and_return(services, clock, api, made["integrationKey"])
    clock.advance(minutes=2)
    await turn(services)
    assert [status for status, _ in await alerts(api, made["id"])] == ["PENDING", "RESOLVED"]


async def test_without_an_alert_source_only_the_state_changes(
    services: Services, clock: TestClock, api: httpx.AsyncClient
) -> None:
    made = await new_monitor(api, source_id=None)
    await ping(api, made["integrationKey"])
    await turn(services)
    clock.advance(minutes=2)
    await turn(services)
    assert (await monitor(api, made["id"]))["state"] == "OVERDUE"
    assert (await api.get("/api/alerts")).json() == []


async def test_two_engines_at_once_open_each_alert_once(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    import asyncio

    made = [
        await new_monitor(api, source_id=team.source_id, name=f"m{n}", stormGrouping=False) for n in range(12)
    ]
    for one in made:
        await ping(api, one["integrationKey"])
    await turn(services)
    clock.advance(minutes=2)
    await keep_receiving(services)
    await asyncio.gather(*(turn_only(services) for _ in range(4)))
    assert len((await api.get("/api/alerts?max-results=100")).json()) == 12


async def test_every_healthy_monitor_that_is_not_paused_has_a_next_look(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    made = [
        await new_monitor(api, source_id=team.source_id, name=f"m{n}", **extra)
        for n, extra in enumerate(
            (
                {},
                {"scheduleKind": "CRON", "scheduleExpression": "0 3 * * *", "timezone": "Europe/Berlin"},
                {"scheduleKind": "ON_CALENDAR", "scheduleExpression": "2026-03-02 12:00:10"},
            )
        )
    ]
    for step in range(6):
        for one in made:
            await ping(api, one["integrationKey"])
        await api.put(f"/api/heartbeat-monitors/{made[0]['id']}/{'pause' if step % 2 else 'resume'}")
        clock.advance(minutes=20)
        await turn(services)
        async with services.database.pool.acquire() as connection:
            lost = await connection.fetchval(
                "SELECT count(*) FROM heartbeat_monitors "
                "WHERE state = 'HEALTHY' AND paused_at IS NULL AND check_at IS NULL"
            )
            assert lost == 0
