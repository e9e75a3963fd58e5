"""An organization or a service as it is compared: all that its records say that could tell it from another."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import (
    Address,
    Attribute,
    Contact,
    Language,
    Location,
    Organization,
    OrganizationIdentifier,
    Phone,
    Service,
    ServiceAtLocation,
    Url,
)  # fmt: skip
from referrals.kit.prepared import AnySelect
from referrals.taxonomy.models import Term


class Entity(StrEnum):
    ORGANIZATION = "organization"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Spot:
    """One place. `latitude` and `longitude` only where the source gave them."""

    street: str
    city: str
    postcode: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """`family` is the organization of a service, the parent of an organization.

    `titles`: what the places of a service are called; many directories write programme and site there. `terms`: names of
    the terms put on it; `ages`: from and up to; `offers`: the services of an organization; `at_the_door`: how many services
    its organization has at this address, itself among them, 0 where no house number is told.
    """

    entity: Entity
    id: UUID
    source: str
    family: UUID | None
    names: tuple[str, ...]
    organization_names: tuple[str, ...]
    description: str
    phones: tuple[str, ...]
    websites: tuple[str, ...]
    emails: tuple[str, ...]
    identifiers: tuple[str, ...]
    spots: tuple[Spot, ...]
    titles: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ages: tuple[float | None, float | None] = (None, None)
    offers: tuple[str, ...] = ()
    at_the_door: int = 0


Many = dict[UUID, list[str]]


async def compared(session: AsyncSession, entity: Entity, ids: Sequence[UUID]) -> list[Compared]:
    """These records, those that are gone left out; one statement for each kind of record."""
    return await (_services(session, ids) if entity is Entity.SERVICE else _organizations(session, ids))


async def _services(session: AsyncSession, ids: Sequence[UUID]) -> list[Compared]:
    found = await session.execute(
        select(Service, Organization.name, Organization.alternate_name)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Service.id.in_(ids), Service.gone_at.is_(None))
    )
    places = await _spots(session, select(ServiceAtLocation.service_id, ServiceAtLocation.location_id)
                          .where(ServiceAtLocation.service_id.in_(ids), ServiceAtLocation.gone_at.is_(None)))  # fmt: skip
    at_location = select(ServiceAtLocation.service_id, Phone.number).join(
        Phone,
        or_(
            Phone.service_at_location_id == ServiceAtLocation.id,
            Phone.location_id == ServiceAtLocation.location_id,
        ),
    )
    phones = await _many(
        session,
        select(Phone.service_id, Phone.number).where(Phone.service_id.in_(ids), Phone.gone_at.is_(None)),
        at_location.where(ServiceAtLocation.service_id.in_(ids), Phone.gone_at.is_(None)),
    )
    urls = await _many(session, select(Url.service_id, Url.url).where(Url.service_id.in_(ids), Url.gone_at.is_(None)))
    mails = await _many(
        session,
        select(Contact.service_id, Contact.email).where(Contact.service_id.in_(ids), Contact.gone_at.is_(None)),
    )
    titles = await _many(
        session,
        select(ServiceAtLocation.service_id, Location.name)
        .join(Location, Location.id == ServiceAtLocation.location_id)
        .where(ServiceAtLocation.service_id.in_(ids), ServiceAtLocation.gone_at.is_(None), Location.gone_at.is_(None)),
    )
    terms = await _many(
        session,
        select(Attribute.link_id, Term.name)
        .join(Term, Term.id == Attribute.taxonomy_term_id)
        .where(Attribute.link_id.in_(ids), Attribute.link_entity == "service", Attribute.gone_at.is_(None)),
    )
    spoken = await _many(
        session,
        select(Language.service_id, func.coalesce(Language.code, Language.name)).where(
            Language.service_id.in_(ids), Language.gone_at.is_(None)
        ),
    )
    crowds = await _at_the_door(session, ids)
    return [
        Compared(
            Entity.SERVICE, one.id, one.source, one.organization_id, _said(one.name, one.alternate_name),
            _said(name, alternate), one.description, _said(*phones[one.id]), _said(one.url, *urls[one.id]),
            _said(one.email, *mails[one.id]), (), tuple(places[one.id]), titles=_said(*titles[one.id]),
            terms=_said(*terms[one.id]), languages=_said(*spoken[one.id]), ages=(one.minimum_age, one.maximum_age),
            at_the_door=crowds.get(one.id, 0),
        )
        for one, name, alternate in found
    ]  # fmt: skip


async def _organizations(session: AsyncSession, ids: Sequence[UUID]) -> list[Compared]:
    """Numbers and places of its services count as its own: few directories give an organization any."""
    found = list(
        await session.scalars(select(Organization).where(Organization.id.in_(ids), Organization.gone_at.is_(None)))
    )
    places = await _spots(
        session,
        select(Location.organization_id, Location.id).where(
            Location.organization_id.in_(ids), Location.gone_at.is_(None)
        ),
    )
    phones = await _many(
        session,
        select(Phone.organization_id, Phone.number).where(Phone.organization_id.in_(ids), Phone.gone_at.is_(None)),
        select(Service.organization_id, Phone.number)
        .join(Phone, Phone.service_id == Service.id)
        .where(Service.organization_id.in_(ids), Service.gone_at.is_(None), Phone.gone_at.is_(None)),
    )
    urls = await _many(
        session,
        select(Url.organization_id, Url.url).where(Url.organization_id.in_(ids), Url.gone_at.is_(None)),
    )
    mails = await _many(
        session,
        select(Contact.organization_id, Contact.email).where(
            Contact.organization_id.in_(ids), Contact.gone_at.is_(None)
        ),
    )
    scheme, identifier = OrganizationIdentifier.identifier_type, OrganizationIdentifier.identifier
    known = await _many(
        session,
        select(OrganizationIdentifier.organization_id, scheme + ":" + identifier).where(
            OrganizationIdentifier.organization_id.in_(ids), OrganizationIdentifier.gone_at.is_(None)
        ),
    )
    offers = await _many(
        session,
        select(Service.organization_id, Service.name).where(
            Service.organization_id.in_(ids), Service.gone_at.is_(None)
        ),
    )
    return [
        Compared(
            Entity.ORGANIZATION, one.id, one.source, one.parent_organization_id, _said(one.name, one.alternate_name),
            (), one.description, _said(*phones[one.id]), _said(one.website, *urls[one.id]),
            _said(one.email, *mails[one.id]),
            _said(f"tax:{one.tax_id}" if one.tax_id else None, one.uri, *known[one.id]), tuple(places[one.id]),
            offers=_said(*offers[one.id]),
        )
        for one in found
    ]  # fmt: skip


async def _many(session: AsyncSession, *statements: AnySelect) -> Many:
    """The values of each record, in a fixed order."""
    found: Many = defaultdict(list)
    for statement in statements:
        for owner, value in sorted((row[0], row[1]) for row in await session.execute(statement) if row[0] and row[1]):
            found[owner].append(value)
    return found


async def _at_the_door(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, int]:
    """A house number stands for the door: one body hardly has two of one number, and streets are spelt in many ways."""
    asked = select(Service.organization_id).where(Service.id.in_(ids))
    house = func.substring(Address.address_1, r"^\s*(\d+)")
    told = (
        select(Service.organization_id.label("body"), Service.id.label("service"), house.label("house"))
        .join(ServiceAtLocation, ServiceAtLocation.service_id == Service.id)
        .join(Address, Address.location_id == ServiceAtLocation.location_id)
        .where(Service.organization_id.in_(asked), Service.gone_at.is_(None), ServiceAtLocation.gone_at.is_(None))
        .where(Address.gone_at.is_(None), house.is_not(None))
        .cte("told")
    )
    crowd = (
        select(told.c.body, told.c.house, func.count(told.c.service.distinct()).label("many"))
        .group_by(told.c.body, told.c.house)
        .subquery()
    )
    found = await session.execute(
        select(told.c.service, func.max(crowd.c.many))
        .join(crowd, (crowd.c.body == told.c.body) & (crowd.c.house == told.c.house))
        .where(told.c.service.in_(ids))
        .group_by(told.c.service)
    )
    return {row[0]: row[1] for row in found}


async def _spots(session: AsyncSession, owned: AnySelect) -> dict[UUID, list[Spot]]:
    places = owned.subquery()
    owner, location = places.c
    rows = await session.execute(
        select(owner, Location.latitude, Location.longitude, Address.address_1, Address.city, Address.postal_code)
        .select_from(places)
        .join(Location, Location.id == location)
        .outerjoin(Address, (Address.location_id == Location.id) & Address.gone_at.is_(None))
        .where(Location.gone_at.is_(None))
        .order_by(owner, Location.id, Address.id)
    )
    found: dict[UUID, list[Spot]] = defaultdict(list)
    for record, latitude, longitude, line, city, code in rows:
        known = bool(latitude or longitude)
        spot = Spot(line or "", city or "", code or "", latitude if known else None, longitude if known else None)
        if known or line or city or code:
            found[record].append(spot)
    return found


def _said(*values: str | None) -> tuple[str, ...]:
    """What is there, each once, in its order."""
    return tuple(dict.fromkeys(value.strip() for value in values if value and value.strip()))


def batches(ids: Sequence[UUID], size: int) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
