"""Taxonomies, their terms, synonyms, and the links from other people's terms to ours."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json

OURS = "relais"
"""`source` of the taxonomies that we wrote."""


class Taxonomy(Identified, Base):
    """HSDS `taxonomy`: ours, or the one that an imported directory uses. Only ours are told apart by their names."""

    __tablename__ = "taxonomy"
    source: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    uri: Mapped[str | None]
    version: Mapped[str | None]
    __table_args__ = (
        Index("ix_taxonomy_name_is_ours", "name", unique=True, postgresql_where=text("source = 'relais'")),
    )


class Term(Identified, Base):
    """HSDS `taxonomy_term`. Our own carry labels in both languages; a foreign one has its `name` alone."""

    __tablename__ = "taxonomy_term"
    taxonomy_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy.id"), index=True)
    source: Mapped[str]
    source_key: Mapped[str | None]
    code: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    folded: Mapped[str]
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomy_term.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    language: Mapped[str | None]
    term_uri: Mapped[str | None]
    taggable: Mapped[bool] = mapped_column(default=True)
    label_fr: Mapped[str | None]
    label_en: Mapped[str | None]
    plain_fr: Mapped[str | None]
    plain_en: Mapped[str | None]
    data_inclusion: Mapped[str | None]
    details: Mapped[Json] = mapped_column(default=dict)
    """What else our taxonomies say of a term: `level` of a care intensity, `class` of a funding, `place_bound`."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    record_hash: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("taxonomy_id", "code"),
        Index("ix_taxonomy_term_folded", "folded"),
    )

    def label(self, language: str) -> str:
        return (self.label_fr if language == "fr" else self.label_en) or self.name

    def plain(self, language: str) -> str:
        """The term in a client's words."""
        return (self.plain_fr if language == "fr" else self.plain_en) or self.label(language)


class Synonym(Identified, Base):
    """What people type for a term."""

    __tablename__ = "synonym"
    term_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_term.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    text: Mapped[str]
    folded: Mapped[str]
    __table_args__ = (
        UniqueConstraint("term_id", "language", "folded"),
        CheckConstraint("language IN ('fr', 'en')", name="language_is_ours"),
    )


class TermLink(Identified, Base):
    """The crosswalk: what a foreign term means in ours. Proposed by likeness, true once a person has confirmed it.

    `term_id` is None when a person has read the foreign term and found nothing of ours that it means.
    """

    __tablename__ = "term_link"
    foreign_id: Mapped[UUID] = mapped_column(ForeignKey("taxonomy_term.id", ondelete="CASCADE"))
    term_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomy_term.id"))
    state: Mapped[str]
    score: Mapped[float | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("foreign_id", "term_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("state IN ('proposed', 'confirmed', 'rejected')", name="state_is_known"),
        Index("ix_term_link_term_id", "term_id"),
    )
