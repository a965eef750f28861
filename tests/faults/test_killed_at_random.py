"""A real installation under load, killed again and again: nothing accepted is lost, nobody is paged by mistake.

`FAULT_KILLS` says how often (6), `FAULT_SEED` replays a run; `make faults KILLS=200` is the long one.
"""

import asyncio
import os
import random
import signal
import time
from collections import Counter

import asyncpg
import pytest

from support.installation import Installation
from support.ledger import at_rest, broken_promises, broken_promises_at_rest, repeats
from support.load import Load, create_monitors, running, source_key
from support.smtp_sink import SmtpSink, smtp_sink

KILLS = int(os.environ.get("FAULT_KILLS", "6"))
SEED = int(os.environ.get("FAULT_SEED", str(random.SystemRandom().randrange(10**6))))
API_KEY = "tcn_" + "f" * 40
TARGETS = ("everything", "the parent", "web", "engine", "the database", "a database process")
SECONDS_FOR_SILENCE = 60.0


@pytest.mark.timeout(120 + 30 * KILLS)
async def test_nothing_is_lost_when_processes_are_killed_at_random_instants_under_load() -> None:
    print(f"seed {SEED}: FAULT_SEED={SEED} FAULT_KILLS={KILLS}")
    dice = random.Random(SEED)
    async with smtp_sink() as sink:
        with Installation(
            admin_email="ada@example.com", admin_api_key=API_KEY, smtp_url=sink.url, rate_limits="off"
        ) as installation:
            await asyncio.to_thread(installation.start)
            load = await _prepare(installation, dice)
            async with running(load):
                targets = await _kill_again_and_again(installation, load, dice)
                load.silent.update(_some(load, dice))
                await _wait_for_silence(installation, load)
                await load.until(lambda ledger: len(ledger.events) > 20 * KILLS)
                await sink.at_least(KILLS + 1)
                load.is_reacting = False
            connection = await _reachable(installation)
            await at_rest(connection)
            broken = await broken_promises_at_rest(connection, load, sink)
            await connection.close()
            _tell(targets, load, sink)
            assert broken == [], "\n".join([*broken[:20], f"seed {SEED}", installation.output[-4000:]])


async def _prepare(installation: Installation, dice: random.Random) -> Load:
    connection = await asyncpg.connect(installation.postgres.dsn)
    try:
        return Load(
            urls=[f"http://127.0.0.1:{installation.port}"],
            api_key=API_KEY,
            source_key=await source_key(connection),
            monitors=await create_monitors(connection, 50),
            dice=dice,
        )
    finally:
        await connection.close()


async def _kill_again_and_again(
    installation: Installation, load: Load, dice: random.Random
) -> "Counter[str]":
    await asyncio.sleep(2)
    targets: Counter[str] = Counter()
    # Each kind comes first in a short run, then chance decides.
    planned = [*dice.sample(TARGETS, len(TARGETS)), *dice.choices(TARGETS, k=KILLS)][:KILLS]
    for number, target in enumerate(planned):
        if number == KILLS // 3:
            load.silent.update(_some(load, dice))
        await asyncio.sleep(dice.uniform(0.05, 2.0))
        targets[target] += 1
        await _kill(installation, target)
        broken = await _examined(installation, load)
        assert broken == [], "\n".join([f"after kill {number} ({target}), seed {SEED}", *broken[:20]])
        if number % 10 == 9:
            print(
                f"{number + 1} kills, {sum(load.ledger.pings.values())} pings, {len(load.ledger.events)} events: whole"
            )
    return targets


def _some(load: Load, dice: random.Random) -> list[str]:
    return dice.sample(sorted(set(load.monitors) - load.silent), 3)


async def _kill(installation: Installation, target: str) -> None:
    match target:
        case "everything":
            for number in installation.process_ids():
                _sigkill(number)
        case "the parent":
            installation.kill()
        case "web" | "engine":
            for number in installation.process_ids(target):
                _sigkill(number)
        case "the database":
            for number in installation.process_ids("postgres"):
                os.kill(number, signal.SIGQUIT)
        case _:
            # PostgreSQL then restarts itself: any backend may have spoilt the shared memory.
            _sigkill(await _some_backend(installation))
    assert installation.process is not None
    if target in ("everything", "the parent"):
        await asyncio.to_thread(installation.process.wait)
        await asyncio.to_thread(installation.start)


async def _some_backend(installation: Installation) -> int:
    while True:
        connection = await _reachable(installation)
        try:
            found = await connection.fetchval(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'tocsin' ORDER BY random() LIMIT 1"
            )
            return int(found or connection.get_server_pid())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(0.2)
        finally:
            connection.terminate()


def _sigkill(number: int) -> None:
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        return


async def _examined(installation: Installation, load: Load) -> list[str]:
    """The ledger's findings. The database may go away once more while we look (it restarts after some kills)."""
    while True:
        connection = await _reachable(installation)
        try:
            return await broken_promises(connection, load)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(0.2)
        finally:
            connection.terminate()


async def _reachable(installation: Installation) -> "asyncpg.Connection[asyncpg.Record]":
    deadline = time.monotonic() + 60
    while True:
        try:
            return await asyncpg.connect(installation.postgres.dsn, timeout=5)
        except (OSError, asyncpg.PostgresError, TimeoutError):
            assert time.monotonic() < deadline, installation.output[-4000:]
            await asyncio.sleep(0.1)


async def _wait_for_silence(installation: Installation, load: Load) -> None:
    """Until every silent monitor is overdue: our own outages have moved their deadlines by half a minute or more."""
    ids = [load.monitors[key] for key in load.silent]
    deadline = time.monotonic() + SECONDS_FOR_SILENCE
    while time.monotonic() < deadline:
        connection = await _reachable(installation)
        try:
            overdue = await connection.fetchval(
                "SELECT count(*) FROM heartbeat_monitors WHERE id = ANY($1::bigint[]) AND state = 'OVERDUE'",
                ids,
            )
        finally:
            await connection.close()
        if overdue == len(ids):
            return
        await asyncio.sleep(0.5)


def _tell(targets: "Counter[str]", load: Load, sink: SmtpSink) -> None:
    ledger = load.ledger
    print(f"killed: {dict(targets)}")
    print(f"acknowledged: {sum(ledger.pings.values())} pings, {len(ledger.events)} events")
    print(f"reactions: {len(ledger.accepted)}; mails: {len(sink.arrived)}, of them repeated: {repeats(sink)}")
    print(f"answers: {dict(sorted(ledger.answers.items()))}; slowest 503: {ledger.slowest_refusal:.2f} s")
