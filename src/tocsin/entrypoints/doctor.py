"""`tocsin doctor`: what an installation needs, looked at one by one, with what to do about it."""

import asyncio
import shutil
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

import aiosmtplib
import asyncpg
from rich.console import Console
from rich.table import Table

from tocsin.entrypoints.data_folder import DataFolder
from tocsin.infra.dsn import plain_dsn
from tocsin.infra.migrate import newest_revision
from tocsin.infra.settings import Settings
from tocsin.kernel.clock import utc_now

OK, WARN, FAIL = "ok", "warn", "fail"
COLOURS = {OK: "green", WARN: "yellow", FAIL: "red"}
LARGEST_SKEW = timedelta(seconds=2)
ENGINE_SILENT_AFTER = timedelta(seconds=20)
LARGEST_LAG = timedelta(seconds=60)
LITTLE_DISK = 1_000_000_000  # bytes
SCARCE_DISK = 5_000_000_000

OLDEST_DUE = """
SELECT 'heartbeats', min(check_at) FROM heartbeat_monitors WHERE check_at IS NOT NULL
UNION ALL SELECT 'escalations', min(due_at) FROM alert_escalations WHERE due_at IS NOT NULL
UNION ALL SELECT 'notifications', min(due_at) FROM notifications WHERE due_at IS NOT NULL
UNION ALL SELECT 'events', min(received_at) FROM events WHERE disposition IS NULL
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. advice: what to do, empty when all is well."""

    grade: str
    subject: str
    text: str
    advice: str = ""


def examine(settings: Settings) -> int:
    """Look at everything and print it; 1 when something failed, 0 otherwise (warnings included)."""
    console = Console()
    findings = asyncio.run(_examine(settings))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for finding in findings:
        advice = f"\n[dim]{finding.advice}[/dim]" if finding.advice else ""
        grade = f"[{COLOURS[finding.grade]}]{finding.grade}[/]"
        table.add_row(grade, finding.subject, finding.text + advice)
    console.print(table)
    return 1 if any(finding.grade == FAIL for finding in findings) else 0


async def _examine(settings: Settings) -> list[Finding]:
    findings = [secret_key(settings), disk(settings)]
    findings += await _database(settings)
    findings.append(await mail(settings))
    return findings


def secret_key(settings: Settings) -> Finding:
    """There must be one, and nobody but its owner may read the file it lives in."""
    file = DataFolder.of(settings).secret_key_file
    if settings.secret_key:
        return Finding(OK, "secret key", "set by TOCSIN_SECRET_KEY")
    if not file.exists():
        return Finding(
            FAIL, "secret key", "there is none", "Start `tocsin up` once, or set TOCSIN_SECRET_KEY."
        )
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        return Finding(FAIL, "secret key", f"{file} can be read by others", f"chmod 600 {file}")
    return Finding(OK, "secret key", f"in {file}, readable by its owner only")


def disk(settings: Settings) -> Finding:
    """Free space where the data folder is."""
    folder = DataFolder.of(settings).path
    place = folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB free at {place}"
    if free < LITTLE_DISK:
        return Finding(
            FAIL, "disk", text, "PostgreSQL stops accepting pings when the disk is full: make room now."
        )
    if free < SCARCE_DISK:
        return Finding(WARN, "disk", text, "Make room, or move TOCSIN_DATA_DIR to a larger disk.")
    return Finding(OK, "disk", text)


async def _database(settings: Settings) -> list[Finding]:
    folder = DataFolder.of(settings)
    dsn = plain_dsn(settings.database_url or folder.postgres.dsn)
    try:
        before = utc_now()
        connection = await asyncpg.connect(dsn, timeout=5)
    except (
        OSError,
        TimeoutError,
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        ValueError,
    ) as error:
        advice = (
            "Look at TOCSIN_DATABASE_URL and at the server."
            if settings.database_url
            else f"It runs while `tocsin up` does; its log is {folder.postgres.folder}/postgres.log."
        )
        return [Finding(FAIL, "database", f"does not answer: {error or type(error).__name__}", advice)]
    try:
        version = await connection.fetchval("SHOW server_version")
        findings = [Finding(OK, "database", f"PostgreSQL {version} answers")]
        findings.append(await _migrations(connection))
        before = utc_now()
        now: datetime = await connection.fetchval("SELECT clock_timestamp()")
        findings.append(clock_skew(before=before, database=now, after=utc_now()))
        if findings[1].grade == OK:
            findings.append(await _engine(connection, now=now))
            findings.append(await _lag(connection, now=now))
            findings.append(await _keys(connection))
        return findings
    finally:
        await connection.close(timeout=2)


