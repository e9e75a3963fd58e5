"""A service's listing: what the records say, made typed and quick. Derived, never edited: `directory.listings` writes it."""

from datetime import date, datetime
from uuid import UUID

from geoalchemy2 import Geography, WKBElement
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base, Identified, Json

_EMPTY = text("'{}'")


class Listing(Base):
    """What matching and searching ask of a service. None, or an empty list where noted, means: the listing does not say."""

    __tablename__ = "listing"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), index=True)
    source: Mapped[str]
    published: Mapped[bool]
    """False for what is gone from its source or withdrawn; such a service is shown to nobody but curators."""
    left_at: Mapped[datetime | None]
    """When it ceased to be published; None while it is, and for what never was."""
    status: Mapped[str]
    needs: Mapped[list[str]]
    """Need codes on the service itself."""
    need_paths: Mapped[list[str]]
    """The same with all their broader terms, for "this or anything narrower"."""
    specialisms: Mapped[list[str]]
    affinities: Mapped[list[str]]
    formats: Mapped[list[str]]
    intensity: Mapped[int | None]
    welcomes: Mapped[list[str]]
    rule: Mapped[Json | None] = mapped_column(JSONB)
    """The eligibility tree over audience codes; None: no hard rule is published."""
    not_with: Mapped[list[str]]
    min_age: Mapped[float | None]
    max_age: Mapped[float | None]
    languages: Mapped[list[str]]
    """ISO 639 codes; empty: not said."""
    interpreter: Mapped[str | None]
    modes: Mapped[list[str]]
    """on-site, remote, home-visit, outreach; empty: not said."""
    funding: Mapped[list[str]]
    price_per_session: Mapped[float | None]
    client_contribution: Mapped[float | None]
    currency: Mapped[str | None]
    free: Mapped[bool | None]
    routes: Mapped[list[str]]
    practitioner: Mapped[str | None]
    accessibility: Mapped[Json]
    """code -> "yes" or "no"."""
    capacity_status: Mapped[str | None]
    capacity_available: Mapped[int | None]
    capacity_maximum: Mapped[int | None]
    capacity_unit: Mapped[str | None]
    """What the number counts, as the source names it: place, bed, hour…"""
    capacity_updated: Mapped[datetime | None]
    wait_days: Mapped[int | None]
    area_postcodes: Mapped[list[str]]
    area_countries: Mapped[list[str]]
    available_from: Mapped[date | None]
    available_until: Mapped[date | None]
    licence_until: Mapped[date | None]
    slots: Mapped[list[Json]] = mapped_column(JSONB)
    """Weekly opening: [{"days": ["MO"], "opens": "09:00", "closes": "12:00"}]; empty: not said."""
    schedule: Mapped[list[Json]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    """The hours in full, as schedules of HSDS; empty where `slots` say everything (see `directory.hours.listed`)."""
    assured_date: Mapped[date | None]
    check_by: Mapped[date | None] = mapped_column(index=True)
    """The day by which somebody should look at it again: its last check, or our first sight of it, and its rhythm."""
    email: Mapped[str | None]
    """Where a referral is sent: the service's own address, else its organization's."""
    phone: Mapped[str | None]
    foreign_terms: Mapped[list[str]]
    """Names of the terms of an imported directory, kept searchable."""
    tags: Mapped[list[str]] = mapped_column(default=list, server_default=_EMPTY)
    """What a seeker may ask for, in the codes of `search.tags`."""
    open_week: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default=_EMPTY)
    open_dated: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default=_EMPTY)
    """The usual week, and the next weeks' days that are different, in the numbers of `search.openings`."""
    open_until: Mapped[date | None] = mapped_column(index=True)
    """The day up to which `open_dated` is known; None: no day will be different."""
    soon: Mapped[int | None]
    """Days that one waits, as said lately; 0 where one may simply come; None: not said."""
    freshness: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Higher for room that was said lately, then for the day of the last check: an order where nothing else gives one."""
    comes: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list, server_default=_EMPTY)
    """The ways in which it reaches people away from its points: see `search.comes`."""
    search_digest: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Of what follows from the listing and the day, and is told to engines but to no reader."""
    digest: Mapped[str]
    updated_at: Mapped[datetime]
    __table_args__ = (
        Index("ix_listing_needs", "needs", postgresql_using="gin"),
        Index("ix_listing_need_paths", "need_paths", postgresql_using="gin"),
        Index("ix_listing_modes", "modes", postgresql_using="gin"),
        Index("ix_listing_tags", "tags", postgresql_using="gin"),
        Index("ix_listing_comes", "comes", postgresql_using="gin"),
        Index("ix_listing_nowhere", "needs", postgresql_using="gin", postgresql_where=text("comes = '{}'")),
        Index(
            "ix_listing_visits",
            "needs",
            "area_countries",
            postgresql_using="gin",
            postgresql_where=text("modes && ARRAY['home-visit', 'outreach']::varchar[]"),
        ),
        Index("ix_listing_freshness", text("freshness DESC"), "service_id", postgresql_where=text("published")),
        Index("ix_listing_soon", "soon", text("freshness DESC"), "service_id", postgresql_where=text("published")),
    )


class ListingPlace(Identified, Base):
    """One place where a service is given. Without a point: a confidential address, or nowhere in particular."""

    __tablename__ = "listing_place"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    service_at_location_id: Mapped[UUID | None]
    location_id: Mapped[UUID | None]
    kind: Mapped[str]
    """physical, virtual or postal."""
    confidential: Mapped[bool]
    city: Mapped[str | None]
    department: Mapped[str | None]
    postcode: Mapped[str | None]
    country: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    precision: Mapped[str | None]
    """exact (given by the source), or town, postcode, department: the nearest point that the gazetteer knows."""
    point: Mapped[WKBElement | None] = mapped_column(Geography("POINT", srid=4326, spatial_index=True))
    keys: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list, server_default=_EMPTY)
    """What is offered here, each together with the part of the country: see `search.cells`."""
    __table_args__ = (
        Index("ix_listing_place_keys", "keys", postgresql_using="gin"),
        Index("ix_listing_place_postcode", func.left(text("postcode"), 5)),
        Index("ix_listing_place_unplaced", "service_id", postgresql_where=text("point IS NULL")),
    )
