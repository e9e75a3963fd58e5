"""HSDS's extension points: attributes on any record, the history of its fields, the description of source tables."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.directory.models.base import Recorded
from referrals.kit.db import Base


class Attribute(Recorded, Base):
    """A term put on a record. `link_type` is the taxonomy's name, `target-audience` or `eligibility`."""

    __tablename__ = "attribute"
    link_id: Mapped[UUID]
    link_entity: Mapped[str]
    link_type: Mapped[str | None]
    taxonomy_term_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomy_term.id"), index=True)
    value: Mapped[str | None]
    label: Mapped[str | None]
    __table_args__ = (Index("ix_attribute_link_id", "link_id"),)


class Metadata(Recorded, Base):
    """One change of one field: what it was, what it became, when, by whom. Never rewritten."""

    __tablename__ = "metadata"
    resource_id: Mapped[UUID]
    resource_type: Mapped[str]
    last_action_date: Mapped[datetime]
    last_action_type: Mapped[str]
    field_name: Mapped[str]
    previous_value: Mapped[str | None]
    replacement_value: Mapped[str | None]
    updated_by: Mapped[str]
    user_id: Mapped[UUID | None]
    __table_args__ = (Index("ix_metadata_resource_id_last_action_date", "resource_id", "last_action_date"),)


class MetaTableDescription(Recorded, Base):
    __tablename__ = "meta_table_description"
    name: Mapped[str | None]
    language_text: Mapped[str | None]
    """HSDS `meta_table_description.language`."""
    character_set: Mapped[str | None]
