"""Pings over HTTP: what is accepted, what it does, what is refused."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest

from support.clock import TestClock
from support.heartbeats import alerts, keep_receiving, monitor, new_monitor, timeline, turn, turn_only
from support.team import Team, app_of, client, small_team
from tocsin.infra.db import Database
from tocsin.infra.web import Services
from tocsin.kernel.clock import monotonic


@pytest.fixture
async def team(services: Services) -> Team:
    return await small_team(services)


@pytest.fixture
async def api(services: Services, team: Team) -> AsyncIterator[httpx.AsyncClient]:
    async with client(app_of(services), team) as found:
        yield found


@pytest.fixture
async def made(api: httpx.AsyncClient, team: Team) -> dict[str, Any]:
    return await new_monitor(api, source_id=team.source_id)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("prefix", ["/api/pings/", "/api/heartbeats/", "/api/v1/heartbeats/"])
@pytest.mark.parametrize("is_escaped", [False, True])
async def test_a_ping_of_every_form_is_accepted(
    api: httpx.AsyncClient, made: dict[str, Any], method: str, prefix: str, is_escaped: bool
) -> None:
    key = made["integrationKey"].replace(":", "%3A") if is_escaped else made["integrationKey"]
    answer = await api.request(method, prefix + key)
    assert answer.status_code == 202
    assert answer.content == (b"" if method == "HEAD" else b"{}")
    assert (await monitor(api, made["id"]))["state"] == "HEALTHY"


async def test_the_first_ping_arms_and_silence_before_it_is_no_matter(
    services: Services, clock: TestClock, api: httpx.AsyncClient, made: dict[str, Any]
) -> None:
    clock.advance(hours=3)
    await turn(services)
    assert (await monitor(api, made["id"]))["state"] == "UNKNOWN"
    await api.get(f"/api/pings/{made['integrationKey']}")
    await turn(services)
    found = await monitor(api, made["id"])
    assert found["state"] == "HEALTHY"
    assert found["pingCount"] == 1
    assert found["deadline"] == "2026-03-02T15:01:00.000Z"
    assert await timeline(api, made["id"]) == ["ARMED"]


async def test_silence_opens_one_alert_and_the_next_ping_resolves_it(
    services: Services, clock: TestClock, api: httpx.AsyncClient, made: dict[str, Any]
) -> None:
    url = f"/api/pings/{made['integrationKey']}"
    await api.get(url)
    await turn(services)
    clock.advance(seconds=59)
    await turn(services)
    assert await alerts(api, made["id"]) == []
    clock.advance(seconds=1.3)
    await turn(services)
    clock.advance(hours=2)
    await turn(services)
    found = await monitor(api, made["id"])
    assert (found["state"], found["overdueSince"]) == ("OVERDUE", "2026-03-02T12:01:00.000Z")
    assert await alerts(api, made["id"]) == [("PENDING", "Heartbeat monitor 'Backup' is overdue")]
    await api.get(url)
    assert (await monitor(api, made["id"]))["state"] == "HEALTHY"
    await turn(services)
    assert await alerts(api, made["id"]) == [("RESOLVED", "Heartbeat monitor 'Backup' is overdue")]
    assert await timeline(api, made["id"]) == ["ARMED", "OVERDUE", "RECOVERED"]


async def test_pings_that_keep_coming_keep_it_healthy(
    services: Services, clock: TestClock, api: httpx.AsyncClient, made: dict[str, Any]
) -> None:
    for _ in range(10):
        await api.get(f"/api/pings/{made['integrationKey']}")
        clock.advance(seconds=50)
        await turn(services)
    assert await timeline(api, made["id"]) == ["ARMED"]
    assert (await monitor(api, made["id"]))["pingCount"] == 10


@pytest.mark.parametrize(
    "key", ["unknown", "ih2:60:tocsin:abc:def", "il1heartbea1234", "%20", "a" * 300, "%F0%9F%92%A3"]
)
async def test_an_unknown_key_is_400_in_the_error_shape(api: httpx.AsyncClient, key: str) -> None:
    answer = await api.get(f"/api/pings/{key}")
    assert answer.status_code == 400
    assert answer.json()["status"] == 400
    assert answer.json()["code"] == "VALIDATION_ERROR"


async def test_other_methods_are_refused(api: httpx.AsyncClient, made: dict[str, Any]) -> None:
    answer = await api.put(f"/api/pings/{made['integrationKey']}")
    assert answer.status_code == 405
    assert (await monitor(api, made["id"]))["state"] == "UNKNOWN"


async def test_a_post_only_monitor_refuses_get(api: httpx.AsyncClient, team: Team) -> None:
    made = await new_monitor(api, source_id=team.source_id, postOnly=True)
    answer = await api.get(f"/api/pings/{made['integrationKey']}")
    assert answer.status_code == 400
    assert "POST" in answer.json()["message"]
    assert (await monitor(api, made["id"]))["pingCount"] == 0
    assert (await api.post(f"/api/pings/{made['integrationKey']}")).status_code == 202


async def test_the_sixth_ping_in_a_minute_is_429_with_retry_after(
    services: Services, clock: TestClock, team: Team
) -> None:
    limited = replace(services, settings=replace(services.settings, rate_limits=True))
    async with client(app_of(limited), team) as api:
        made = await new_monitor(api, source_id=team.source_id)
        url = f"/api/heartbeats/{made['integrationKey']}"
        codes = [(await api.head(url)).status_code for _ in range(6)]
        assert codes == [202] * 5 + [429]
        refused = await api.get(url)
        assert refused.json()["code"] == "RATE_LIMITED"
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        clock.advance(seconds=60)
        assert (await api.get(url)).status_code == 202


async def test_bodies_are_kept_up_to_100_kb_with_bad_bytes_replaced(
    api: httpx.AsyncClient, made: dict[str, Any]
) -> None:
    await api.post(f"/api/pings/{made['integrationKey']}", content=b"a\x00b\xff" + b"x" * 200_000)
    answer = await api.get(f"/api/heartbeat-monitors/{made['id']}/pings")
    (ping,) = answer.json()
    assert ping["body"].startswith("a�b�xx")
    assert ping["bodyTruncated"] is True
    assert len(ping["body"]) <= 100 * 1024
    assert (ping["kind"], ping["method"], ping["number"]) == ("PING", "POST", 1)


async def test_only_the_last_hundred_pings_are_kept(api: httpx.AsyncClient, made: dict[str, Any]) -> None:
    for _ in range(105):
        await api.get(f"/api/pings/{made['integrationKey']}")
    numbers = [
        ping["number"] for ping in (await api.get(f"/api/heartbeat-monitors/{made['id']}/pings")).json()
    ]
    assert numbers == list(range(105, 5, -1))


async def test_a_link_previewer_does_not_ping_and_is_logged(
    api: httpx.AsyncClient, made: dict[str, Any]
) -> None:
    agent = {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}
    answer = await api.get(f"/api/pings/{made['integrationKey']}/fail", headers=agent)
    assert answer.status_code == 202
    found = await monitor(api, made["id"])
    assert (found["state"], found["failed"]) == ("UNKNOWN", False)
    (ping,) = (await api.get(f"/api/heartbeat-monitors/{made['id']}/pings")).json()
    assert ping["kind"] == "IGNORED"


async def test_a_fail_signal_opens_the_alert_at_once_and_silence_adds_none(
    services: Services, clock: TestClock, api: httpx.AsyncClient, made: dict[str, Any]
) -> None:
    key = made["integrationKey"]
    await api.post(f"/api/pings/{key}/3", content=b"disk full")
    found = await monitor(api, made["id"])
    assert (found["state"], found["failed"], found["lastPingKind"]) == ("OVERDUE", True, "FAIL")
    assert await alerts(api, made["id"]) == [("PENDING", "Heartbeat monitor 'Backup' reported a failure")]
    clock.advance(hours=1)
    await turn(services)
    assert len(await alerts(api, made["id"])) == 1
    await api.get(f"/api/pings/{key}/0")
    await turn(services)
    assert [status for status, _ in await alerts(api, made["id"])] == ["RESOLVED"]


async def test_runs_are_measured_and_told_apart_by_their_id(
    clock: TestClock, api: httpx.AsyncClient, made: dict[str, Any]
) -> None:
    url = f"/api/pings/{made['integrationKey']}"
    await api.get(f"{url}/start?rid=a")
    clock.advance(seconds=5)
    await api.get(f"{url}/start?rid=b")
    clock.advance(seconds=5)
    await api.get(f"{url}/success?rid=a")
    await api.get(f"{url}/success?rid=b")
    await api.get(f"{url}/success?rid=b")
    pings = (await api.get(f"/api/heartbeat-monitors/{made['id']}/pings")).json()
    assert [(ping["rid"], ping["runTimeMs"]) for ping in pings[:3]] == [
        ("b", None),
        ("b", 5000),
        ("a", 10000),
    ]


async def test_a_run_that_takes_too_long_opens_one_alert(
    services: Services, clock: TestClock, api: httpx.AsyncClient, team: Team
) -> None:
    made = await new_monitor(
        api, source_id=team.source_id, intervalSec=3600, maxRunTimeSec=60, startGraceSec=30
    )
    url = f"/api/pings/{made['integrationKey']}"
    await api.get(f"{url}/start")
    await turn(services)
    clock.advance(seconds=89)
    await turn(services)
    assert await alerts(api, made["id"]) == []
    clock.advance(seconds=2)
    await turn(services)
    clock.advance(hours=3)
    await turn(services)
    assert await alerts(api, made["id"]) == [("PENDING", "Heartbeat monitor 'Backup': a run takes too long")]
    await api.get(f"{url}/success")
    await turn(services)
    assert [status for status, _ in await alerts(api, made["id"])] == ["RESOLVED"]


@pytest.mark.parametrize("suffix", ["stop", "256", "-1", "start/now", "1e2"])
async def test_a_signal_that_is_none_is_refused(
    api: httpx.AsyncClient, made: dict[str, Any], suffix: str
) -> None:
    assert (await api.get(f"/api/pings/{made['integrationKey']}/{suffix}")).status_code == 400
    assert (await api.get(f"/api/pings/{made['integrationKey']}/start?rid=%00")).status_code == 400
    assert (await monitor(api, made["id"]))["pingCount"] == 0


async def test_a_paused_monitor_records_pings_and_stays_paused(
    services: Services, clock: TestClock, api: httpx.AsyncClient, made: dict[str, Any]
) -> None:
    url = f"/api/pings/{made['integrationKey']}"
    await api.get(url)
    await turn(services)
    await api.put(f"/api/heartbeat-monitors/{made['id']}/pause")
    await api.get(url)
    await turn(services)
    clock.advance(hours=1)
    await turn(services)
    found = await monitor(api, made["id"])
    assert (found["state"], found["pingCount"]) == ("HEALTHY", 2)
    assert found["pausedAt"] is not None
    assert await alerts(api, made["id"]) == []


async def test_a_provisioning_key_creates_monitors_up_to_its_quota(
    api: httpx.AsyncClient, team: Team
) -> None:
    made = await api.post(
        "/api/provisioning-keys",
        json={"name": "hosts", "quota": 2, "tags": ["host"], "alertSource": {"id": team.source_id}},
    )
    assert made.status_code == 201
    key = made.json()["key"]
    for slug in ("web-1", "web-2", "web-1"):
        assert (await api.get(f"/api/pings/{key}/{slug}")).status_code == 202
    refused = await api.get(f"/api/pings/{key}/web-3")
    assert (refused.status_code, refused.json()["code"]) == (400, "QUOTA_USED_UP")
    found = (await api.get("/api/heartbeat-monitors")).json()
    assert [(m["name"], m["state"], m["pingCount"], m["tags"]) for m in found] == [
        ("web-1", "HEALTHY", 2, ["host"]),
        ("web-2", "HEALTHY", 1, ["host"]),
    ]
    (row,) = (await api.get("/api/provisioning-keys")).json()
    assert "key" not in row
    assert (await api.delete(f"/api/provisioning-keys/{row['id']}")).status_code == 204
    assert (await api.get(f"/api/pings/{key}/web-1")).status_code == 400


async def test_the_database_away_is_503_within_two_seconds_and_never_202(
    services: Services, team: Team, open_database: Database, made: dict[str, Any]
) -> None:
    """Connections are cut and new ones refused, as when the server restarts; then it comes back."""
    away = Database(services.database.dsn)
    await away.open()
    name = await open_database.pool.fetchval("SELECT current_database()")
    admin = await asyncpg.connect(open_database.dsn.replace(f"/{name}?", "/postgres?"))
    key = made["integrationKey"]
    try:
        async with client(app_of(replace(services, database=away)), team) as api:
            assert (await api.get(f"/api/pings/{key}")).status_code == 202
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
            )
            for suffix in ("", "/start", "/fail"):
                begun = monotonic()
                answer = await api.get(f"/api/pings/{key}{suffix}")
                assert monotonic() - begun < 2
                assert answer.status_code == 503
                assert answer.headers["retry-after"]
                assert answer.json()["code"] == "UNAVAILABLE"
            await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            assert (await api.get(f"/api/pings/{key}")).status_code == 202
            assert (await monitor(api, made["id"]))["pingCount"] == 2
    finally:
        await admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        await admin.close()
        await away.close()


async def test_while_pings_cannot_be_received_nothing_becomes_overdue(
    services: Services, clock: TestClock, api: httpx.AsyncClient, made: dict[str, Any]
) -> None:
    await keep_receiving(services)
    await api.get(f"/api/pings/{made['integrationKey']}")
    await turn_only(services)
    clock.advance(minutes=10)
    await turn_only(services)
    assert (await monitor(api, made["id"]))["state"] == "HEALTHY"
