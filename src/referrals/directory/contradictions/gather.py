"""The records of some services, in one statement for each kind. What several services share is read with the first of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, any_, cast, exists, false, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from referrals.directory import hours
from referrals.directory.contradictions.record import Hours, Record, Said, Spot
from referrals.directory.masking import Mask, mask
from referrals.directory.models import (
    Address,
    Contact,
    Listing,
    ListingPlace,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
    Url,
)  # fmt: skip
from referrals.directory.queries.published import published
from referrals.kit.settings import LANGUAGES

TEXTS = (
    "name",
    "description",
    "easy_text",
    "eligibility_description",
    "application_process",
    "fees_description",
    "alert",
)


async def gather(session: AsyncSession, ids: Sequence[UUID]) -> list[Record]:
    """Those of these services that are offered; whoever is gone or withdrawn contradicts nobody."""
    rows = (await session.execute(_services(ids))).all()
    struck = await mask(session)
    records, owners = {row.id: _record(row, struck) for row in rows}, {row.id: row.organization_id for row in rows}
    there = list(records)
    for service_id, hidden, *told in await session.execute(_spots(there)):
        spot = Spot(*told)
        twin = not hidden and struck.over(owners[service_id], spot.street) != spot.street
        records[service_id].spots.append(replace(spot, twin=twin))
    for record in records.values():
        record.country = next((spot.country for spot in record.spots if spot.country), "")
    for name, statement in (("numbers", _numbers(there)), ("mails", _mails(there)), ("links", _links(there))):
        for service_id, said, of, id in await session.execute(statement):
            getattr(records[service_id], name).append(Said(said.strip(), of, id))
    for service_id, *row in await session.execute(_hours(there)):
        records[service_id].hours.append(Hours(*row))
    return list(records.values())


def _record(row: Any, struck: Mask) -> Record:
    texts = {field: getattr(row, field) or "" for field in TEXTS}
    texts |= {
        f"{field}_{language}": text
        for language in LANGUAGES
        for field, text in row.translations.get(language, {}).items()
        if field in TEXTS and isinstance(text, str)
    }
    return Record(
        service_id=row.id,
        status=row.status,
        texts=texts,
        minimum_age=row.minimum_age,
        maximum_age=row.maximum_age,
        needs=tuple(row.needs),
        capacity_status=row.capacity_status,
        capacity_available=row.capacity_available,
        capacity_maximum=row.capacity_maximum,
        available_until=row.available_until,
        licence_until=row.licence_until,
        hours_until=hours.last_day(hours.of(row.schedule)),
        area_postcodes=tuple(row.area_postcodes),
        telling=tuple(name for name, said in texts.items() if struck.over(row.organization_id, said) != said),
    )


def _among(column: Any, ids: Sequence[UUID]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = column == any_(cast(list(ids), ARRAY(Uuid)))
    return found


def _services(ids: Sequence[UUID]) -> Any:
    return (
        published()
        .with_only_columns(
            Service.id, Listing.status, Listing.schedule, Service.minimum_age, Service.maximum_age, Service.translations,
            *(getattr(Service, field) for field in TEXTS),
            Listing.needs, Listing.capacity_status, Listing.capacity_available, Listing.capacity_maximum,
            Listing.available_until, Listing.licence_until, Listing.area_postcodes, Service.organization_id,
        )
        .where(_among(Service.id, ids))
    )  # fmt: skip


def _spots(ids: Sequence[UUID]) -> Any:
    """Each place once, with the first of the services that are given there; of its addresses the physical one."""
    at, other, service = ServiceAtLocation, aliased(ServiceAtLocation), aliased(Service)
    earlier = exists().where(
        other.location_id == at.location_id, other.gone_at.is_(None), other.service_id < at.service_id,
        service.id == other.service_id, service.gone_at.is_(None),
    )  # fmt: skip
    texts = (Address.address_1, Address.city, func.coalesce(Address.state_province, Address.region),
             Address.postal_code, Address.country)  # fmt: skip
    return (
        select(
            at.service_id, func.coalesce(ListingPlace.confidential, false()), Location.id, Location.location_type, Location.latitude, Location.longitude,
            *(func.coalesce(text, "") for text in texts),
        )
        .join(Location, Location.id == at.location_id)
        .outerjoin(Address, and_(Address.location_id == Location.id, Address.gone_at.is_(None)))
        .outerjoin(ListingPlace, and_(ListingPlace.service_id == at.service_id, ListingPlace.location_id == Location.id))
        .where(_among(at.service_id, ids), at.gone_at.is_(None), Location.gone_at.is_(None), ~earlier)
        .ext(distinct_on(at.service_id, Location.id))
        .order_by(at.service_id, Location.id, (Address.address_type == "physical").desc().nulls_last(), Address.id)
    )  # fmt: skip


def _first_of_organization() -> ColumnElement[bool]:
    """Whatever hangs on an organization is said once, not with each of its services."""
    other = aliased(Service)
    return ~exists().where(
        other.organization_id == Service.organization_id, other.gone_at.is_(None), other.id < Service.id
    )


def _numbers(ids: Sequence[UUID]) -> Any:
    own = select(Phone.service_id.label("s"), Phone.number, *_of("service", Phone.service_id)).where(
        _among(Phone.service_id, ids), _there(Phone)
    )
    of_all = select(Service.id, Phone.number, *_of("organization", Service.organization_id)).where(
        _among(Service.id, ids), Phone.organization_id == Service.organization_id, _there(Phone),
        _first_of_organization(),
    )  # fmt: skip
    return union_all(own, _at_place(Phone, Phone.number, ids), of_all)


def _mails(ids: Sequence[UUID]) -> Any:
    own = select(Service.id.label("s"), Service.email, *_of("service", Service.id)).where(
        _among(Service.id, ids), _written(Service.email)
    )
    people = select(Contact.service_id, Contact.email, *_of("service", Contact.service_id)).where(
        _among(Contact.service_id, ids), _there(Contact), _written(Contact.email)
    )
    of_all = (
        select(Service.id, Organization.email, *_of("organization", Organization.id))
        .join(Organization, Organization.id == Service.organization_id)
        .where(_among(Service.id, ids), _written(Organization.email), _first_of_organization())
    )
    at_place = _at_place(Contact, Contact.email, ids).where(_written(Contact.email))
    return union_all(own, people, at_place, of_all)


def _links(ids: Sequence[UUID]) -> Any:
    own = select(Service.id.label("s"), Service.url, *_of("service", Service.id)).where(
        _among(Service.id, ids), _written(Service.url)
    )
    more = select(Url.service_id, Url.url, *_of("service", Url.service_id)).where(
        _among(Url.service_id, ids), _there(Url), _written(Url.url)
    )
    of_all = (
        select(Service.id, Organization.website, *_of("organization", Organization.id))
        .join(Organization, Organization.id == Service.organization_id)
        .where(_among(Service.id, ids), _written(Organization.website), _first_of_organization())
    )
    return union_all(own, more, of_all)


def _hours(ids: Sequence[UUID]) -> Any:
    """Plain weekly rows. Those with dates or with words beside them mean something special, and may well overlap."""
    plain = (
        _there(Schedule), Schedule.opens_at.is_not(None), Schedule.closes_at.is_not(None), Schedule.byday.is_not(None),
        or_(Schedule.freq.is_(None), Schedule.freq == "WEEKLY"), func.coalesce(Schedule.interval, 1) == 1,
        Schedule.valid_from.is_(None), Schedule.valid_to.is_(None), Schedule.until.is_(None),
        ~_written(Schedule.description), ~_written(Schedule.notes), ~_written(Schedule.attending_type),
    )  # fmt: skip
    told = (Schedule.byday, Schedule.opens_at, Schedule.closes_at)
    own = select(Schedule.service_id.label("s"), Schedule.service_id.label("owner"), *told).where(
        _among(Schedule.service_id, ids), *plain
    )
    at = ServiceAtLocation
    owner = func.coalesce(Schedule.service_at_location_id, Schedule.location_id)
    placed = (
        select(at.service_id, owner, *told)
        .join(Schedule, or_(Schedule.service_at_location_id == at.id, Schedule.location_id == at.location_id))
        .where(_among(at.service_id, ids), at.gone_at.is_(None), Schedule.service_id.is_(None), *plain)
    )
    return union_all(own, placed)


def _of(record: str, id: Any) -> tuple[Any, Any]:
    """Who says it."""
    return literal(record).label("of"), id.label("said_by")


def _at_place(model: Any, column: Any, ids: Sequence[UUID]) -> Any:
    """What hangs on a place or a permanence, with the first service of it."""
    at, other = ServiceAtLocation, aliased(ServiceAtLocation)
    earlier = exists().where(
        other.location_id == at.location_id, other.gone_at.is_(None), other.service_id < at.service_id
    )
    return (
        select(at.service_id, column, *_of("location", at.location_id))
        .join(model, or_(model.service_at_location_id == at.id, and_(model.location_id == at.location_id, ~earlier)))
        .where(_among(at.service_id, ids), at.gone_at.is_(None), _there(model))
    )


def _there(model: Any) -> ColumnElement[bool]:
    return model.gone_at.is_(None)  # type: ignore[no-any-return]  # a column of any of the recorded tables


def _written(column: Any) -> ColumnElement[bool]:
    return func.coalesce(column, "") != ""
