"""That somebody looked and found it still so: no change of state, and part of the story all the same."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class Review(Identified, Base):
    """A case manager looked at what goes on for long, and wants to be asked again. Append-only, like the events."""

    __tablename__ = "referral_review"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"))
    position: Mapped[int]
    """Of the event since which it stands so."""
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    ask_again_on: Mapped[date]
    __table_args__ = (Index("ix_referral_review_referral_id", "referral_id", "at"),)
