"""What became of the need: what the client said, and the verdict."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class ClientVoice(Identified, Base):
    """What the client said in two taps. Asked of a referral, about the need."""

    __tablename__ = "client_voice"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id"), index=True)
    need_id: Mapped[UUID] = mapped_column(index=True)
    received: Mapped[str]
    resolved: Mapped[str]
    told_to: Mapped[UUID | None]
    """The case manager who wrote it down, when it was said aloud."""
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("received IN ('yes', 'partly', 'no', 'not_yet')", name="received_is_known"),
        CheckConstraint("resolved IN ('yes', 'partly', 'no', 'unknown')", name="resolved_is_known"),
    )


class Verdict(Identified, Base):
    """What became of the need, said by the case manager once the voices are in."""

    __tablename__ = "verdict"
    need_id: Mapped[UUID] = mapped_column(index=True)
    referral_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id"), index=True)
    verdict: Mapped[str]
    verified_by: Mapped[str]
    unmet_reason: Mapped[str | None]
    contact_attempts: Mapped[int] = mapped_column(default=0)
    decided_by: Mapped[UUID]
    at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint(
            "verdict IN ('met', 'partly', 'unmet', 'withdrawn', 'met_elsewhere', 'unknown')", name="verdict_is_known"
        ),
        CheckConstraint(
            "verified_by IN ('client', 'provider', 'document', 'observation', 'none')", name="verified_by_is_known"
        ),
        CheckConstraint("verdict <> 'unmet' OR unmet_reason IS NOT NULL", name="unmet_has_reason"),
    )
