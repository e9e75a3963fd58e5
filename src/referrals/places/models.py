"""The gazetteer's one table."""

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base
from referrals.kit.geo import LatLon
from referrals.kit.loaded import LoadedFile

__all__ = ["LoadedFile", "Place"]


class Place(Base):
    """A town, arrondissement, department or region. `precision` says whose point it carries when it has none of its own."""

    __tablename__ = "place"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str]
    kind: Mapped[str]
    country: Mapped[str]
    region: Mapped[str | None]
    department: Mapped[str | None]
    epci: Mapped[str | None]
    postcodes: Mapped[list[str]]
    population: Mapped[int]
    latitude: Mapped[float]
    longitude: Mapped[float]
    point: Mapped[WKBElement] = mapped_column(Geography("POINT", srid=4326, spatial_index=True))
    precision: Mapped[str]
    __table_args__ = (
        Index("ix_place_folded", "folded", postgresql_ops={"folded": "text_pattern_ops"}),
        Index("ix_place_postcodes", "postcodes", postgresql_using="gin"),
    )

    @property
    def at(self) -> LatLon:
        return LatLon(self.latitude, self.longitude)

    @property
    def approximate(self) -> bool:
        return self.precision != "exact"
