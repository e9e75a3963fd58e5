"""What is known of services from what happened."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped

from referrals.kit.db import Base, Identified


class Learned(Identified, Base):
    """What one service is known for in one need, or what is usual for it (`service_id` is None; need '' is all needs).

    Filled anew by `tracking.learn`; each row holds all that its `mean` was made of: (kappa·prior + total) / (kappa + weight).
    """

    __tablename__ = "learned"
    need: Mapped[str]
    measure: Mapped[str]
    service_id: Mapped[UUID | None]
    count: Mapped[int]
    weight: Mapped[float]
    total: Mapped[float]
    prior: Mapped[float]
    kappa: Mapped[float]
    mean: Mapped[float]
    spread: Mapped[float | None]
    """Between services that do well and badly; with what is usual."""
    as_of: Mapped[date]
    __table_args__ = (
        UniqueConstraint("need", "service_id", "measure", postgresql_nulls_not_distinct=True),
        CheckConstraint("measure IN ('quality', 'acceptance', 'answer_days', 'wait_days')", name="measure_is_known"),
        CheckConstraint("count >= 0 AND weight >= 0", name="counts_are_counts"),
    )
