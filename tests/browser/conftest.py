"""A browser in front of a really running installation that serves the built web app."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from support.installation import Installation
from support.smtp_sink import SmtpSink, smtp_sink
from tocsin.entrypoints.front import STATIC

EMAIL, PASSWORD = "owner@acme.test", "correct horse battery"
KEY = "tcn_" + "b" * 40
CHROMIUM = os.environ.get("TOCSIN_CHROMIUM", "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 20_000


@dataclass(slots=True)
class Site:
    """base: its address. api: a client with the owner's key. sink: where its mails end."""

    base: str
    api: httpx.AsyncClient
    sink: SmtpSink
    folder: Path


@pytest.fixture(scope="session")
async def site() -> AsyncIterator[Site]:
    assert (STATIC / "index.html").is_file(), (
        "The web app is not built; run `make test`, which builds it first"
    )
    async with smtp_sink() as sink:
        settings = {
            "admin_email": EMAIL,
            "admin_password": PASSWORD,
            "admin_api_key": KEY,
            "smtp_url": sink.url,
            "rate_limits": "off",
        }
        with Installation(**settings) as installation:
            installation.start()
            base = f"http://localhost:{installation.port}"
            headers = {"Authorization": f"Bearer {KEY}"}
            async with httpx.AsyncClient(base_url=base, headers=headers, timeout=30) as api:
                yield Site(base=base, api=api, sink=sink, folder=installation.folder)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        await running.close()


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A fresh visitor at a desk."""
    fresh = await browser.new_context(viewport={"width": 1280, "height": 860}, reduced_motion="reduce")
    fresh.set_default_timeout(PATIENCE_MS)
    yield fresh
    await fresh.close()


@pytest.fixture
async def page(context: BrowserContext) -> Page:
    return await context.new_page()


async def sign_in(context: BrowserContext, site: Site) -> None:
    """Give the context a session without going through the form."""
    answer = await context.request.post(
        f"{site.base}/api/session", data={"email": EMAIL, "password": PASSWORD}
    )
    assert answer.status == 201, await answer.text()
