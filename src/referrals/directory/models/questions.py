"""One thing that a listing does not say, asked of whoever runs the service."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified


class ListingQuestion(Identified, Base):
    """A question to a provider and its answer. Nothing in it comes from anybody's file."""

    __tablename__ = "listing_question"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"))
    code: Mapped[str]
    """A key of `directory.questions.kinds.KINDS`."""
    subject: Mapped[str] = mapped_column(default="")
    """What it is about where the kind leaves that open: `step-free`, `ar`."""
    address: Mapped[str]
    """Where it was sent; a renewed link goes there and nowhere else."""
    language: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    detail: Mapped[str | None]
    by: Mapped[str | None]
    """In which role they answered, as the history says it."""
    by_id: Mapped[UUID | None]
    outcome: Mapped[str | None]
    """live: the listing says it now; waiting: a curator looks at it; noted: the listing has no place for it."""
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("reader_report.id", ondelete="SET NULL"))
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_has_an_answer"),
        CheckConstraint("outcome IN ('live', 'waiting', 'noted')", name="outcome_is_known"),
        Index("ix_listing_question_service_id_code", "service_id", "code", "subject", "asked_at"),
    )


class QuestionAsker(Base):
    """Who wants to hear the answer."""

    __tablename__ = "listing_question_asker"
    question_id: Mapped[UUID] = mapped_column(ForeignKey("listing_question.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    """Since when they have read it on their day page."""
    __table_args__ = (Index("ix_listing_question_asker_unseen", "user_id", postgresql_where="seen_at IS NULL"),)
