"""What `tocsin up` does before it is ready: current tables and, on the very first start, an account to begin with."""

import asyncio

from rich.console import Console
from rich.panel import Panel

from tocsin.entrypoints.start import begin
from tocsin.infra.dsn import plain_dsn
from tocsin.infra.migrate import migrate
from tocsin.infra.settings import Settings
from tocsin.kernel.errors import AppError

# An address that no mail ever leaves for; `tocsin doctor` says to replace it.
OWNER_WITHOUT_ADDRESS = "owner@tocsin.localhost"
MINUTES_UNTIL_REPEATED = 10
TIMES_REPEATED = 3


def main() -> int:
    """Prepare the database; returns the exit code."""
    settings = begin("first-start")
    console = Console()
    try:
        return asyncio.run(_prepare(settings, console=console))
    except AppError as error:
        console.print(f"The first account could not be created: {error.message}", style="red")
        return 1


async def _prepare(settings: Settings, *, console: Console) -> int:
    await migrate(settings.database_url)
    if not await _has_account(settings.database_url):
        made = await install(settings)
        if made is not None:
            console.print(made)
    return 0


async def _has_account(dsn: str) -> bool:
    """Asked without loading the slices, so that a later start costs nothing."""
    import asyncpg

    connection = await asyncpg.connect(plain_dsn(dsn), timeout=10)
    try:
        return bool(await connection.fetchval("SELECT EXISTS (SELECT 1 FROM accounts)"))
    finally:
        await connection.close()


async def install(settings: Settings) -> Panel | None:
    """Account, owner, key, a policy that pages the owner, and two sources. Gives what the owner must be told, once;
    None when another process was faster."""
    from tocsin.domains.alert_sources import service as alert_sources
    from tocsin.domains.escalations import service as escalations
    from tocsin.domains.escalations.rules import Rule
    from tocsin.domains.identity import service as identity
    from tocsin.infra.db import Database, DatabaseClock

    database = Database(settings.database_url)
    await database.open()
    try:
        now = await DatabaseClock(database).now()
        async with database.transaction() as session:
            made = await identity.create_installation(
                session,
                email=settings.admin_email or OWNER_WITHOUT_ADDRESS,
                password=settings.admin_password or None,
                api_key_text=settings.admin_api_key or None,
                now=now,
            )
            if made is None:
                return None
            policy = await escalations.create_policy(
                session,
                account_id=made.account_id,
                fields=escalations.PolicyFields(
                    name="Default",
                    rules=(Rule(timeout_min=MINUTES_UNTIL_REPEATED, user_ids=(made.user_id,)),),
                    repeating=True,
                    frequency=TIMES_REPEATED,
                ),
                now=now,
            )
            for name, kind in (("Heartbeats", "HEARTBEAT2"), ("Events", "API")):
                fields = alert_sources.SourceFields(
                    name=name, integration_type=kind, escalation_policy_id=policy.id
                )
                await alert_sources.create_source(session, account_id=made.account_id, fields=fields, now=now)
    finally:
        await database.close()
    return _welcome(settings, email=made.email, password=made.password, api_key=made.api_key)


def _welcome(settings: Settings, *, email: str, password: str, api_key: str) -> Panel:
    return Panel.fit(
        f"Address    {settings.base_url}\n"
        f"E-mail     {email}\n"
        f"Password   {password}\n"
        f"API key    {api_key}\n\n"
        "Shown this once. A new password: tocsin user reset-password; a new key: tocsin key create.",
        title="Tocsin is installed",
        border_style="green",
    )
