from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from tocsin.infra.db import Base


class Notification(Base):
    """A planned message to one person by one method. It is committed together with what caused it.

    kind: PAGE (an alert wants a person), RECOVERY (the page's alert is resolved), UPDATE, TEST, SYSTEM.
    state: SCHEDULED -> SENDING (leased) -> SENT | FAILED | CANCELLED | SUPPRESSED.
    `why` is the decision at planning time: `{policy, level, preference, priority, assignment}`.
    """

    __tablename__ = "notifications"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str]
    method: Mapped[str]  # EMAIL today; the contract's other methods follow
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="SET NULL"))
    target: Mapped[str]
    subject: Mapped[str | None]
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    why: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    repeat_every_min: Mapped[int | None]
    planned_at: Mapped[datetime]
    scheduled_for: Mapped[datetime]  # when it was meant to go out; `due_at` moves with retries
    due_at: Mapped[datetime | None]  # null when nothing is left to do
    state: Mapped[str] = mapped_column(server_default="SCHEDULED")
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    finished_at: Mapped[datetime | None]
    provider_id: Mapped[str | None]
    error: Mapped[str | None]  # failed: the provider's answer; suppressed, cancelled: the reason
    __table_args__ = (
        Index("ix_notifications_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_notifications_alert", "alert_id", "id"),
        Index("ix_notifications_account", "account_id", "planned_at"),
        Index("ix_notifications_account_state", "account_id", "state", "planned_at"),
    )


class NotificationAttempt(Base):
    """Written before each try, finished after it; an unfinished one older than its lease was interrupted.

    `handed_at` is written just before the mail goes on the wire: a try that was interrupted without it cannot
    have arrived, and does not count as a possible repeat.
    """

    __tablename__ = "notification_attempts"
    id: Mapped[int] = mapped_column(primary_key=True)
    notification_id: Mapped[int] = mapped_column(
        ForeignKey("notifications.id", ondelete="CASCADE"), index=True
    )
    provider: Mapped[str]
    started_at: Mapped[datetime]
    handed_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]  # SENT, RETRY, FAILED, INTERRUPTED
    response: Mapped[str | None]


class ActionToken(Base):
    """Lets the holder of a page act on its alert from a confirmation page, without signing in."""

    __tablename__ = "action_tokens"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(index=True)
