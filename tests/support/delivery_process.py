"""A process that delivers and nothing else, for tests that kill it.

usage: python -m support.delivery_process DSN SMTP_URL INSTANT
"""

import asyncio
import sys
from datetime import datetime

import tocsin.migrations.metadata  # noqa: F401  (all tables, for their foreign keys)
from support.clock import TestClock
from tocsin.domains.notifications.jobs import DeliveryWork
from tocsin.infra.db import Database
from tocsin.infra.mail import open_mailer
from tocsin.infra.settings import Settings
from tocsin.infra.web import Services


async def deliver(dsn: str, smtp_url: str, at: datetime) -> None:
    settings = Settings(database_url=dsn, smtp_url=smtp_url, public_url="https://tocsin.test")
    database = Database(dsn)
    await database.open()
    work = DeliveryWork(
        Services(database=database, clock=TestClock(at), settings=settings), open_mailer(smtp_url)
    )
    while await work.run_due(at):
        pass
    await database.close()


if __name__ == "__main__":
    asyncio.run(deliver(sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])))
