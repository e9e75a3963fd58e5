"""When something is to happen by itself, and how long a service may take."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base


class ReferralTimer(Base):
    """One moment at which somebody is reminded or time itself answers. Made with the event that began the wait.

    The next event takes away whatever has not rung. `round` counts what repeats.
    """

    __tablename__ = "referral_timer"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """Of the event after which it runs."""
    kind: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, default=0)
    due_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_referral_timer_waiting", "due_at", postgresql_where="fired_at IS NULL"),)


class ServicePace(Base):
    """A service's own times, where they differ from what is usual."""

    __tablename__ = "service_pace"
    service_id: Mapped[UUID] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    urgency: Mapped[str] = mapped_column(primary_key=True)
    days: Mapped[int]
    """Working days for an answer, a first contact or a new appointment; plain days otherwise."""
    __table_args__ = (
        CheckConstraint("stage IN ('answer', 'contact', 'booking', 'review', 'progress')", name="stage_is_known"),
        CheckConstraint("urgency IN ('urgent', 'routine')", name="urgency_is_known"),
        CheckConstraint("days BETWEEN 1 AND 90", name="days_are_days"),
    )
