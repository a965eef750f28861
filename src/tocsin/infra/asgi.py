"""Bare ASGI answers, for what stands in front of the web framework."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON_TYPE = (b"content-type", b"application/json")


async def answer(
    send: Send,
    *,
    status: int,
    body: bytes = b"",
    headers: tuple[tuple[bytes, bytes], ...] = (JSON_TYPE,),
    is_head: bool = False,
) -> None:
    """Send one whole response."""
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [*headers, (b"content-length", str(len(body)).encode())],
        }
    )
    await send({"type": "http.response.body", "body": b"" if is_head else body})


async def answer_error(
    send: Send, *, body: dict[str, Any], headers: dict[str, str] | None = None, is_head: bool = False
) -> None:
    """The contract's error body; its `status` is the HTTP status."""
    extra = tuple((name.lower().encode(), value.encode()) for name, value in (headers or {}).items())
    await answer(
        send,
        status=int(body["status"]),
        body=msgspec.json.encode(body),
        headers=(JSON_TYPE, *extra),
        is_head=is_head,
    )


async def read_body(receive: Receive, *, limit: int) -> tuple[bytes, bool]:
    """The request's body, at most `limit` bytes, and whether there was more. The rest is read and discarded,
    so that the client gets its answer."""
    parts: list[bytes] = []
    size = 0
    is_longer = False
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        chunk: bytes = message.get("body", b"")
        if chunk and size < limit:
            parts.append(chunk[: limit - size])
        size += len(chunk)
        is_longer = size > limit
        if not message.get("more_body", False):
            break
        if size > 64 * limit:
            break
    return b"".join(parts), is_longer


def client_ip(scope: Scope, *, trusted_proxies: int) -> str:
    """The caller's address; behind `trusted_proxies` proxies it is taken from X-Forwarded-For, from the right."""
    client = scope.get("client")
    direct = str(client[0]) if client else ""
    if trusted_proxies <= 0:
        return direct
    for name, value in scope["headers"]:
        if name == b"x-forwarded-for":
            hops = [part.strip() for part in value.decode("latin-1").split(",") if part.strip()]
            return hops[-trusted_proxies] if len(hops) >= trusted_proxies else direct
    return direct
