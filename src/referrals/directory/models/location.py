"""HSDS location, and a service at a location."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from referrals.directory.models.base import Recorded, Translated
from referrals.kit.db import Base


class Location(Recorded, Translated, Base):
    """`latitude`/`longitude` as the source gave them; a listing's point may come from the gazetteer instead."""

    __tablename__ = "location"
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    location_type: Mapped[str] = mapped_column(default="physical")
    url: Mapped[str | None]
    name: Mapped[str | None]
    alternate_name: Mapped[str | None]
    description: Mapped[str | None]
    transportation: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    external_identifier: Mapped[str | None]
    external_identifier_type: Mapped[str | None]


class ServiceAtLocation(Recorded, Base):
    __tablename__ = "service_at_location"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), index=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("location.id"), index=True)
    description: Mapped[str | None]
    __table_args__ = (UniqueConstraint("service_id", "location_id"),)


class Address(Recorded, Base):
    __tablename__ = "address"
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"), index=True)
    attention: Mapped[str | None]
    address_1: Mapped[str | None]
    address_2: Mapped[str | None]
    city: Mapped[str | None]
    region: Mapped[str | None]
    state_province: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    address_type: Mapped[str] = mapped_column(default="physical")


class Accessibility(Recorded, Base):
    __tablename__ = "accessibility"
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"), index=True)
    description: Mapped[str | None]
    details: Mapped[str | None]
    url: Mapped[str | None]
