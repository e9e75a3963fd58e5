"""What followed from an attempt that failed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class Disposition(Identified, Base):
    """What was decided for the need once an attempt had failed. Until there is one, the need's loop is open."""

    __tablename__ = "disposition"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    need_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    next_referral_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"), index=True)
    """The attempt that goes on in its place."""
    reason: Mapped[str | None]
    """Why the need stays unmet: a code of `reasons.UNMET`."""
    actor_id: Mapped[UUID | None]
    actor_role: Mapped[str]
    at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    """Since when it no longer holds: the attempt that it named was a mistake."""
    __table_args__ = (
        Index("uq_disposition_one_an_attempt", "referral_id", unique=True, postgresql_where="replaced_at IS NULL"),
        CheckConstraint(
            "kind IN ('re_referred', 'self_navigated', 'unmet', 'withdrawn', 'met_elsewhere')", name="kind_is_known"
        ),
        CheckConstraint("(kind = 're_referred') = (next_referral_id IS NOT NULL)", name="re_referred_names_the_next"),
        CheckConstraint("(kind = 'unmet') = (reason IS NOT NULL)", name="unmet_has_reason"),
    )
