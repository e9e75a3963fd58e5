"""Which colleague of the receiver has a request in hand."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class InHand(Identified, Base):
    """One turn. The one without an end is whose it is now; the others are its history, for the receiver's side alone."""

    __tablename__ = "referral_in_hand"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID]
    by_id: Mapped[UUID]
    """Who gave it to them; they themselves where they took it."""
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_by: Mapped[UUID | None]
    __table_args__ = (
        Index("uq_referral_in_hand_one_at_a_time", "referral_id", unique=True, postgresql_where="until IS NULL"),
        Index("ix_referral_in_hand_user_id", "user_id", postgresql_where="until IS NULL"),
    )
