"""The delivering process is killed again and again while mails go out."""

import asyncio
import os
import random
import sys
from collections import Counter
from pathlib import Path

from support.clock import TestClock
from support.paging import Rule, World
from support.smtp_sink import SmtpSink, smtp_sink
from tocsin.domains.notifications.service import PagePlan, plan_pages_many
from tocsin.infra.web import Services

PAGES = 150
KILLS = 6
TESTS = Path(__file__).resolve().parent.parent


async def start(services: Services, sink: SmtpSink, clock: TestClock) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "support.delivery_process",
        services.settings.database_url,
        sink.url,
        clock.at.isoformat(),
        cwd=TESTS,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
    )


async def test_no_page_is_lost_and_none_comes_more_than_twice(services: Services, clock: TestClock) -> None:
    world = World(services)
    account = await world.account()
    ada = await world.user("Ada", Rule())
    alerts = [await world.alert(ada) for _ in range(PAGES)]
    async with services.database.transaction() as session:
        await plan_pages_many(
            session,
            [
                PagePlan(account_id=account, alert_id=alert, user_ids=[ada], priority="HIGH", assignment=1)
                for alert in alerts
            ],
            now=clock.at,
        )
    async with smtp_sink() as sink:
        for _ in range(KILLS):
            enough = len(sink.arrived) + random.randint(1, PAGES // KILLS)
            process = await start(services, sink, clock)
            ended = asyncio.create_task(process.wait())
            fed_up = asyncio.create_task(sink.at_least(enough))
            await asyncio.wait({ended, fed_up}, return_when=asyncio.FIRST_COMPLETED)
            fed_up.cancel()
            if not ended.done():
                process.kill()
            await ended
            clock.advance(seconds=61)  # the leases of the killed one run out
        process = await start(services, sink, clock)
        assert await process.wait() == 0
        copies = Counter(str(mail["Message-ID"]) for mail in sink.arrived)
    rows = await world.execute(
        "SELECT n.id, n.state, n.error, (SELECT count(*) FROM notification_attempts t "
        "WHERE t.notification_id = n.id AND t.handed_at IS NOT NULL) AS tries FROM notifications n"
    )
    unknown = [row for row in rows if row.state == "FAILED"]
    assert all(row.tries == 2 and "interrupted twice" in row.error for row in unknown)
    assert len(copies) >= PAGES - len(unknown), "every page arrived, or the list says that it may not have"
    assert max(copies.values()) <= 2
    assert {row.state for row in rows} <= {"SENT", "FAILED"}
