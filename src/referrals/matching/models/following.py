"""What comes after an attempt that led nowhere: the next best, a list that is asked in turn, what a listing should have said."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json


class NextBest(Base):
    """The next best for a need whose last attempt led nowhere. One row a need: looked for anew, it is written over."""

    __tablename__ = "next_best"
    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    referral_id: Mapped[UUID]
    """The attempt after which it was looked for; `position`: how far its story had come then."""
    position: Mapped[int]
    at: Mapped[datetime]
    day: Mapped[date]
    """The rules' own day."""
    rules: Mapped[str]
    asked: Mapped[Json] = mapped_column(JSONB)
    """Person and need as the rules saw them; no name and no contact are among it."""
    fits: Mapped[int]
    """Services that fitted and had not been tried."""
    left_out: Mapped[int]
    shown: Mapped[list[Any]] = mapped_column(JSONB)
    """The first of them, as `matching.kept` writes a proposal."""
    told_at: Mapped[datetime | None]
    """Since when supervisor and curator know that there is nobody left."""


class InTurn(Identified, Base):
    """Services that the person agreed to have asked one after the other, in this order. Never two of them at once."""

    __tablename__ = "in_turn"
    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    by_id: Mapped[UUID]
    service_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    asked: Mapped[int] = mapped_column(default=0)
    """How many of them have been asked."""
    need: Mapped[str]
    """SHA-256 of the need as it was agreed to: a need that has changed since is another one."""
    message: Mapped[str] = mapped_column(default="")
    """What is said to each of them before they answer."""
    urgency: Mapped[str]
    ended: Mapped[str | None]
    """Why nobody more is asked by itself."""
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("cardinality(service_ids) BETWEEN 1 AND 3", name="at_most_three"),
        CheckConstraint("asked BETWEEN 0 AND cardinality(service_ids)", name="asked_are_among_them"),
        CheckConstraint("(ended IS NULL) = (ended_at IS NULL)", name="ended_has_a_moment"),
        CheckConstraint(
            "ended IN ('taken', 'all_asked', 'not_agreed', 'need_changed', 'does_not_fit', 'no_way_to_ask', 'nobody_carries', 'stopped')",
            name="ended_is_known",
        ),
        Index("uq_in_turn_one_running_a_need", "need_id", unique=True, postgresql_where="ended IS NULL"),
    )


class Lacking(Identified, Base):
    """Said after a refusal, with one click: what the listing should have told beforehand. Nothing says for whom."""

    __tablename__ = "lacking"
    referral_id: Mapped[UUID] = mapped_column(ForeignKey("referral.id", ondelete="CASCADE"), unique=True)
    service_id: Mapped[UUID]
    reason: Mapped[str]
    """Why they said no."""
    what: Mapped[str]
    """A key of `matching.following.lacking.WHAT`."""
    by_id: Mapped[UUID | None]
    """None where it was the receiver itself."""
    at: Mapped[datetime]
    question_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing_question.id", ondelete="SET NULL"))
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("reader_report.id", ondelete="SET NULL"))
