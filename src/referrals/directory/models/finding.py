"""What finding needs beside the listings: their words, for when no engine answers, and what an engine must still be told."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base


class ServiceWords(Base):
    """The words of one service, as every engine is told them; derived from its document and written with it."""

    __tablename__ = "service_words"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    names: Mapped[str]
    """Folded: what it is called, by whom it is run, what it is for. Misspelt words are looked for here."""
    vector: Mapped[str] = mapped_column(TSVECTOR)
    """Words and their stems in both languages; a name weighs A, a need B, organization and town C, the rest D."""
    __table_args__ = (
        Index("ix_service_words_names", "names", postgresql_using="gin", postgresql_ops={"names": "gin_trgm_ops"}),
        Index("ix_service_words_vector", "vector", postgresql_using="gin"),
    )


class IndexDue(Base):
    """A service of which the engines must be told anew. Rows are only added and taken, so that nobody waits for anybody."""

    __tablename__ = "index_due"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    service_id: Mapped[UUID]
