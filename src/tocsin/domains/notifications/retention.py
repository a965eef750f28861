"""Expired action tokens go."""

from datetime import datetime, timedelta

from tocsin.domains.notifications import service
from tocsin.infra.web import Services


class TokenRetention:
    name = "token_retention"
    every = timedelta(hours=1)
    batch = 1

    def __init__(self, services: Services) -> None:
        self._database = services.database

    async def run(self, now: datetime) -> int:
        async with self._database.transaction() as session:
            await service.forget_old_tokens(session, now=now)
        return 0
