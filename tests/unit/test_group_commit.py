"""Many writes, one commit: what those are told whose commit does not come."""

import asyncio

import pytest

from tocsin.infra import group_commit
from tocsin.infra.group_commit import GroupCommit
from tocsin.kernel.errors import Unavailable

# The longest a sender may wait for "try again" (ADR-0005).
REFUSED_WITHIN_SEC = 2.0


class Database:
    """Stores what it is given, or stands still while it is frozen."""

    def __init__(self, *, is_frozen: bool) -> None:
        self.going_on = asyncio.Event()
        if not is_frozen:
            self.going_on.set()
        self.batches: list[list[int]] = []

    async def store(self, items: list[int]) -> list[int]:
        await self.going_on.wait()
        self.batches.append(items)
        return items


async def test_who_writes_together_is_committed_together_and_gets_the_own_result() -> None:
    database = Database(is_frozen=False)
    commits = GroupCommit(database.store, kind="test")
    assert await asyncio.gather(*(commits.submit(number) for number in range(5))) == [0, 1, 2, 3, 4]
    assert database.batches == [[0, 1, 2, 3, 4]]


async def test_a_frozen_database_refuses_the_batch_and_all_who_wait_behind_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert group_commit.COMMIT_TIMEOUT_SEC < REFUSED_WITHIN_SEC
    monkeypatch.setattr(group_commit, "COMMIT_TIMEOUT_SEC", 0.01)
    database = Database(is_frozen=True)
    commits = GroupCommit(database.store, kind="test", largest_batch=2, writers=1)
    answers = await asyncio.gather(*(commits.submit(number) for number in range(5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [Unavailable] * 5
    assert {answer.status for answer in answers if isinstance(answer, Unavailable)} == {503}
    assert database.batches == []


async def test_after_a_refusal_the_next_write_is_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(group_commit, "COMMIT_TIMEOUT_SEC", 0.01)
    database = Database(is_frozen=True)
    commits = GroupCommit(database.store, kind="test")
    with pytest.raises(Unavailable):
        await commits.submit(1)
    monkeypatch.undo()
    database.going_on.set()
    assert await commits.submit(2) == 2
