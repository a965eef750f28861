from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tocsin.infra.db import Base


class EscalationPolicy(Base):
    """`rules`: `[{"escalationTimeout": minutes, "users": [id], "schedules": [id], "teams": [id]}]`, in the order
    written. Alerts copy them at creation, so later edits do not touch open alerts."""

    __tablename__ = "escalation_policies"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str]
    rules: Mapped[list[dict[str, Any]]]
    repeating: Mapped[bool] = mapped_column(server_default=text("false"))
    frequency: Mapped[int] = mapped_column(server_default=text("1"))
    delay_min: Mapped[int] = mapped_column(server_default=text("0"))
    routing_key: Mapped[str | None]
    team_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AlertEscalation(Base):
    """The durable state of one alert's escalation. A row with `due_at` has a next step; a row without one
    says in `ended_reason` why not (invariant: exactly one of the two is set while the alert is open)."""

    __tablename__ = "alert_escalations"
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    rules: Mapped[list[dict[str, Any]]]  # snapshot
    passes: Mapped[int]  # how often the rules are walked in all
    step: Mapped[int]  # index into rules x passes of what fires next
    priority: Mapped[str]
    due_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]  # ACCEPTED, RESOLVED, LOW_PRIORITY, EXHAUSTED, RESPONDERS_CHOSEN, MERGED
    pass_reached_someone: Mapped[bool] = mapped_column(server_default=text("false"))
    assignment: Mapped[int] = mapped_column(
        server_default=text("0")
    )  # counts every paging round of the alert
    __table_args__ = (
        Index("ix_alert_escalations_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
    )
