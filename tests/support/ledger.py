"""Whether an installation kept what it promised. Each check gives sentences, none when all is well."""

import asyncio
import re
import time
from collections import Counter, defaultdict
from datetime import timedelta
from email.message import EmailMessage

from support.load import Ledger, Load
from support.smtp_sink import SmtpSink

# A page may be on its way to the mail server at the very moment somebody accepts.
ON_ITS_WAY_SEC = 1.0
_MESSAGE_ID = re.compile(r"<alert-(\d+|none)-(\d+)@")
Connection = "asyncpg.Connection[Any]"


async def broken_promises(connection: Connection, load: Load) -> list[str]:
    """What can be checked at any instant: accepted pings and events, next steps, next looks."""
    return [
        *await _lost_pings(connection, load),
        *await _lost_events(connection, load.ledger),
        *await _stuck(connection),
        *await _false_alarms(connection, load),
    ]


async def unfinished(connection: Connection) -> int:
    """Things that are due and not done."""
    return int(
        await connection.fetchval(
            """
            SELECT (SELECT count(*) FROM events WHERE disposition IS NULL)
                 + (SELECT count(*) FROM alert_escalations WHERE due_at <= now())
                 + (SELECT count(*) FROM notifications WHERE due_at <= now() OR state = 'SENDING')
                 + (SELECT count(*) FROM heartbeat_monitors WHERE check_at <= now() - interval '1 second')
            """
        )
    )


async def at_rest(connection: Connection, *, seconds: float = 30) -> None:
    """Wait until everything due is done. Leases of killed senders are ended early, which saves a minute."""
    await asyncio.sleep(2)  # sends under way end
    await connection.execute("UPDATE notifications SET due_at = now() WHERE state = 'SENDING'")
    deadline = time.monotonic() + seconds
    while left := await unfinished(connection):
        assert time.monotonic() < deadline, f"{left} things are due and not done"
        await asyncio.sleep(0.2)


async def broken_promises_at_rest(connection: Connection, load: Load, sink: SmtpSink) -> list[str]:
    """Besides: everything is processed, everybody was told who had to be, nobody was told too often."""
    return [
        *await broken_promises(connection, load),
        *await _unprocessed(connection),
        *await _unreported_silence(connection, load),
        *await _untold(connection, sink),
        *_told_too_often(sink),
        *await _told_too_late(connection, load.ledger, sink),
    ]


async def _lost_pings(connection: Connection, load: Load) -> list[str]:
    rows = await connection.fetch("SELECT integration_key, last_ping, ping_count FROM heartbeat_monitors")
    stored = {row["integration_key"]: row for row in rows}
    broken = []
    for key, sent in load.ledger.last_ping.items():
        row = stored[key]
        if row["ping_count"] < load.ledger.pings[key]:
            broken.append(f"{key}: {load.ledger.pings[key]} pings acknowledged, {row['ping_count']} stored")
        if row["last_ping"] < sent - timedelta(milliseconds=300):
            broken.append(f"{key}: acknowledged a ping sent at {sent}, stored {row['last_ping']}")
    return broken


async def _lost_events(connection: Connection, ledger: Ledger) -> list[str]:
    missing = await connection.fetch(
        "SELECT known AS id FROM unnest($1::uuid[]) AS acknowledged (known) WHERE NOT EXISTS "
        "(SELECT FROM events WHERE correlation_id = known)",
        ledger.events,
    )
    return [f"event {row['id']} was acknowledged and is not stored" for row in missing]


async def _stuck(connection: Connection) -> list[str]:
    without_step = await connection.fetch(
        "SELECT a.id, a.status FROM alerts a LEFT JOIN alert_escalations e ON e.alert_id = a.id "
        "WHERE a.status <> 'RESOLVED' AND e.due_at IS NULL AND e.ended_reason IS NULL"
    )
    without_look = await connection.fetch(
        "SELECT id FROM heartbeat_monitors WHERE state = 'HEALTHY' AND paused_at IS NULL AND check_at IS NULL"
    )
    return [
        *(f"alert {row['id']} ({row['status']}) has no next step" for row in without_step),
        *(f"monitor {row['id']} is armed and nobody will look at it" for row in without_look),
    ]