async def _migrations(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    wanted = newest_revision()
    if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
        return Finding(
            FAIL, "migrations", "the database is empty", "Run `tocsin migrate`, or start `tocsin up`."
        )
    found = await connection.fetchval("SELECT version_num FROM alembic_version")
    if found != wanted:
        return Finding(FAIL, "migrations", f"tables at {found}, {wanted} is needed", "Run `tocsin migrate`.")
    return Finding(OK, "migrations", f"current ({wanted})")


def clock_skew(*, before: datetime, database: datetime, after: datetime) -> Finding:
    """The product decides by the database's clock; a machine that is off still confuses people and logs."""
    skew = max(before - database, database - after, timedelta())
    text = f"this machine and the database differ by {skew.total_seconds():.1f} s"
    if skew > LARGEST_SKEW:
        return Finding(WARN, "clock", text, "Let a time service (chrony, systemd-timesyncd) set both clocks.")
    return Finding(OK, "clock", text)


async def _engine(connection: "asyncpg.Connection[asyncpg.Record]", *, now: datetime) -> Finding:
    turned_at: datetime | None = await connection.fetchval("SELECT max(turned_at) FROM engine_turns")
    if turned_at is None or now - turned_at > ENGINE_SILENT_AFTER:
        since = "never" if turned_at is None else f"not since {turned_at:%Y-%m-%d %H:%M:%S} UTC"
        return Finding(
            FAIL, "engine", f"{since} turned; nobody is paged", "Start `tocsin up` or `tocsin engine`."
        )
    return Finding(OK, "engine", f"turned {(now - turned_at).total_seconds():.0f} s ago")


async def _lag(connection: "asyncpg.Connection[asyncpg.Record]", *, now: datetime) -> Finding:
    late = [
        f"{kind} by {(now - due).total_seconds():.0f} s"
        for kind, due in await connection.fetch(OLDEST_DUE)
        if due is not None and now - due > LARGEST_LAG
    ]
    if late:
        return Finding(
            FAIL, "engine lag", f"late: {', '.join(late)}", "Look at the engine's log; start more engines."
        )
    return Finding(OK, "engine lag", "nothing due is waiting")


async def _keys(connection: "asyncpg.Connection[asyncpg.Record]") -> Finding:
    living = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())"
    count = await connection.fetchval(f"SELECT count(*) FROM api_keys WHERE {living}")
    soon = await connection.fetchval(
        f"SELECT count(*) FROM api_keys WHERE {living} AND expires_at < clock_timestamp() + interval '14 days'"
    )
    if not count:
        return Finding(WARN, "API keys", "none is valid", "`tocsin key create NAME` makes one.")
    if soon:
        return Finding(WARN, "API keys", f"{soon} of {count} expire within 14 days", "Replace them in time.")
    return Finding(OK, "API keys", f"{count} valid")


async def mail(settings: Settings) -> Finding:
    """A server must be configured and answer; nothing is sent."""
    if not settings.smtp_url:
        return Finding(
            WARN,
            "mail",
            "no server is set; pages by mail only show in the log and in the delivery list",
            "Set TOCSIN_SMTP_URL, for instance smtp+starttls://user:password@mail.example.com:587.",
        )
    if parseaddr(settings.mail_from)[1].endswith("@localhost"):
        return Finding(WARN, "mail", f"mails come from {settings.mail_from}", "Set TOCSIN_MAIL_FROM.")
    url = urlsplit(settings.smtp_url)
    is_tls = url.scheme == "smtps"
    port = url.port or (465 if is_tls else 587 if url.scheme == "smtp+starttls" else 25)
    client = aiosmtplib.SMTP(
        hostname=url.hostname or "localhost",
        port=port,
        use_tls=is_tls,
        start_tls=url.scheme == "smtp+starttls",
        timeout=5,
    )
    try:
        await client.connect()
        await client.ehlo()
        await client.quit()
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        advice = "Look at TOCSIN_SMTP_URL, the server and the firewall between."
        return Finding(FAIL, "mail", f"{url.hostname}:{port} does not answer: {error}", advice)
    return Finding(OK, "mail", f"{url.hostname}:{port} answers")
