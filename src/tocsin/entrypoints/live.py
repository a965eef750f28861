"""Server-sent events: open pages hear what changed."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from litestar import Request, get
from litestar.response import ServerSentEvent, ServerSentEventMessage

from tocsin.infra.live import Listener
from tocsin.infra.web import Caller

TOPICS = ("alert", "monitor", "notification", "event")
KEEP_ALIVE_SEC = 20.0


@get("/live", tags=["Live"], summary="What changes, as server-sent events")
async def live(request: Request[Any, Any, Any], caller: Caller) -> ServerSentEvent:
    """Events `alert`, `monitor`, `notification`, `event`; data is the id, or `many`. Ids only: what the caller may
    see of them is decided when it asks for them."""
    caller.must_be("VIEWER", to="watch changes")
    listener: Listener = request.app.state["listener"]
    return ServerSentEvent(_changes(listener))


async def _changes(listener: Listener) -> AsyncIterator[ServerSentEventMessage]:
    with listener.queue() as messages:
        # Said only now that nothing is missed any more: a page asks again for what it loaded before.
        yield ServerSentEventMessage(event="hello", data="tocsin", retry=3000)
        while True:
            try:
                topic, payload = await asyncio.wait_for(messages.get(), KEEP_ALIVE_SEC)
            except TimeoutError:
                yield ServerSentEventMessage(comment="still here")
                continue
            if topic in TOPICS:
                yield ServerSentEventMessage(event=topic, data=payload)


def routes() -> list[Any]:
    return [live]
