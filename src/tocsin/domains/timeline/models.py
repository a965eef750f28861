from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tocsin.infra.db import Base


class LogEntry(Base):
    """One line of an alert's timeline. The text is made from `type` and `vars` when it is read, in the
    reader's language. `type` is the contract's name (`AlertReceivedLogEntry`, …)."""

    __tablename__ = "log_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]  # the alert's; no foreign key of its own, which would be checked for each line
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    timestamp: Mapped[datetime]
    type: Mapped[str]
    vars: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    __table_args__ = (Index("ix_log_entries_alert", "alert_id", "id"),)
