"""What was shown and chosen, so that it can be explained later; what nobody could be found for; what comes after what."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json

REASONS = (
    "soonest", "nearest", "cheapest", "language", "made_for_them", "knows_them", "recommended", "feels_right", "only_one", "other",
)  # fmt: skip
"""Why somebody chose a service."""


class MatchList(Identified, Base):
    """A list of proposals as somebody saw it. Read through `matching.kept.kept_for` alone; it goes with the person's file."""

    __tablename__ = "match_list"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    by_id: Mapped[UUID]
    """Who looked first."""
    at: Mapped[datetime]
    day: Mapped[date]
    """The rules' own day."""
    rules: Mapped[str]
    inputs: Mapped[str]
    """SHA-256 over all that the rules were given for what is shown: the same list seen twice on a day is kept once."""
    weights: Mapped[Json]
    asked: Mapped[Json]
    """Person and need as the rules saw them; no name and no contact are among it."""
    fits: Mapped[int]
    left_out: Mapped[int]
    shown: Mapped[list[Any]] = mapped_column(JSONB)
    """What stood on the page, in order: service, what its listing said, findings, parts, score, band, position, tie."""
    __table_args__ = (
        UniqueConstraint("need_id", "day", "inputs", name="uq_match_list_once_a_day"),
        Index("ix_match_list_need_id_at", "need_id", "at"),
        Index("ix_match_list_at", "at"),
    )


class Choice(Identified, Base):
    """What was chosen for a need, by whom and why. The client's own choice always wins; the latest one counts."""

    __tablename__ = "match_choice"
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), index=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    service_id: Mapped[UUID]
    list_id: Mapped[UUID | None] = mapped_column(ForeignKey("match_list.id", ondelete="SET NULL"))
    chosen_by: Mapped[str]
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    """In the person's own words; goes with their file."""
    compared: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    """The services that were looked at side by side."""
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    """Who wrote it down."""
    __table_args__ = (
        CheckConstraint("chosen_by IN ('client', 'case_manager')", name="chosen_by_is_known"),
        Index("ix_match_choice_need_id_at", "need_id", "at"),
    )


class UnmetNeed(Base):
    """A day on which nothing fitted: the need, the area, what stood in the way. Nothing says for whom."""

    __tablename__ = "unmet_need"
    day: Mapped[date] = mapped_column(primary_key=True)
    need: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(primary_key=True)
    """`FR Rhône`: the country and its department or county; empty where nobody knows."""
    binding: Mapped[str] = mapped_column(primary_key=True)
    """The rule that left most of them out, or `nothing` where nobody offers it."""
    times: Mapped[int]
    """Needs for which it was so on that day."""
    considered: Mapped[int]
    """Services that were looked at, the most of that day."""
    __table_args__ = (CheckConstraint("times > 0", name="times_is_a_number"),)


class PlanOrder(Base):
    """Said by a case manager: this need waits until help for the other has begun, or does not, whatever is usual."""

    __tablename__ = "plan_order"
    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), primary_key=True)
    after_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"), primary_key=True)
    holds: Mapped[bool]
    at: Mapped[datetime]
    by_id: Mapped[UUID]
    __table_args__ = (
        CheckConstraint("need_id <> after_id", name="not_after_itself"),
        Index("ix_plan_order_after_id", "after_id"),
    )


class OwnWeights(Identified, Base):
    """How much each criterion counts for an organization's people. Never changed: a decision more is a version more."""

    __tablename__ = "own_weights"
    organization_id: Mapped[UUID]
    version: Mapped[int]
    shares: Mapped[Json] = mapped_column(JSONB)
    why: Mapped[str]
    by_id: Mapped[UUID]
    at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("organization_id", "version"),
        CheckConstraint("version > 0", name="versions_begin_at_one"),
        CheckConstraint("length(trim(why)) > 0", name="has_a_reason"),
    )
