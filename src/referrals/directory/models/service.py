"""HSDS service and what says who may come, when, at what price, and whether there is room."""

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from referrals.directory.models.base import Recorded, Translated
from referrals.kit.db import Base

STATUSES = ("active", "inactive", "defunct", "temporarily closed")


class Service(Recorded, Translated, Base):
    """`min_age` and `max_age` are inclusive, in years; absent means that no limit is known."""

    __tablename__ = "service"
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    program_id: Mapped[UUID | None] = mapped_column(ForeignKey("program.id"))
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    easy_text: Mapped[str | None]
    """The same in easy words, written by a person: short sentences for people who read with effort."""
    url: Mapped[str | None]
    email: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="active")
    interpretation_services: Mapped[str | None]
    application_process: Mapped[str | None]
    wait_time: Mapped[str | None]
    fees: Mapped[str | None]
    fees_description: Mapped[str | None]
    eligibility_description: Mapped[str | None]
    minimum_age: Mapped[float | None]
    maximum_age: Mapped[float | None]
    accreditations: Mapped[str | None]
    licenses: Mapped[str | None]
    assurer_email: Mapped[str | None]
    alert: Mapped[str | None]
    last_modified: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("status IN ('active', 'inactive', 'defunct', 'temporarily closed')", name="status_is_hsds"),
        Index("ix_service_source_source_key", "source", "source_key"),
    )


class ServiceArea(Recorded, Base):
    """`extent_type`: `postcode-prefix` and `country` decide matches (see docs/directory-profile.md); others are kept as they are."""

    __tablename__ = "service_area"
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"), index=True)
    service_at_location_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_at_location.id"), index=True)
    name: Mapped[str | None]
    description: Mapped[str | None]
    extent: Mapped[str | None]
    extent_type: Mapped[str | None]
    uri: Mapped[str | None]
    shape: Mapped[WKBElement | None] = mapped_column(Geometry("GEOMETRY", srid=4326, spatial_index=True))


class Schedule(Recorded, Base):
    """A weekly or monthly slot, HSDS's RRULE in columns. Two slots a day are two rows; 24 hours is 00:00 to 23:59."""

    __tablename__ = "schedule"
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"), index=True)
    location_id: Mapped[UUID | None] = mapped_column(ForeignKey("location.id"), index=True)
    service_at_location_id: Mapped[UUID | None] = mapped_column(ForeignKey("service_at_location.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    dtstart: Mapped[date | None]
    timezone: Mapped[float | None]
    until: Mapped[date | None]
    count: Mapped[int | None]
    wkst: Mapped[str | None]
    freq: Mapped[str | None]
    interval: Mapped[int | None]
    byday: Mapped[str | None]
    byweekno: Mapped[str | None]
    bymonthday: Mapped[str | None]
    byyearday: Mapped[str | None]
    description: Mapped[str | None]
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    schedule_link: Mapped[str | None]
    attending_type: Mapped[str | None]
    notes: Mapped[str | None]


class CostOption(Recorded, Base):
    __tablename__ = "cost_option"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    option: Mapped[str | None]
    currency: Mapped[str | None]
    amount: Mapped[Decimal | None]
    amount_description: Mapped[str | None]


class RequiredDocument(Recorded, Translated, Base):
    __tablename__ = "required_document"
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"), index=True)
    document: Mapped[str | None]
    uri: Mapped[str | None]


class Unit(Recorded, Base):
    __tablename__ = "unit"
    name: Mapped[str]
    scheme: Mapped[str | None]
    identifier: Mapped[str | None]
    uri: Mapped[str | None]


class ServiceCapacity(Recorded, Base):
    """How many places, as said at `updated`. After fourteen days it counts as unknown."""

    __tablename__ = "service_capacity"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"))
    available: Mapped[int | None]
    maximum: Mapped[int | None]
    description: Mapped[str | None]
    updated: Mapped[datetime | None]
