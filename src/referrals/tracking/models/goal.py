"""What somebody wants to reach, in their own words, and how far they came."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class Goal(Identified, Base):
    """One goal of a need, with its five levels from "much less" to "much more" than hoped for. Erased with the need."""

    __tablename__ = "goal"
    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), index=True)
    said: Mapped[str]
    levels: Mapped[list[str]]
    """Five texts, from -2 to +2; the middle one is what is hoped for."""
    weight: Mapped[int] = mapped_column(default=1)
    """1 to 3: how much it matters beside the others."""
    baseline: Mapped[int]
    """The level on the day on which the goal was set."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (
        CheckConstraint("cardinality(levels) = 5", name="levels_are_five"),
        CheckConstraint("weight BETWEEN 1 AND 3", name="weight_is_one_to_three"),
        CheckConstraint("baseline BETWEEN -2 AND 2", name="baseline_is_a_level"),
    )


class GoalScore(Identified, Base):
    """The level that was reached, as somebody saw it on a day. The newest of the case manager's counts."""

    __tablename__ = "goal_score"
    goal_id: Mapped[UUID] = mapped_column(ForeignKey("goal.id", ondelete="CASCADE"), index=True)
    level: Mapped[int]
    by_role: Mapped[str]
    by_id: Mapped[UUID | None]
    referral_id: Mapped[UUID | None]
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("level BETWEEN -2 AND 2", name="level_is_a_level"),
        CheckConstraint("by_role IN ('case_manager', 'provider', 'client')", name="by_role_is_known"),
    )


class InstrumentScore(Identified, Base):
    """A hook for instruments that are not ours to ship: which one, what it gave, on which day, and where the sheet is."""

    __tablename__ = "instrument_score"
    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), index=True)
    instrument: Mapped[str]
    """Its name as its owner writes it, as `EQ-5D-5L`."""
    score: Mapped[float]
    on_day: Mapped[date]
    file: Mapped[str]
    """Where the filled sheet is kept: a name or number in the organization's own files."""
    by_id: Mapped[UUID]
    at: Mapped[datetime]
    __table_args__ = (CheckConstraint("instrument <> ''", name="instrument_has_a_name"),)
