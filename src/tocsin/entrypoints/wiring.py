"""What each process is made of: the routes, the gates, and the works of the engine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources import api as alert_sources_api
from tocsin.domains.alerts import api as alerts_api
from tocsin.domains.audit import api as audit_api
from tocsin.domains.escalations import api as escalations_api
from tocsin.domains.events import api as events_api
from tocsin.domains.events.ingest import EventGate
from tocsin.domains.heartbeats import api as heartbeats_api
from tocsin.domains.heartbeats import badges_api
from tocsin.domains.heartbeats import service as heartbeats
from tocsin.domains.heartbeats.ingest import PingGate
from tocsin.domains.heartbeats.liveness import run_liveness
from tocsin.domains.identity import api as identity_api
from tocsin.domains.notifications import api as notifications_api
from tocsin.domains.people import api as people_api
from tocsin.domains.people import contact_api, preference_api, team_api
from tocsin.domains.responses import api as responses_api
from tocsin.domains.responses.inbound_mail import ReplyServer
from tocsin.entrypoints import dashboard, live
from tocsin.entrypoints.front import Gate
from tocsin.entrypoints.watchdog import EngineWatch
from tocsin.entrypoints.works import works as works
from tocsin.infra.live import Listener
from tocsin.infra.mail import open_mailer
from tocsin.infra.web import Services

LEGACY_INTERVAL_SEC = 900


async def follow_legacy_heartbeat(session: AsyncSession, source: Any, heartbeat: Any, now: datetime) -> None:
    """Heartbeats stand above alert sources: a source of type HEARTBEAT gets the monitor behind it from here."""
    await heartbeats.ensure_legacy_monitor(
        session,
        account_id=source.account_id,
        source_id=source.id,
        name=source.name,
        key=source.integration_key,
        interval_sec=heartbeat.interval_sec if heartbeat is not None else LEGACY_INTERVAL_SEC,
        summary=heartbeat.summary if heartbeat is not None else None,
        now=now,
    )


def gates(services: Services) -> list[Gate]:
    """The hot paths, in front of the web framework."""
    return [PingGate(services), EventGate(services)]


def api_routes() -> list[Any]:
    """Under /api; `Front` hands what comes under /api/v1, from older clients, to the same routes."""
    return [
        *identity_api.routes(),
        *people_api.routes(),
        *contact_api.routes(),
        *preference_api.routes(),
        *team_api.routes(),
        *audit_api.routes(),
        *alert_sources_api.routes(),
        *events_api.routes(),
        *alerts_api.routes(),
        *heartbeats_api.routes(),
        *notifications_api.routes(),
        *escalations_api.routes(),
        *dashboard.routes(),
        *live.routes(),
    ]


def page_routes() -> list[Any]:
    """Outside /api: pages rendered on the server, and badges."""
    return [*badges_api.page_routes(), *responses_api.page_routes()]


@asynccontextmanager
async def web_background(services: Services, gates: list[Gate]) -> AsyncIterator[Listener]:
    """What a web process does besides answering: it records that it can receive pings, and listens for changes."""
    listener = Listener(services.database.dsn)
    listener.start()
    ping_gate = next(gate for gate in gates if isinstance(gate, PingGate))
    mailer = open_mailer(services.settings.smtp_url, connections=1)
    tasks = [
        asyncio.create_task(run_liveness(services, is_shedding=lambda: ping_gate.is_shedding)),
        asyncio.create_task(EngineWatch(services, mailer).run()),
    ]
    replies = ReplyServer(services)
    await replies.open()
    try:
        yield listener
    finally:
        await replies.close()
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await mailer.close()
        await listener.close()
