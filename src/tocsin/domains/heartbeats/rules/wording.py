"""What an alert of a monitor says: what was expected when, the last ping, since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tocsin.domains.heartbeats.rules.schedule import Schedule

BODY_TAIL = 10_000
_MOST_NAMES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """expected_at: when the ping should have come; deadline: when silence became too long."""

    name: str
    schedule: Schedule
    last_ping: datetime | None
    expected_at: datetime | None
    deadline: datetime
    body_tail: str | None = None


def span_text(span: timedelta) -> str:
    """`2 d 3 h`, `5 min 10 s`: the two largest units."""
    seconds = max(0, int(span.total_seconds()))
    parts: list[str] = []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, seconds = divmod(seconds, size)
        if count or (parts and len(parts) < 2 and unit != "s"):
            parts.append(f"{count} {unit}")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if not part.startswith("0 ")) or "0 s"


def instant_text(at: datetime, *, zone: str = "UTC") -> str:
    """`2026-03-02 12:00:00 UTC`; with a zone of the monitor, that wall time first."""
    utc = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if zone in {"UTC", "Etc/UTC"}:
        return utc
    from zoneinfo import ZoneInfo

    return f"{at.astimezone(ZoneInfo(zone)).strftime('%Y-%m-%d %H:%M:%S')} {zone} ({utc})"


def schedule_text(schedule: Schedule) -> str:
    grace = f", {span_text(schedule.grace)} of grace" if schedule.grace_sec else ""
    if schedule.kind == "INTERVAL":
        return f"every {span_text(timedelta(seconds=schedule.interval_sec))}{grace}"
    kind = "cron" if schedule.kind == "CRON" else "OnCalendar"
    return f"{kind} {schedule.expression} in {schedule.zone}{grace}"


def overdue_summary(name: str) -> str:
    return f"Heartbeat monitor '{name}' is overdue"


def silence_details(silence: Silence, *, now: datetime) -> str:
    zone = silence.schedule.zone
    lines = [f"Expected: {schedule_text(silence.schedule)}"]
    if silence.expected_at is not None:
        lines.append(f"Next ping was expected at: {instant_text(silence.expected_at, zone=zone)}")
    lines.append(f"Overdue since: {instant_text(silence.deadline, zone=zone)}")
    lines.append(_last_ping_line(silence.last_ping, zone=zone, now=now))
    return "\n".join([*lines, *_tail(silence.body_tail)])


def failure_details(silence: Silence, *, exit_code: int | None, now: datetime) -> str:
    code = "" if exit_code is None else f" with exit code {exit_code}"
    lines = [
        f"The job reported a failure{code} at {instant_text(now, zone=silence.schedule.zone)}",
        f"Expected: {schedule_text(silence.schedule)}",
    ]
    return "\n".join([*lines, *_tail(silence.body_tail)])


def late_run_details(silence: Silence, *, started_at: datetime, allowed: timedelta, now: datetime) -> str:
    zone = silence.schedule.zone
    lines = [
        f"A run that began at {instant_text(started_at, zone=zone)} has not ended",
        f"Allowed are {span_text(allowed)}; it has been running for {span_text(now - started_at)}",
        _last_ping_line(silence.last_ping, zone=zone, now=now),
    ]
    return "\n".join([*lines, *_tail(silence.body_tail)])


def recovery_details(*, since: datetime, until: datetime, missed: int) -> str:
    text = f"Back after {span_text(until - since)}: {instant_text(since)} to {instant_text(until)}"
    return f"{text}\nMissed pings: {missed}" if missed else text


def storm_summary(count: int, *, armed: int) -> str:
    share = f" of {armed} armed ones" if armed else ""
    return f"{count} heartbeat monitors fell silent together{share}"


def storm_details(names: Sequence[str]) -> str:
    """Lists the monitors; a common cause is likely, and it may be our own network."""
    listed = [f"- {name}" for name in names[:_MOST_NAMES]]
    if len(names) > _MOST_NAMES:
        listed.append(f"- and {len(names) - _MOST_NAMES} more")
    head = "Many monitors became overdue at the same time, so one alert speaks for all of them:"
    return "\n".join([head, *listed])


def _last_ping_line(last_ping: datetime | None, *, zone: str, now: datetime) -> str:
    if last_ping is None:
        return "Last ping: none yet"
    return f"Last ping: {instant_text(last_ping, zone=zone)}, {span_text(now - last_ping)} ago"


def _tail(body: str | None) -> list[str]:
    if not body:
        return []
    text = body[-BODY_TAIL:]
    return ["", "End of the last body sent:", ("…" + text) if len(body) > BODY_TAIL else text]
