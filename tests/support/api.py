"""Talking to the web process over HTTP, in this process and on the test's clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from tocsin.entrypoints.front import Front


@asynccontextmanager
async def client_of(
    app: Front, *, key: str | None = None, ip: str = "127.0.0.1"
) -> AsyncIterator[httpx.AsyncClient]:
    """A client that sends this API key, if any. Paths are relative to /api."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    transport = httpx.ASGITransport(app=app, client=(ip, 1234))
    async with httpx.AsyncClient(
        transport=transport, base_url="https://tocsin.test/api", headers=headers
    ) as client:
        yield client
