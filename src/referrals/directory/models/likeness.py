"""Records as they are compared: folded once, so that possible doubles are found by index. Derived, never edited."""

from uuid import UUID

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base


class Likeness(Base):
    """One organization or service in the folded words that candidates are ranked by."""

    __tablename__ = "likeness"
    entity: Mapped[str] = mapped_column(primary_key=True)
    """`organization` or `service`."""
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    gist: Mapped[str]
    """Name and opening of the description."""
    words: Mapped[list[str]]
    """The telling words of its names; without those that half of a directory carries."""
    localities: Mapped[list[str]]
    """Folded towns and postcodes; empty: nowhere in particular."""
    digest: Mapped[str]


class LikenessKey(Base):
    """What two records may share. `kind` is one of `duplicates.keys.KINDS`; only a `point` has a `point`."""

    __tablename__ = "likeness_key"
    entity: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    point: Mapped[WKBElement | None] = mapped_column(Geography("POINT", srid=4326, spatial_index=True))
    __table_args__ = (
        Index("ix_likeness_key_record_id", "record_id", "entity"),
        Index(
            "ix_likeness_key_name_trigrams",
            "value",
            postgresql_using="gin",
            postgresql_ops={"value": "gin_trgm_ops"},
            postgresql_where=text("kind = 'name'"),
        ),
    )
