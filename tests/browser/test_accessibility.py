"""Every page, in light and dark and on a phone: nothing serious for axe, and nothing scrolls sideways."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser

from browser.conftest import PATIENCE_MS, Site, sign_in

AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
# What sticks out to the right, widest first; empty when nothing does.
SIDEWAYS = """
const page = document.documentElement;
page.scrollWidth <= page.clientWidth ? "" : [...document.querySelectorAll("main *")]
  .filter((one) => one.getBoundingClientRect().right > page.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 120))[0] ?? "something outside main"
"""
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
            f"{path}: {one['id']} at {one['nodes'][0]['html'][:160]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]
        sideways = await page.evaluate(SIDEWAYS)
        if sideways:
            problems.append(f"{path}: scrolls sideways, because of {sideways}")
    await context.close()
    assert not problems, "\n".join(problems)
