"""Monitors to test with."""

from typing import Any

import httpx
from sqlalchemy import text

from tocsin.domains.heartbeats.jobs import HeartbeatWork
from tocsin.infra.web import Services


async def keep_receiving(services: Services) -> None:
    """Ingest was alive all the time until now: a clock moved by the test leaves no monitoring gap."""
    async with services.database.transaction() as session:
        await session.execute(
            text(
                "INSERT INTO ingest_liveness (id, alive_at) VALUES (1, :now) "
                "ON CONFLICT (id) DO UPDATE SET alive_at = excluded.alive_at"
            ),
            {"now": await services.now()},
        )


async def turn(services: Services) -> int:
    """Let the engine look at monitors until nothing is due; pings could be received all the time."""
    await keep_receiving(services)
    return await turn_only(services)


async def turn_only(services: Services) -> int:
    """The engine's looks without a word about whether pings could be received."""
    work = HeartbeatWork(services)
    total = 0
    for _ in range(50):
        done = await work.run_due(await services.now())
        total += done
        if not done:
            return total
    raise AssertionError("the engine found work again and again")


async def new_monitor(api: httpx.AsyncClient, *, source_id: int | None, **fields: Any) -> dict[str, Any]:
    """Created over the API, with its key and URL."""
    body: dict[str, Any] = {"name": "Backup", "intervalSec": 60, **fields}
    if source_id is not None:
        body["alertSource"] = {"id": source_id}
    answer = await api.post("/api/heartbeat-monitors?include=integrationUrl", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def monitor(api: httpx.AsyncClient, monitor_id: int) -> dict[str, Any]:
    found: dict[str, Any] = (await api.get(f"/api/heartbeat-monitors/{monitor_id}")).json()
    return found


async def alerts(api: httpx.AsyncClient, monitor_id: int) -> list[tuple[str, str]]:
    """(status, summary) of the monitor's own alerts, newest first."""
    answer = await api.get(f"/api/heartbeat-monitors/{monitor_id}/alerts")
    return [(alert["status"], alert["summary"]) for alert in answer.json()]


async def timeline(api: httpx.AsyncClient, monitor_id: int) -> list[str]:
    """Kinds, oldest first."""
    answer = await api.get(f"/api/heartbeat-monitors/{monitor_id}/transitions")
    return [entry["kind"] for entry in reversed(answer.json())]
