from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tocsin.infra.db import Base


class HeartbeatMonitor(Base):
    """A monitor and its state.

    The ping path updates `last_ping…`, `ping_count`, `state`; none of them moves an index entry while the monitor
    stays healthy, so those updates are HOT (ADR-0004). `check_at` is when the engine looks next; only the engine
    moves it, and a ping that arms or revives a monitor. A HEALTHY monitor that is not paused always has one.
    HEALTHY with `overdue_since` set means: a ping revived it and the engine has yet to announce the recovery.
    """

    __tablename__ = "heartbeat_monitors"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    external_key: Mapped[str | None]  # of PUT /heartbeat-monitors/external/{key} and of provisioned slugs
    integration_key: Mapped[str]
    key_hash: Mapped[int]  # first 8 bytes of BLAKE2b(integration_key), signed; what the hot path looks up by
    interval_sec: Mapped[int]
    schedule_kind: Mapped[str] = mapped_column(server_default="INTERVAL")  # INTERVAL, CRON, ON_CALENDAR
    schedule_expression: Mapped[str | None]
    timezone: Mapped[str] = mapped_column(server_default="UTC")
    grace_sec: Mapped[int] = mapped_column(server_default=text("0"))
    max_run_time_sec: Mapped[int | None]
    start_grace_sec: Mapped[int | None]
    alert_summary: Mapped[str | None]
    alert_source_id: Mapped[int | None] = mapped_column(ForeignKey("alert_sources.id", ondelete="SET NULL"))
    legacy_source_id: Mapped[int | None] = mapped_column(
        ForeignKey("alert_sources.id", ondelete="CASCADE"), unique=True
    )  # the HEARTBEAT source this monitor belongs to (§7.4); hidden from monitor lists
    team_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    runbook_url: Mapped[str | None]
    post_only: Mapped[bool] = mapped_column(server_default=text("false"))
    flap_detection: Mapped[bool] = mapped_column(server_default=text("true"))
    storm_grouping: Mapped[bool] = mapped_column(server_default=text("true"))
    badge_key: Mapped[str] = mapped_column(unique=True)
    provisioning_key_id: Mapped[int | None]

    state: Mapped[str] = mapped_column(server_default="UNKNOWN")  # UNKNOWN, HEALTHY, OVERDUE
    failed: Mapped[bool] = mapped_column(server_default=text("false"))  # OVERDUE because of a fail signal
    last_ping: Mapped[datetime | None]  # last signal that counts as a sign of life
    last_ping_kind: Mapped[str | None]
    ping_count: Mapped[int] = mapped_column(server_default=text("0"))
    check_at: Mapped[datetime | None]
    armed_at: Mapped[
        datetime | None
    ]  # deadlines count from here if no ping is later: first ping, resume, edit
    expect_first_ping_by: Mapped[datetime | None]
    overdue_since: Mapped[datetime | None]  # the deadline that passed, or the fail signal
    paused_at: Mapped[datetime | None]
    muted_until: Mapped[datetime | None]
    mute_reason: Mapped[str | None]
    reported_at: Mapped[datetime | None]  # when the ALERT event that is not yet resolved was handed over
    reported_source_id: Mapped[int | None] = mapped_column(
        ForeignKey("alert_sources.id", ondelete="SET NULL")
    )  # the source that ALERT went to, so the RESOLVE goes there as well
    storm_id: Mapped[int | None]  # the storm whose alert speaks for this monitor
    flapping_since: Mapped[datetime | None]
    healthy_since: Mapped[datetime | None]  # while flapping: start of the hold time
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        Index(
            "uq_heartbeat_monitors_name",
            "account_id",
            "name",
            unique=True,
            postgresql_where=text("legacy_source_id IS NULL"),
        ),
        Index(
            "uq_heartbeat_monitors_external_key",
            "account_id",
            "external_key",
            unique=True,
            postgresql_where=text("external_key IS NOT NULL"),
        ),
        Index("ix_heartbeat_monitors_key_hash", "key_hash"),
        Index("ix_heartbeat_monitors_check_at", "check_at", postgresql_where=text("check_at IS NOT NULL")),
        Index("ix_heartbeat_monitors_account_state", "account_id", "state", "id"),
        Index(
            "ix_heartbeat_monitors_paused", "account_id", "id", postgresql_where=text("paused_at IS NOT NULL")
        ),
        # Always empty but for a bug; the invariant's check finds it without reading the table.
        Index(
            "ix_heartbeat_monitors_forgotten",
            "id",
            postgresql_where=text("state = 'HEALTHY' AND paused_at IS NULL AND check_at IS NULL"),
        ),
        Index("ix_heartbeat_monitors_storm", "storm_id", postgresql_where=text("storm_id IS NOT NULL")),
        Index("ix_heartbeat_monitors_tags", "tags", postgresql_using="gin"),
        Index(
            "ix_heartbeat_monitors_search",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        ),
        Index("ix_heartbeat_monitors_source", "alert_source_id"),
        {"postgresql_with": {"fillfactor": "70"}},
    )