async def _false_alarms(connection: Connection, load: Load) -> list[str]:
    """Alerts of monitors that never stopped pinging."""
    pinging = [monitor_id for key, monitor_id in load.monitors.items() if key not in load.silent]
    rows = await connection.fetch(
        "SELECT a.id, m.name, a.report_time, m.last_ping FROM alerts a "
        "JOIN heartbeat_monitors m ON a.folded_key = 'hbt-' || m.id WHERE m.id = ANY($1::bigint[])",
        pinging,
    )
    return [f"false page: alert {row['id']} for {row['name']} at {row['report_time']}" for row in rows]


async def _unprocessed(connection: Connection) -> list[str]:
    rows = await connection.fetch(
        "SELECT id, disposition, reason FROM events WHERE coalesce(disposition, 'INVALID') = 'INVALID'"
    )
    return [f"event {row['id']} was not processed: {row['disposition']} {row['reason']}" for row in rows]


async def _unreported_silence(connection: Connection, load: Load) -> list[str]:
    silent = {load.monitors[key]: key for key in load.silent}
    rows = await connection.fetch(
        "SELECT m.id, count(a.id) AS alerts FROM heartbeat_monitors m "
        "LEFT JOIN alerts a ON a.folded_key = 'hbt-' || m.id WHERE m.id = ANY($1::bigint[]) GROUP BY m.id",
        list(silent),
    )
    return [
        f"{silent[row['id']]} is silent and has {row['alerts']} alerts" for row in rows if row["alerts"] != 1
    ]


async def _untold(connection: Connection, sink: SmtpSink) -> list[str]:
    """Pending alerts whose level fired must have reached somebody; a page that was sent must have arrived."""
    rows = await connection.fetch(
        "SELECT a.id FROM alerts a JOIN alert_escalations e ON e.alert_id = a.id WHERE a.status = 'PENDING' "
        "AND NOT EXISTS (SELECT FROM notifications n WHERE n.alert_id = a.id AND n.kind = 'PAGE' AND n.state = 'SENT')"
    )
    sent = await connection.fetch("SELECT id FROM notifications WHERE state = 'SENT'")
    failed = await connection.fetch("SELECT id, error FROM notifications WHERE state = 'FAILED'")
    twins = await connection.fetch(
        "SELECT alert_id, user_id, why->>'assignment' AS assignment, count(*) FROM notifications WHERE kind = 'PAGE' "
        "GROUP BY 1, 2, 3, why->>'preference', why->>'repeat', why->>'fallback' HAVING count(*) > 1"
    )
    arrived = {number for number in map(_notification_of, sink.arrived) if number is not None}
    return [
        *(f"alert {row['id']} is pending and nobody was paged" for row in rows),
        *(
            f"notification {row['id']} counts as sent and never arrived"
            for row in sent
            if row["id"] not in arrived
        ),
        # Cut off twice, it is not tried a third time: a page is repeated at most once. It must have arrived, though.
        *(f"notification {row['id']} failed: {row['error']}" for row in failed if row["id"] not in arrived),
        *(f"alert {row['alert_id']}: two pages for one assignment {row['assignment']}" for row in twins),
    ]


def _told_too_often(sink: SmtpSink) -> list[str]:
    times = Counter(mail["Message-ID"] for mail in sink.arrived)
    return [f"{message} arrived {count} times" for message, count in times.items() if count > 2]


async def _told_too_late(connection: Connection, ledger: Ledger, sink: SmtpSink) -> list[str]:
    pages = {
        row["id"]: row["alert_id"]
        for row in await connection.fetch("SELECT id, alert_id FROM notifications WHERE kind = 'PAGE'")
    }
    arrivals: dict[int, list[float]] = defaultdict(list)
    for mail, at in zip(sink.arrived, sink.arrived_at, strict=True):
        alert_id = pages.get(_notification_of(mail) or 0)
        if alert_id is not None:
            arrivals[alert_id].append(at)
    return [
        f"alert {alert_id}: a page arrived {at - accepted:.1f} s after it was accepted"
        for alert_id, accepted in ledger.accepted.items()
        for at in arrivals[alert_id]
        if at > accepted + ON_ITS_WAY_SEC
    ]


def repeats(sink: SmtpSink) -> int:
    """How many mails came a second time."""
    return len(sink.arrived) - len({mail["Message-ID"] for mail in sink.arrived})


def _notification_of(mail: EmailMessage) -> int | None:
    found = _MESSAGE_ID.search(str(mail["Message-ID"]))
    return int(found[2]) if found else None
