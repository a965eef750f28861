"""Sets the demo's stage: people, policies and sources, then monitors, then the month that is played again."""

from datetime import datetime, timedelta
from random import Random

from rich.console import Console
from rich.progress import Progress
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tocsin.domains.alert_sources import service as alert_sources
from tocsin.domains.escalations import service as escalations
from tocsin.domains.escalations.rules import Rule
from tocsin.domains.people import service as people
from tocsin.entrypoints.accounts import owner_of, unit_of_work
from tocsin.entrypoints.demo.cast import JOBS, MONITORS, PEOPLE, POLICIES, SOURCES, TROUBLES
from tocsin.entrypoints.demo.history import replay
from tocsin.entrypoints.demo.monitors import create_monitors
from tocsin.entrypoints.demo.plot import Stage, outage_happenings, trouble_happenings
from tocsin.infra.settings import Settings
from tocsin.kernel.errors import AppError

BEGINNING = timedelta(days=35)
SEED = 7  # the same demo everywhere, so that screenshots and tests can rely on it


async def fill(settings: Settings) -> None:
    """Fill the installation. Raises AppError when it is not empty."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("Setting up the team", total=None)
        async with unit_of_work(settings) as (session, now):
            account_id, _ = await owner_of(session)
            await _refuse_unless_empty(session)
            stage = await _set_stage(session, account_id=account_id, now=now - BEGINNING)
            progress.update(task, description="Creating monitors")
            outages = await create_monitors(
                session,
                account_id=account_id,
                user_id=stage.user_ids[0],
                source_id=stage.source_ids[JOBS],
                now=now,
                random=Random(SEED),  # noqa: S311  (no secret comes of it)
            )
            happenings = [
                *(one for trouble in TROUBLES for one in trouble_happenings(stage, trouble, now=now)),
                *(one for outage in outages for one in outage_happenings(stage, outage, now=now)),
            ]
            progress.update(task, description="Playing a month again", total=len(happenings))
            await replay(session, happenings, until=now, told=lambda: progress.advance(task))
    told = f"{len(PEOPLE)} people, {len(SOURCES)} alert sources, {len(MONITORS)} monitors"
    console.print(f"The demo is there: {told} and a month of alerts. Look at {settings.base_url}")


async def _refuse_unless_empty(session: AsyncSession) -> None:
    query = text("SELECT EXISTS (SELECT 1 FROM heartbeat_monitors) OR EXISTS (SELECT 1 FROM alerts)")
    if (await session.execute(query)).scalar_one():
        raise AppError("This installation already has monitors or alerts; the demo only fills an empty one.")


async def _set_stage(session: AsyncSession, *, account_id: int, now: datetime) -> Stage:
    user_ids = []
    for person in PEOPLE:
        new = people.NewUser(
            email=person.email,
            role=person.role,
            profile={
                "first_name": person.first_name,
                "last_name": person.last_name,
                "position": person.position,
                "timezone": person.timezone,
            },
        )
        user = await people.create_user(session, new, account_id=account_id, caller=None, now=now)
        user_ids.append(int(user.id))
    policy_ids = {}
    for policy in POLICIES:
        rules = tuple(
            Rule(timeout_min=level.minutes, user_ids=tuple(user_ids[index] for index in level.people))
            for level in policy.levels
        )
        fields = escalations.PolicyFields(
            name=policy.name,
            rules=rules,
            repeating=policy.frequency > 1,
            frequency=policy.frequency,
            routing_key=policy.routing_key,
        )
        made = await escalations.create_policy(session, account_id=account_id, fields=fields, now=now)
        policy_ids[policy.name] = int(made.id)
    source_ids = {}
    for source in SOURCES:
        source_fields = alert_sources.SourceFields(
            name=source.name,
            integration_type=source.integration_type,
            escalation_policy_id=policy_ids[source.policy],
            alert_priority_rule=source.priority,
        )
        row = await alert_sources.create_source(session, account_id=account_id, fields=source_fields, now=now)
        source_ids[source.name] = int(row.id)
    return Stage(session=session, account_id=account_id, user_ids=user_ids, source_ids=source_ids)
