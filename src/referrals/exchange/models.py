"""What is remembered of imports: each run, what it did to which record, what it left out, and where a source disagrees with us."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json

STATES: Final = ("queued", "running", "ready", "done", "failed", "cancelled", "undone")
RHYTHMS: Final = ("daily", "weekly", "monthly")


class ImportRun(Identified, Base):
    """One package that somebody brought. It is first tried (`step` is rehearse) and then, if they say so, imported."""

    __tablename__ = "import_run"
    source: Mapped[str]
    file_name: Mapped[str]
    format: Mapped[str | None]
    step: Mapped[str]
    state: Mapped[str]
    """`ready`: tried, nothing of it kept yet; somebody is to say whether it shall come in."""
    whole: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str | None]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    phase: Mapped[str | None]
    done: Mapped[int] = mapped_column(BigInteger, default=0)
    """So much of `total`: bytes while reading, kinds of record while writing, services while listing."""
    total: Mapped[int] = mapped_column(BigInteger, default=0)
    stop_asked: Mapped[bool] = mapped_column(default=False)
    upload: Mapped[str | None]
    """The file's name in the folder of uploads, until it has come in."""
    mapping_id: Mapped[UUID | None] = mapped_column(ForeignKey("column_mapping.id"))
    feed_id: Mapped[UUID | None] = mapped_column(ForeignKey("feed.id", ondelete="SET NULL"), index=True)
    report: Mapped[Json | None] = mapped_column(JSONB)
    problem: Mapped[str | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]
    undo_report: Mapped[Json | None] = mapped_column(JSONB)
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state_is_known"),
        CheckConstraint("step IN ('rehearse', 'import', 'undo')", name="step_is_known"),
        Index("ix_import_run_asked_at", "asked_at"),
    )


# No key and no foreign key: a first import writes a row for each of its records, and each must cost next to nothing.
import_change = Table(
    "import_change",
    Base.metadata,
    Column("run_id", Uuid, nullable=False),
    Column("entity", String, nullable=False),
    Column("record_id", Uuid, nullable=False),
    Column("what", String, nullable=False),
    Column("before", JSONB),
    Column("after", JSONB),
    CheckConstraint("what IN ('created', 'changed', 'gone', 'returned')", name="what_is_known"),
    Index("ix_import_change_run_id_entity", "run_id", "entity"),
)
"""What a run did to a record. `before` and `after` hold the columns that became others, for what is neither new nor gone."""

import_loss = Table(
    "import_loss",
    Base.metadata,
    Column("run_id", Uuid, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("file", String, nullable=False),
    Column("line", Integer, nullable=False),
    Column("entity", String, nullable=False),
    Column("record_key", String),
    Column("field", String),
    Column("reason", String, nullable=False),
    CheckConstraint("kind IN ('refused', 'unreadable', 'lost', 'repaired')", name="kind_is_known"),
    Index("ix_import_loss_run_id", "run_id", "kind", "position"),
)
"""What did not come in as it was, line by line; of very many alike the first ones (the report has their number)."""


class ColumnMapping(Identified, Base):
    """How the columns of somebody's CSV are read, saved under a name."""

    __tablename__ = "column_mapping"
    name: Mapped[str] = mapped_column(unique=True)
    mapping: Mapped[Json] = mapped_column(JSONB)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]


class Feed(Identified, Base):
    """A source that is fetched by itself. `address`: http(s), or a path below the folder of local sources."""

    __tablename__ = "feed"
    source: Mapped[str] = mapped_column(unique=True)
    address: Mapped[str]
    rhythm: Mapped[str]
    language: Mapped[str | None]
    whole: Mapped[bool] = mapped_column(default=True)
    mapping_id: Mapped[UUID | None] = mapped_column(ForeignKey("column_mapping.id"))
    active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    next_at: Mapped[datetime]
    looked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When the address was last asked; `problem` says why that failed, if it did."""
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    problem: Mapped[str | None]
    __table_args__ = (CheckConstraint(f"rhythm IN {RHYTHMS}", name="rhythm_is_known"),)


class SourceConflict(Identified, Base):
    """A field that was edited here, and that its source now says otherwise. Ours stands until somebody decides."""

    __tablename__ = "source_conflict"
    run_id: Mapped[UUID | None]
    source: Mapped[str]
    resource_type: Mapped[str]
    resource_id: Mapped[UUID]
    field_name: Mapped[str]
    ours: Mapped[Json] = mapped_column(JSONB)
    """`{"value": …}` for a column, `{"rows": […]}` for a collection."""
    theirs: Mapped[Json] = mapped_column(JSONB)
    theirs_digest: Mapped[str]
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    decision: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("(decision IS NULL) = (decided_at IS NULL)", name="decision_has_its_time"),
        CheckConstraint("decision IN ('keep', 'take')", name="decision_is_known"),
        Index(
            "uq_source_conflict_open",
            "resource_id",
            "field_name",
            unique=True,
            postgresql_where=text("decided_at IS NULL"),
        ),
        Index("ix_source_conflict_resource_id", "resource_id"),
    )
