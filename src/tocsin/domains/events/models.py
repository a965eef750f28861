from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tocsin.infra.db import Base


class Event(Base):
    """An accepted event: on disk before it is answered. `disposition` is null until it was processed; the
    reason for every outcome is kept for the event explorer."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]  # no foreign keys: their checks would cost a look-up for each event
    source_id: Mapped[int]
    received_at: Mapped[datetime]
    correlation_id: Mapped[UUID]
    event_type: Mapped[str]
    alert_key: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    disposition: Mapped[str | None]
    reason: Mapped[str | None]
    alert_id: Mapped[int | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    not_before: Mapped[datetime | None]  # set when processing failed and waits for another try
    processed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_events_pending", "source_id", "id", postgresql_where=text("disposition IS NULL")),
        Index("ix_events_source_received", "source_id", "received_at"),
        # Rows lie in the order of receipt: a range of blocks is enough for retention, and costs inserts nothing.
        Index("ix_events_received", "received_at", postgresql_using="brin"),
    )
