from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from tocsin.infra.db import Base


class AlertSource(Base):
    """Where events come in. `extra` round-trips the contract's fields that nothing interprets yet."""

    __tablename__ = "alert_sources"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str]
    integration_type: Mapped[str]
    integration_key: Mapped[str] = mapped_column(unique=True)
    escalation_policy_id: Mapped[int] = mapped_column(ForeignKey("escalation_policies.id"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    alert_creation: Mapped[str] = mapped_column(server_default="ONE_ALERT_PER_EMAIL")
    alert_grouping_window: Mapped[str | None]
    auto_resolution_timeout: Mapped[str | None]
    alert_priority_rule: Mapped[str] = mapped_column(server_default="HIGH")
    severity: Mapped[int | None]
    runbook_url: Mapped[str | None]
    team_ids: Mapped[list[int]] = mapped_column(server_default=text("'{}'"))
    extra: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    rate_limited_until: Mapped[datetime | None]  # warning shown for 48 h after a 429
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
