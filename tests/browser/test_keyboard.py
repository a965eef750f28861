"""The keyboard is enough."""

from playwright.async_api import Page, expect

from browser.conftest import EMAIL, PASSWORD, Site, sign_in

# What has the focus, and whether an outline, a ring or (in text fields) the border says so.
FOCUS = """
() => {
  const one = document.activeElement;
  const look = getComputedStyle(one);
  const outlined = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0;
  // A field of several parts shows it at the frame around them.
  const frames = [one];
  while (frames.length < 6 && frames.at(-1).parentElement) frames.push(frames.at(-1).parentElement);
  const borders = () => frames.map((each) => getComputedStyle(each).borderColor).join();
  const before = borders();
  one.blur();
  const bordered = borders() !== before;
  one.focus({ focusVisible: true });
  return [one.outerHTML.slice(0, 160), one === document.body || outlined || look.boxShadow !== "none" || bordered];
}
"""


async def test_an_alert_is_found_and_accepted_without_a_mouse(page: Page, site: Site) -> None:
    source = next(
        s for s in (await site.api.get("/api/alert-sources")).json() if s["integrationType"] == "API"
    )
    event = {
        "apiKey": source["integrationKey"],
        "eventType": "ALERT",
        "summary": "Queue is stuck",
        "alertKey": "queue",
    }
    assert (await site.api.post("/api/events", json=event)).status_code == 202

    await page.goto(site.base)
    await page.get_by_label("E-mail").focus()
    await page.keyboard.type(EMAIL)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog").locator("input")).to_be_focused()
    await page.keyboard.type("Alerts")
    await expect(page.get_by_role("dialog").get_by_role("button").first).to_have_text("Alerts")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Alerts", exact=True)).to_be_visible()
    await expect(page.get_by_text("Queue is stuck").first).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.keyboard.press("j")
    async with page.expect_response(lambda answer: "/accept" in answer.url) as accepted:
        await page.keyboard.press("a")
    assert (await accepted.value).ok

    await page.keyboard.press("j")
    await page.keyboard.press("k")
    async with page.expect_response(lambda answer: "/resolve" in answer.url) as resolved:
        await page.keyboard.press("r")
    assert (await resolved.value).ok
    alert = (await site.api.get("/api/alerts", params={"query": "Queue is stuck"})).json()[0]
    assert alert["status"] == "RESOLVED"

    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_whatever_has_the_focus_shows_it(page: Page, site: Site) -> None:
    await sign_in(page.context, site)
    await page.goto(f"{site.base}/heartbeats/new")
    await expect(page.get_by_role("heading", name="New heartbeat")).to_be_visible()
    await page.add_style_tag(content="* { transition: none !important }")
    await page.evaluate("document.activeElement.blur()")
    seen: set[str] = set()
    for _ in range(40):
        await page.keyboard.press("Tab")
        name, is_shown = await page.evaluate(FOCUS)
        assert is_shown, f"the focus on {name} cannot be seen"
        seen.add(name)
    assert len(seen) > 15
