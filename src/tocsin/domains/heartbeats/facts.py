"""From a monitor's row to what the rules understand."""

from datetime import datetime

from tocsin.domains.heartbeats.models import HeartbeatMonitor
from tocsin.domains.heartbeats.rules.schedule import Schedule
from tocsin.domains.heartbeats.rules.verdict import Facts


def schedule_of(monitor: HeartbeatMonitor) -> Schedule:
    return Schedule(
        kind=monitor.schedule_kind,
        interval_sec=monitor.interval_sec,
        expression=monitor.schedule_expression,
        zone=monitor.timezone,
        grace_sec=monitor.grace_sec,
    )


def facts_of(monitor: HeartbeatMonitor, *, run_late_at: datetime | None = None) -> Facts:
    return Facts(
        state=monitor.state,
        schedule=schedule_of(monitor),
        last_ping=monitor.last_ping,
        armed_at=monitor.armed_at,
        expect_first_ping_by=monitor.expect_first_ping_by,
        run_late_at=run_late_at,
    )


def alert_key(monitor_id: int) -> str:
    return f"hbt-{monitor_id}"


def is_muted(monitor: HeartbeatMonitor, *, now: datetime) -> bool:
    return monitor.muted_until is not None and monitor.muted_until > now
