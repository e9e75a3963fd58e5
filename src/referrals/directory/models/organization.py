"""HSDS organization and what hangs on it."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from referrals.directory.models.base import Recorded, Translated
from referrals.kit.db import Base


class Organization(Recorded, Translated, Base):
    __tablename__ = "organization"
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    website: Mapped[str | None]
    tax_status: Mapped[str | None]
    tax_id: Mapped[str | None]
    year_incorporated: Mapped[int | None]
    legal_status: Mapped[str | None]
    logo: Mapped[str | None]
    uri: Mapped[str | None]
    parent_organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)


class OrganizationIdentifier(Recorded, Base):
    __tablename__ = "organization_identifier"
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    identifier_scheme: Mapped[str | None]
    identifier_type: Mapped[str]
    identifier: Mapped[str]


class Program(Recorded, Base):
    __tablename__ = "program"
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    name: Mapped[str]
    alternate_name: Mapped[str | None]
    description: Mapped[str] = mapped_column(default="")


class Url(Recorded, Base):
    """Further web addresses of an organization or a service."""

    __tablename__ = "url"
    label: Mapped[str | None]
    url: Mapped[str]
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"), index=True)


class Funding(Recorded, Base):
    __tablename__ = "funding"
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organization.id"), index=True)
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("service.id"), index=True)
    source_text: Mapped[str | None]
    """HSDS `funding.source`; that name is taken here by the provenance."""
