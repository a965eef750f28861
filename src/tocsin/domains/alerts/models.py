from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tocsin.infra.db import Base

OPEN = "status <> 'RESOLVED'"


class Alert(Base):
    __tablename__ = "alerts"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("alert_sources.id", ondelete="SET NULL"))
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("escalation_policies.id", ondelete="SET NULL"))
    summary: Mapped[str]
    details: Mapped[str | None]
    report_time: Mapped[datetime]
    status: Mapped[str] = mapped_column(server_default="PENDING")
    priority: Mapped[str] = mapped_column(server_default="HIGH")
    severity: Mapped[int | None]
    alert_key: Mapped[str | None]  # as first received
    folded_key: Mapped[str | None]  # trimmed and case-folded; what matching compares
    images: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"))
    links: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"))
    labels: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    custom_details: Mapped[dict[str, Any] | None]
    services: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"))
    runbook_url: Mapped[str | None]
    is_drill: Mapped[bool] = mapped_column(server_default=text("false"))
    event_count: Mapped[int] = mapped_column(server_default=text("1"))
    last_event_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    accepted_by_type: Mapped[str | None]  # USER or SOURCE
    resolved_on: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    resolved_by_type: Mapped[str | None]
    auto_resolve_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id", ondelete="SET NULL"))
    merge_state: Mapped[str] = mapped_column(server_default="NONE")
    __table_args__ = (
        # One open alert a key and source, whatever races: the loser of an insert attaches instead.
        Index(
            "uq_alerts_open_key",
            "source_id",
            "folded_key",
            unique=True,
            postgresql_where=text(f"{OPEN} AND folded_key IS NOT NULL"),
        ),
        Index("ix_alerts_account_report", "account_id", "report_time", "id"),
        Index("ix_alerts_account_status_report", "account_id", "status", "report_time", "id"),
        Index("ix_alerts_source_report", "source_id", "report_time", "id"),
        Index("ix_alerts_open_source", "source_id", "report_time", postgresql_where=text(OPEN)),
        Index("ix_alerts_policy", "policy_id", "report_time"),
        Index(
            "ix_alerts_auto_resolve", "auto_resolve_at", postgresql_where=text("auto_resolve_at IS NOT NULL")
        ),
        Index(
            "ix_alerts_search", "summary", postgresql_using="gin", postgresql_ops={"summary": "gin_trgm_ops"}
        ),
    )


class AlertResponder(Base):
    __tablename__ = "alert_responders"
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    status: Mapped[str] = mapped_column(server_default="PENDING")
    assigned_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_alert_responders_user", "user_id", "alert_id"),)


class AlertComment(Base):
    __tablename__ = "alert_comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    content: Mapped[str]
    creator: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
