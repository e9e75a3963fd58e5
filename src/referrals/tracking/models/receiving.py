"""What receivers without an account need: a second proof, a letter, files that they asked for, how they want to be written to."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class ReceiverCode(Identified, Base):
    """A short code that proves once more who holds the link. Its digits follow from its id and our secret, and stand nowhere.

    One that was mailed opens all that waits at its address; one that was told by telephone opens its one referral.
    """

    __tablename__ = "receiver_code"
    address: Mapped[str]
    referral_id: Mapped[UUID | None] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    made_at: Mapped[datetime]
    made_by: Mapped[UUID | None]
    """The case manager who reads it out."""
    ends_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    opened_until: Mapped[datetime | None]
    """Set once the code was typed: how long that browser need not be asked again."""
    __table_args__ = (
        CheckConstraint("(address <> '') <> (referral_id IS NOT NULL)", name="mailed_or_told"),
        Index("ix_receiver_code_address_made_at", "address", "made_at"),
    )


class ReceiverWish(Base):
    """How somebody who reads an address wants to be written to; nothing here: one mail for each request."""

    __tablename__ = "receiver_wish"
    address: Mapped[str] = mapped_column(primary_key=True)
    mails: Mapped[str] = mapped_column(default="each")
    language: Mapped[str | None]
    changed_at: Mapped[datetime]
    told_on: Mapped[date | None]
    """The day of the last digest."""
    __table_args__ = (CheckConstraint("mails IN ('each', 'daily')", name="mails_are_known"),)


class ReferralLetter(Identified, Base):
    """A printed letter whose code opens the receiver's page. The code follows from the id and our secret; here is its digest."""

    __tablename__ = "referral_letter"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    code_digest: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]


class ReferralFile(Identified, Base):
    """A paper that the service asked for. The file itself lies in the data folder, sealed, under a name that says nothing."""

    __tablename__ = "referral_file"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), index=True)
    document: Mapped[str]
    """Which of the papers that the service asks for, in the words of its listing."""
    kind: Mapped[str]
    size: Mapped[int]
    stored: Mapped[str] = mapped_column(unique=True)
    sensitivity: Mapped[str | None]
    tier: Mapped[str]
    """t1: may be seen before the yes, because nothing in it says who it is; t2: with the person's name."""
    added_by: Mapped[UUID]
    at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("kind IN ('pdf', 'jpeg', 'png')", name="kind_is_known"),
        CheckConstraint("tier IN ('t1', 't2')", name="tier_is_known"),
    )
