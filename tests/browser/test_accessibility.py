"""Every page, in light and dark and on a phone: nothing serious for axe, and nothing scrolls sideways."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from browser.conftest import PATIENCE_MS, Site, sign_in

AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
PATHS = (
    "/",
    "/alerts",
    "/heartbeats",
    "/heartbeats/new",
    "/escalation-policies",
    "/alert-sources",
    "/deliveries",
    "/people",
    "/me",
    "/settings",
)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360)])
async def test_every_page_is_accessible_and_fits(
    browser: Browser, site: Site, scheme: Any, width: int
) -> None:
    context = await browser.new_context(
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
        reduced_motion="reduce",
        bypass_csp=True,
    )
    context.set_default_timeout(PATIENCE_MS)
    await sign_in(context, site)
    page = await context.new_page()
    problems: list[str] = []
    for path in PATHS:
        await page.goto(f"{site.base}{path}")
        await page.wait_for_selector("main h1")
        await page.wait_for_load_state("load")
        await page.add_script_tag(path=str(AXE))
        found = await page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        problems += [
            f"{path}: {one['id']} at {one['nodes'][0]['target']}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        sideways = await page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if sideways > 0:
            problems.append(f"{path}: scrolls sideways by {sideways} px")
    await context.close()
    assert problems == []
