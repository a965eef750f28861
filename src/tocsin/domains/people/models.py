"""Users, their contacts, what they want to be told and how, and teams."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tocsin.infra.db import Base, contact_ids


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    username: Mapped[str]
    first_name: Mapped[str]
    last_name: Mapped[str]
    email: Mapped[str]
    password_hash: Mapped[str | None]
    role: Mapped[str] = mapped_column(server_default="USER")
    timezone: Mapped[str] = mapped_column(server_default="UTC")
    language: Mapped[str] = mapped_column(server_default="en")
    position: Mapped[str | None]
    department: Mapped[str | None]
    region: Mapped[str | None]
    shift_color: Mapped[str | None]
    avatar_url: Mapped[str | None]
    muted_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    __table_args__ = (
        Index("uq_users_email", "account_id", text("lower(email)"), unique=True),
        Index("uq_users_username", "account_id", text("lower(username)"), unique=True),
    )


class Contact(Base):
    __tablename__ = "contacts"
    id: Mapped[int] = mapped_column(contact_ids, primary_key=True, server_default=contact_ids.next_value())
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]  # EMAIL or PHONE
    target: Mapped[str]  # as sent; clients compare it literally
    status: Mapped[str] = mapped_column(server_default="OK")  # OK, LOCKED, BLACKLISTED
    region_code: Mapped[str | None]
    is_primary: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime]


class NotificationPreference(Base):
    """One rule. `collection` is the path segment: alerts, duties, updates, subscriptions."""

    __tablename__ = "notification_preferences"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    collection: Mapped[str]
    method: Mapped[str]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    type: Mapped[str | None]
    delay_min: Mapped[int | None]
    before_min: Mapped[int | None]
    repeat_every_min: Mapped[int | None]  # beyond the contract: again until someone reacts
    __table_args__ = (Index("ix_notification_preferences_user", "user_id", "collection"),)


class Team(Base):
    __tablename__ = "teams"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(Text)
    visibility: Mapped[str] = mapped_column(server_default="PUBLIC")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class TeamMember(Base):
    __tablename__ = "team_members"
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(server_default="RESPONDER")
    __table_args__ = (UniqueConstraint("user_id", "team_id"),)
