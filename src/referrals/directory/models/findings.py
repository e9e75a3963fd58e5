"""What does not fit together in a listing, when that was last looked for, and what readers say is wrong."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json


class Finding(Identified, Base):
    """Two things in a listing that cannot both be true, or one that cannot be true at all.

    `facts` are the data that contradict each other; a dismissal holds as long as they stay the same.
    """

    __tablename__ = "finding"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(default="")
    """Which of several: the id of a place, a telephone number."""
    facts: Mapped[Json]
    weight: Mapped[float]
    """How far somebody may be led astray; the worst first."""
    found_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """Since when the records no longer contradict each other."""
    dismissed_at: Mapped[datetime | None]
    dismissed_by: Mapped[UUID | None]
    why: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("service_id", "kind", "key"),
        CheckConstraint("(dismissed_at IS NULL) = (why IS NULL)", name="dismissed_has_a_reason"),
        Index("ix_finding_open", "kind", "weight", "found_at", postgresql_where="closed_at IS NULL AND dismissed_at IS NULL"),
        Index("ix_finding_worst", "weight", "found_at", postgresql_where="closed_at IS NULL AND dismissed_at IS NULL"),
    )  # fmt: skip


class CheckRun(Identified, Base):
    """One reading of the whole directory for contradictions, so that people see how far it has come."""

    __tablename__ = "check_run"
    began_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)


class ReaderReport(Identified, Base):
    """A reader says that something is wrong. Nothing of the reader is kept but an address, until they have been answered."""

    __tablename__ = "reader_report"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    what: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    language: Mapped[str]
    """In which an answer is written."""
    at: Mapped[datetime]
    outcome: Mapped[str | None]
    answer: Mapped[str | None]
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[UUID | None]
    __table_args__ = (
        CheckConstraint("what IN ('closed', 'moved', 'phone', 'hours', 'other')", name="what_is_known"),
        CheckConstraint("outcome IN ('mended', 'was_right', 'not_found_out')", name="outcome_is_known"),
        CheckConstraint("(handled_at IS NULL) = (outcome IS NULL)", name="handled_has_an_outcome"),
        CheckConstraint("handled_at IS NULL OR email IS NULL", name="address_is_forgotten_once_handled"),
        Index("ix_reader_report_service_id_at", "service_id", "at"),
        Index("ix_reader_report_waiting", "at", postgresql_where="handled_at IS NULL"),
    )
