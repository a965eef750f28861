from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tocsin.infra.db import Base


class AuditEntry(Base):
    """Append-only: who changed what. `details` holds the changed fields, never a secret."""

    __tablename__ = "audit_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime]
    actor_user_id: Mapped[int | None]
    action: Mapped[str]
    object_type: Mapped[str]
    object_id: Mapped[int | None]
    details: Mapped[dict[str, Any]]
    __table_args__ = (Index("ix_audit_entries_account_at", "account_id", "at"),)
