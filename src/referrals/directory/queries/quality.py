"""The quality of listings, for those who keep them and for exports. Ranking never asks."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import String

from referrals.directory.models import Address, Contact, Listing, ListingPlace, Service
from referrals.directory.quality import Quality, Told, quality
from referrals.kit.settings import LANGUAGES


async def qualities(session: AsyncSession, service_ids: Sequence[UUID], today: date) -> dict[UUID, Quality]:
    """One statement for any number of services; nothing for an id that is not there."""
    rows = await session.execute(_told().where(Service.id == func.any(cast(list(service_ids), ARRAY(Service.id.type)))))
    return {id: quality(Told(**told), today) for id, told in (_split(row) for row in rows.mappings())}


async def quality_of(session: AsyncSession, service_id: UUID, today: date) -> Quality | None:
    return (await qualities(session, [service_id], today)).get(service_id)


def _split(row: Any) -> tuple[UUID, dict[str, Any]]:
    told = dict(row)
    assured, modified = told.pop("assured"), told.pop("modified")
    days = [day for day in (assured, modified.date() if modified else None) if day]
    return told.pop("id"), told | {"looked_at": max(days, default=None)}


def _told() -> Any:
    """The answers to all questions, as far as columns can give them."""
    place = and_(ListingPlace.service_id == Service.id, ListingPlace.kind != "virtual")
    at_place = exists().where(place)
    addressed = exists().where(
        place,
        or_(
            ListingPlace.confidential,  # its area is all that is told, and is enough
            and_(Address.location_id == ListingPlace.location_id, Address.gone_at.is_(None), _full()),
        ),
    )
    lengths = [func.length(Service.translations[language]["description"].astext) for language in LANGUAGES]
    said_ages = or_(Listing.min_age.is_not(None), Listing.max_age.is_not(None))
    modes = cast(["remote"], ARRAY(String))
    return select(
        Service.id,
        addressed.label("address"),
        or_(func.cardinality(Listing.routes) > 0, _written(Service.application_process)).label("way_in"),
        or_(
            func.cardinality(Listing.welcomes) > 0, Listing.rule.is_not(None), said_ages,
            _written(Service.eligibility_description),
        ).label("audience"),
        (func.cardinality(Listing.needs) > 0).label("need"),
        exists().where(
            Contact.gone_at.is_(None), _written(Contact.name),
            or_(Contact.service_id == Service.id, Contact.organization_id == Service.organization_id),
        ).label("person"),
        or_(Listing.free.is_not(None), _written(Service.fees_description), _written(Service.fees)).label("fees"),
        func.greatest(func.length(Service.description), *(func.coalesce(length, 0) for length in lengths)).label(
            "description"
        ),
        _written(Listing.phone).label("phone"),
        _written(Listing.email).label("mail"),
        Service.assured_date.label("assured"),
        Service.last_modified.label("modified"),
        and_(Listing.modes == modes, ~at_place).label("remote_only"),
    ).join(Listing, Listing.service_id == Service.id)  # fmt: skip


def _full() -> ColumnElement[bool]:
    return and_(_written(Address.address_1), _written(Address.city), _written(Address.postal_code))


def _written(column: Any) -> ColumnElement[bool]:
    return func.coalesce(column, "") != ""
