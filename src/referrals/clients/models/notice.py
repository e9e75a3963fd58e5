"""What a law wants a receiver to read: texts that whoever runs the house must write."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped

from referrals.kit.db import Base, Identified


class Notice(Identified, Base):
    """One wording of one notice in one language. The newest counts; older ones stay, for they were shown to somebody."""

    __tablename__ = "notice"
    code: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    """Empty: taken back, and whatever needs it is blocked again."""
    since: Mapped[datetime]
    written_by: Mapped[UUID | None]
    __table_args__ = (
        CheckConstraint("code IN ('part2', 'secrecy_fr')", name="code_is_known"),
        CheckConstraint("language IN ('fr', 'en')", name="language_is_ours"),
        Index("ix_notice_code_language_since", "code", "language", "since"),
    )
