"""Every page, in light and dark and on a phone: nothing serious for axe, and nothing scrolls sideways."""

import asyncio
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
    "/escalation-policies/new",
    "/alert-sources",
    "/alert-sources/new",
    "/deliveries",
    "/people",
    "/people/new",
    "/me",
    "/me?tab=notifications",
    "/me?tab=keys",
    "/settings",
)


async def paths_with_details(site: Site) -> list[str]:
    """The lists and forms, and one page of each kind of thing, with something on it."""
    source = next(
        each for each in (await site.api.get("/api/alert-sources")).json() if each["integrationType"] == "API"
    )
    event = {
        "apiKey": source["integrationKey"],
        "eventType": "ALERT",
        "summary": "A summary that is long: " + "volume-0123456789/" * 8,
        "details": "first line\nsecond line",
        "alertKey": "long",
        "customDetails": {"path": "/" + "segment-" * 30},
    }
    assert (await site.api.post("/api/events", json=event)).status_code == 202
    wanted = {"query": "A summary that is long", "states": "PENDING"}
    async with asyncio.timeout(PATIENCE_MS / 1000):
        alerts = await found(site, wanted)
    monitor = await monitor_with_pings(site)
    policy, person = [
        (await site.api.get(f"/api/{kind}")).json()[0] for kind in ("escalation-policies", "users")
    ]
    return [
        *PATHS,
        f"/alerts/{alerts[0]['id']}",
        *(
            f"/heartbeats/{monitor}{rest}"
            for rest in ("", "?tab=pings", "?tab=recipes", "?tab=alerts", "/edit")
        ),
        f"/escalation-policies/{policy['id']}",
        f"/alert-sources/{source['id']}",
        f"/alert-sources/{source['id']}/edit",
        f"/people/{person['id']}",
    ]


async def found(site: Site, wanted: dict[str, str]) -> list[dict[str, Any]]:
    """The alerts that are wanted, as soon as there are any."""
    while True:
        alerts: list[dict[str, Any]] = (await site.api.get("/api/alerts", params=wanted)).json()
        if alerts:
            return alerts


async def monitor_with_pings(site: Site) -> int:
    """Its id. A run with its time, and a failure with a body of one long line."""
    plan = {"name": "m-" + "0123456789" * 5, "intervalSec": 3600, "maxRunTimeSec": 60}
    plan["runbookUrl"] = "https://runbooks.example/" + "a-long-path/" * 12  # type: ignore[assignment]
    answer = await site.api.put("/api/heartbeat-monitors/external/accessibility", json=plan)
    assert answer.status_code in (200, 201), answer.text
    key = answer.json()["integrationKey"]
    for signal, body in (("start", ""), ("success", "done"), ("fail", "x" * 500)):
        assert (await site.api.post(f"/api/pings/{key}/{signal}", content=body)).status_code == 202
    return int(answer.json()["id"])


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)]
)
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
    page.on("pageerror", lambda error: problems.append(f"{page.url}: {error}"))
    page.on(
        "console", lambda said: problems.append(f"{page.url}: {said.text}") if said.type == "error" else None
    )
    for path in await paths_with_details(site):
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
