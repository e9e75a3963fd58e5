"""What editors have written here, what waits for a curator, and which translation may have fallen behind."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json


class LocalEdit(Base):
    """A field of an imported record that was written here since: the next import leaves it alone.

    `field_name` is a column (`email`, `translations.en.name`) or a collection of children (`schedules`,
    `attributes.need`), as in `directory.changes.fields`.
    """

    __tablename__ = "local_edit"
    resource_id: Mapped[UUID] = mapped_column(primary_key=True)
    field_name: Mapped[str] = mapped_column(primary_key=True)
    resource_type: Mapped[str]
    at: Mapped[datetime]
    user_id: Mapped[UUID | None]


class Drift(Base):
    """The text in `language` has not been looked at since the same text in another language changed."""

    __tablename__ = "drift"
    resource_id: Mapped[UUID] = mapped_column(primary_key=True)
    field_name: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    resource_type: Mapped[str]
    organization_id: Mapped[UUID | None] = mapped_column(index=True)
    since: Mapped[datetime]


class Proposal(Identified, Base):
    """A change that waits for a curator. `before` and `wanted`: field name -> value, as `directory.changes` writes it."""

    __tablename__ = "proposal"
    resource_id: Mapped[UUID]
    resource_type: Mapped[str]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), index=True)
    before: Mapped[Json]
    wanted: Mapped[Json]
    by_id: Mapped[UUID]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    why: Mapped[str | None]
    """Said to whoever proposed it, when it was not taken, or not all of it."""
    refused: Mapped[list[str]] = mapped_column(default=list)
    """Fields that were not taken."""
    decided_by_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'withdrawn', 'replaced')", name="state_is_known"),
        Index("ix_proposal_waiting", "at", postgresql_where="state = 'waiting'"),
        Index("ix_proposal_resource_id", "resource_id"),
    )


class Claim(Identified, Base):
    """Somebody says that they run an organization and asks to keep its listings."""

    __tablename__ = "claim"
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    words: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    why: Mapped[str | None]
    decided_by_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    __table_args__ = (CheckConstraint("state IN ('waiting', 'accepted', 'refused')", name="state_is_known"),)
