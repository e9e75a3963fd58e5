"""Records that may be the same, what somebody decided about them, and what became of two that were made one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json


class DuplicatePair(Identified, Base):
    """Two records that read like one, the smaller id first.

    `reasons`: what speaks for and against it, as `duplicates.scoring` found it. Once somebody has decided, score and
    reasons stay as they were decided on.
    """

    __tablename__ = "duplicate_pair"
    entity: Mapped[str]
    a_id: Mapped[UUID]
    b_id: Mapped[UUID]
    score: Mapped[float]
    reasons: Mapped[list[Json]] = mapped_column(JSONB)
    found_at: Mapped[datetime]
    decision: Mapped[str | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("entity", "a_id", "b_id"),
        CheckConstraint("a_id < b_id", name="smaller_id_first"),
        CheckConstraint("entity IN ('organization', 'service')", name="entity_is_compared"),
        CheckConstraint("decision IN ('same', 'different')", name="decision_is_known"),
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decision_has_a_date"),
        Index("ix_duplicate_pair_a_id", "a_id"),
        Index("ix_duplicate_pair_b_id", "b_id"),
        Index("ix_duplicate_pair_open", "score", "found_at", postgresql_where="decision IS NULL"),
    )


class DuplicateScan(Identified, Base):
    """One reading of the whole directory for doubles. `entity` and `after`: how far it has come, where it goes on if cut off."""

    __tablename__ = "duplicate_scan"
    began_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    found: Mapped[int] = mapped_column(default=0)
    entity: Mapped[str]
    step: Mapped[str]
    """`fold`: records are read anew; `compare`: they are compared."""
    after: Mapped[UUID]


class Merge(Identified, Base):
    """Two records made one. `images`: every row that became another, before and after, so that it can be undone."""

    __tablename__ = "merge"
    entity: Mapped[str]
    kept_id: Mapped[UUID] = mapped_column(index=True)
    dropped_id: Mapped[UUID] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[UUID]
    choices: Mapped[Json]
    """Field -> kept, dropped or both."""
    images: Mapped[list[Json]] = mapped_column(JSONB)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]


class MergedInto(Base):
    """Where the address of a merged record leads now: always straight to a record that is there."""

    __tablename__ = "redirect"
    old_id: Mapped[UUID] = mapped_column(primary_key=True)
    entity: Mapped[str]
    kept_id: Mapped[UUID] = mapped_column(index=True)
    merge_id: Mapped[UUID] = mapped_column(ForeignKey("merge.id", ondelete="CASCADE"), index=True)
    __table_args__ = (CheckConstraint("old_id <> kept_id", name="leads_elsewhere"),)
