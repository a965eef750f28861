from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tocsin.infra.db import Base


class EngineTurn(Base):
    """One row a running engine: when it last turned. `/health/ready` and the watchdog read it."""

    __tablename__ = "engine_turns"
    engine_id: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    turned_at: Mapped[datetime]
    metrics: Mapped[str | None]  # of this engine, in Prometheus' text format


class PeriodicWork(Base):
    """What is done every so often by whichever engine claims it first (retention, invariants, watchdog)."""

    __tablename__ = "periodic_work"
    name: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    last_error: Mapped[str | None]
