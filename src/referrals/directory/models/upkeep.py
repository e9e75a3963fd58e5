"""Keeping listings true: how often each is asked after, to which addresses we write, and the links that answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class Upkeep(Base):
    """How often one listing is asked after, and how far its present round has come. Without a row: the usual rhythm, never asked."""

    __tablename__ = "upkeep"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    months: Mapped[int | None]
    """None: nobody chose, so it is the deployment's rhythm."""
    places_days: Mapped[int | None]
    """Asked whether there is room this many days after it was last said; None: its places are asked with all the rest."""
    asked_at: Mapped[datetime | None]
    """The first mail of the present round, or of the last one."""
    asks: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Mails of that round, the reminders counted."""
    places_asked_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("months IN (1, 3, 6, 12)", name="months_is_a_rhythm"),
        CheckConstraint("places_days IN (14, 30)", name="places_days_is_a_rhythm"),
    )


class UpkeepAddress(Identified, Base):
    """An address that we ask, in small letters: when last, and whether it may be asked again."""

    __tablename__ = "upkeep_address"
    address: Mapped[str] = mapped_column(unique=True)
    asked_at: Mapped[datetime | None]
    """The last mail that we sent of our own accord. The next one comes a week later at the earliest."""
    stopped_at: Mapped[datetime | None]
    """Since when they want no more of these mails."""
    dead_at: Mapped[datetime | None]
    dead_why: Mapped[str | None]
    """What the mail server said, or who found out."""


class UpkeepLink(Identified, Base):
    """A signed link for one organization's listings, or for one of them. What it opens is asked anew each time."""

    __tablename__ = "upkeep_link"
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    address: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    __table_args__ = (Index("ix_upkeep_link_organization_id", "organization_id"),)
