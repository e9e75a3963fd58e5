"""What readers keep: searches with an alert, lists handed over by a code; and how often what was looked for, by day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json


class SavedSearch(Identified, Base):
    """A question that somebody with an account has asked for good: they hear when something new answers it."""

    __tablename__ = "saved_search"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    question: Mapped[Json]
    """The parameters of its address."""
    language: Mapped[str]
    known: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    """The services that answered it when it was last looked at."""
    created_at: Mapped[datetime]
    looked_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


class HandedList(Base):
    """A shortlist under a code that its owner tells a case manager. Nothing says whose it is; it ends by itself."""

    __tablename__ = "handed_list"
    code: Mapped[str] = mapped_column(primary_key=True)
    service_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    ends_at: Mapped[datetime]


class DailyCount(Base):
    """How many searches of a day asked for a need in an area; empty: not said, or too few to be told apart."""

    __tablename__ = "daily_count"
    day: Mapped[date] = mapped_column(primary_key=True)
    need: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    """`FR Rhône`: the country and its department or county."""
    times: Mapped[int]
    __table_args__ = (CheckConstraint("times > 0", name="times_is_a_number"),)
