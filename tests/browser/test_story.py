"""The first five minutes of a new user, in a browser."""

import re

from playwright.async_api import Page, expect

from browser.conftest import EMAIL, PASSWORD, Site


async def test_a_missed_heartbeat_pages_a_person_who_accepts_from_the_mail(page: Page, site: Site) -> None:
    await page.goto(site.base)
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    await page.goto(f"{site.base}/heartbeats/new")
    await page.get_by_label("Name").fill("Nightly backup")
    await (
        page.get_by_role("combobox", name="Alert source").or_(page.get_by_label("Alert source")).first.click()
    )
    await page.get_by_role("option", name="Heartbeats").click()
    await page.get_by_role("button", name="Create heartbeat").click()
    await expect(page.get_by_role("heading", name="Nightly backup")).to_be_visible()

    monitor = (await site.api.get("/api/heartbeat-monitors/name/Nightly backup")).json()
    key = monitor["integrationKey"]
    assert (await site.api.get(f"/api/pings/{key}")).status_code == 202
    await expect(page.get_by_text("Healthy").first).to_be_visible()

    assert (await site.api.post(f"/api/pings/{key}/fail", content="disk full")).status_code == 202
    await expect(page.get_by_text("Failed").first).to_be_visible()
    await site.sink.at_least(1)
    mail = site.sink.take()[0]
    assert mail["To"] == EMAIL
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = re.search(r"http://\S+/n/\S+", text.replace("=\n", ""))
    assert link is not None

    await page.goto(link.group())
    pending = {"states": "PENDING", "query": "Nightly backup"}
    (alert,) = (await site.api.get("/api/alerts", params=pending)).json()
    await page.get_by_role("button", name="Accept").click()
    await expect(page.get_by_text(re.compile("accepted", re.IGNORECASE)).first).to_be_visible()
    await page.goto(f"{site.base}/alerts/{alert['id']}")
    await expect(page.get_by_text("Accepted").first).to_be_visible()

    assert (await site.api.get(f"/api/pings/{key}")).status_code == 202
    await expect(page.get_by_text("Resolved").first).to_be_visible()
    await site.sink.at_least(1)
    recovery = site.sink.take()[0]
    assert recovery["In-Reply-To"] == mail["Message-ID"]