class Ping(Base):
    """The last 100 signals of a monitor: a ring of slots (ping number modulo 100), so that the history is
    bounded by construction and a full ring is updated in place. No foreign key: its check would cost a look-up
    for each ping; whoever deletes a monitor deletes its pings afterwards, in the same transaction."""

    __tablename__ = "heartbeat_pings"
    monitor_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    number: Mapped[int]
    received_at: Mapped[datetime]
    kind: Mapped[str]  # PING, START, SUCCESS, FAIL, LOG, IGNORED
    exit_code: Mapped[int | None] = mapped_column(SmallInteger)
    rid: Mapped[str | None]
    run_time_ms: Mapped[int | None]
    method: Mapped[str | None]
    remote_addr: Mapped[str | None]
    user_agent: Mapped[str | None]
    body: Mapped[str | None]
    body_truncated: Mapped[bool] = mapped_column(server_default=text("false"))
    __table_args__ = ({"postgresql_with": {"fillfactor": "70"}},)


class HeartbeatRun(Base):
    """A run that said /start and not yet how it ended."""

    __tablename__ = "heartbeat_runs"
    monitor_id: Mapped[int] = mapped_column(
        ForeignKey("heartbeat_monitors.id", ondelete="CASCADE"), primary_key=True
    )
    rid: Mapped[str] = mapped_column(primary_key=True)  # '' when the job gives none
    started_at: Mapped[datetime]
    late_at: Mapped[datetime | None]  # when max run time (+ start grace) ends
    is_reported: Mapped[bool] = mapped_column(server_default=text("false"))
    __table_args__ = (
        Index(
            "ix_heartbeat_runs_late",
            "late_at",
            postgresql_where=text("late_at IS NOT NULL AND NOT is_reported"),
        ),
    )


class HeartbeatTransition(Base):
    """What happened to a monitor, for its timeline: ARMED, OVERDUE, FAILED, RECOVERED, PAUSED, RESUMED, MUTED,
    UNMUTED, FLAPPING, FLAPPING_ENDED, STORM, RUN_TOO_LONG, REKEYED, DRILL. Monitoring gaps are read from
    `ingest_gaps`."""

    __tablename__ = "heartbeat_transitions"
    id: Mapped[int] = mapped_column(primary_key=True)
    monitor_id: Mapped[int] = mapped_column(ForeignKey("heartbeat_monitors.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    kind: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    __table_args__ = (
        Index("ix_heartbeat_transitions_monitor", "monitor_id", "at"),
        # Rows lie in the order of time: a range of blocks is enough for retention.
        Index("ix_heartbeat_transitions_at", "at", postgresql_using="brin"),
    )


class HeartbeatStorm(Base):
    """Many monitors fell silent together: one alert lists them while the storm lasts."""

    __tablename__ = "heartbeat_storms"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("alert_sources.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    last_joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    member_count: Mapped[int] = mapped_column(server_default=text("0"))
    __table_args__ = (
        Index("ix_heartbeat_storms_open", "account_id", postgresql_where=text("ended_at IS NULL")),
    )


class ProvisioningKey(Base):
    """Creates monitors on their first ping, up to a quota."""

    __tablename__ = "provisioning_keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str]
    prefix: Mapped[str]
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    alert_source_id: Mapped[int | None] = mapped_column(ForeignKey("alert_sources.id", ondelete="SET NULL"))
    interval_sec: Mapped[int]
    grace_sec: Mapped[int]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    quota: Mapped[int]
    created_count: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class TagBadge(Base):
    __tablename__ = "tag_badges"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    tag: Mapped[str]
    badge_key: Mapped[str] = mapped_column(unique=True)
    __table_args__ = (Index("uq_tag_badges_tag", "account_id", "tag", unique=True),)


class IngestLiveness(Base):
    """One row (id 1): the last instant at which some process was able to receive and store pings."""

    __tablename__ = "ingest_liveness"
    id: Mapped[int] = mapped_column(primary_key=True)
    alive_at: Mapped[datetime]


class IngestGap(Base):
    """A span in which no process could receive pings; it does not count against any monitor."""

    __tablename__ = "ingest_gaps"
    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime] = mapped_column(index=True)
