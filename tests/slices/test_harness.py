"""The harness itself: each test begins with empty, migrated tables and a clock of its own."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from support.clock import START, TestClock
from tocsin.infra.migrate import differences
from tocsin.infra.web import Services
from tocsin.migrations.metadata import metadata


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_begins_with_empty_tables(services: Services, turn: int) -> None:
    async with services.database.transaction() as session:
        assert (await session.execute(text("SELECT count(*) FROM accounts"))).scalar_one() == 0
        await session.execute(
            text("INSERT INTO accounts (name, tenant, created_at) VALUES ('a', 'a', :now)"),
            {"now": await services.now()},
        )


async def test_the_clock_moves_only_by_hand(services: Services, clock: TestClock) -> None:
    assert await services.now() == START
    clock.advance(minutes=5)
    assert await services.now() == START + timedelta(minutes=5)


async def test_the_migrated_tables_agree_with_the_models(database_dsn: str) -> None:
    assert await differences(database_dsn, metadata) == []
