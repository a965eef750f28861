"""The first five minutes of a new user, in a browser."""

import re
from email.message import EmailMessage

from playwright.async_api import Page, expect

from browser.conftest import EMAIL, PASSWORD, Site
from support.smtp_sink import text_of


async def mail_about(*words: str, site: Site) -> EmailMessage:
    """The first mail with all these words in its subject; others may come before it."""
    count = 1
    while True:
        await site.sink.at_least(count)
        for mail in site.sink.arrived:
            if all(word in mail["Subject"] for word in words):
                return mail
        count = len(site.sink.arrived) + 1


async def test_a_missed_heartbeat_pages_a_person_who_accepts_from_the_mail(page: Page, site: Site) -> None:
    await page.goto(site.base)
    await page.get_by_label("E-mail").fill(EMAIL)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()

    address = await create_heartbeat(page)
    assert address.startswith(f"{site.base}/api/pings/ih2:25:")
    dashboard = await page.context.new_page()
    await dashboard.goto(site.base)
    await expect(dashboard.get_by_role("heading", name="Dashboard")).to_be_visible()

    # Nothing is loaded again from here on: both pages follow what happens.
    assert (await site.api.get(address)).status_code == 202
    await expect(page.get_by_text("Healthy").first).to_be_visible()
    assert (await site.api.post(f"{address}/fail", content="disk full")).status_code == 202
    await expect(page.get_by_text("Failed").first).to_be_visible()
    await expect(dashboard.get_by_role("link", name=re.compile("Nightly backup"))).to_be_visible()
    await dashboard.get_by_role("link", name=re.compile("Nightly backup")).click()
    await expect(dashboard.get_by_text("Unattended").first).to_be_visible()

    mail = await mail_about("Nightly backup", site=site)
    assert mail["To"] == EMAIL
    link = re.search(r"http://\S+/n/\S+", text_of(mail))
    assert link is not None
    await page.goto(link.group())
    alert_id = int(dashboard.url.rsplit("/", 1)[-1])
    assert await status_of(alert_id, site) == "PENDING", "looking at the link's page changes nothing"
    await page.get_by_role("button", name="Accept").click()
    await expect(page.get_by_text(re.compile("accepted", re.IGNORECASE)).first).to_be_visible()
    assert await status_of(alert_id, site) == "ACCEPTED"
    await expect(dashboard.get_by_text("Accepted").first).to_be_visible()
    await expect(dashboard.get_by_text(re.compile(r"accepted the alert \(E-mail\)"))).to_be_visible()

    assert (await site.api.get(address)).status_code == 202
    await expect(dashboard.get_by_text("Resolved").first).to_be_visible()
    recovery = await mail_about("RESOLVED", "Nightly backup", site=site)
    assert recovery["In-Reply-To"] == mail["Message-ID"]


async def create_heartbeat(page: Page) -> str:
    """Through the form; gives the ping address as the page's button copies it."""
    await page.get_by_role("link", name="Heartbeats", exact=True).click()
    await page.get_by_role("link", name="New heartbeat").first.click()
    await page.get_by_label("Name").fill("Nightly backup")
    await page.get_by_role("combobox", name="Unit of “Expect a ping every”").click()
    await page.get_by_role("option", name="seconds").click()
    await page.get_by_label("Expect a ping every", exact=True).fill("25")
    await page.get_by_role("combobox", name="Alert source").click()
    await page.get_by_role("option", name="Heartbeats").click()
    await page.get_by_role("button", name="Create heartbeat").click()
    await expect(page.get_by_role("heading", name="Nightly backup")).to_be_visible()
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await page.get_by_role("button", name="Copy").first.click()
    return str(await page.evaluate("navigator.clipboard.readText()"))


async def status_of(alert_id: int, site: Site) -> str:
    return str((await site.api.get(f"/api/alerts/{alert_id}")).json()["status"])
