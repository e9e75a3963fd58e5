"""All that the records say of some services, gathered in one statement for each kind of record."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Select, Uuid, cast, func, literal, null, or_, select, union_all
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from referrals.directory.hiding import area_code, hidden_places
from referrals.directory.hours import COLUMNS
from referrals.directory.models import (
    Address,
    Attribute,
    CostOption,
    Language,
    Location,
    Organization,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    Unit,
    Upkeep,
)  # fmt: skip
from referrals.directory.upkeep.usual import usual
from referrals.kit.db import Json
from referrals.taxonomy.models import OURS, Taxonomy, Term, TermLink


@dataclass(frozen=True, slots=True)
class Mark:
    """A term on a service. `taxonomy` is None for a term of somebody else's, which then has only its `name`."""

    taxonomy: str | None
    code: str
    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Spoken:
    code: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Times:
    """A schedule of HSDS. `own`: of the service itself, which counts before those of the places where it is given."""

    row: Json
    own: bool


@dataclass(frozen=True, slots=True)
class Area:
    extent: str | None
    extent_type: str | None


@dataclass(frozen=True, slots=True)
class Price:
    option: str | None
    amount: float | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Room:
    available: int | None
    maximum: int | None
    unit: str | None
    updated: datetime | None


@dataclass(frozen=True, slots=True)
class At:
    """A place where the service is given, as its records have it."""

    service_at_location_id: UUID
    location_id: UUID
    kind: str
    latitude: float | None
    longitude: float | None
    commune: str | None
    city: str | None
    department: str | None
    postcode: str | None
    country: str | None
    hidden: bool = False
    """Confidential, whatever this service says itself."""


@dataclass(slots=True)
class Facts:
    """One service's records, those that are gone left out."""

    service: Service
    organization_gone: bool
    organization_email: str | None
    months: int
    """How often it is asked after."""
    marks: list[Mark] = field(default_factory=list)
    spoken: list[Spoken] = field(default_factory=list)
    times: list[Times] = field(default_factory=list)
    areas: list[Area] = field(default_factory=list)
    prices: list[Price] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    places: list[At] = field(default_factory=list)


SILENT: Final[Json] = {"description": None, "notes": None, "schedule_link": None}
"""Hours of a confidential place are told, the words beside them are not: they say which bell to ring."""


async def gather(session: AsyncSession, ids: Sequence[UUID]) -> list[Facts]:
    """What is known of these services; nothing for an id that is not there."""
    rows = await session.execute(
        select(Service, Organization.gone_at.is_not(None), Organization.email, Upkeep.months)
        .join(Organization, Organization.id == Service.organization_id)
        .outerjoin(Upkeep, Upkeep.service_id == Service.id)
        .where(Service.id.in_(ids))
        .execution_options(populate_existing=True)
    )
    every = usual(session)
    facts = {service.id: Facts(service, gone, email, months or every) for service, gone, email, months in rows}
    await _spread(session, facts, "marks", Mark, _our_marks(ids), _linked_marks(ids), _foreign_marks(ids))
    await _spread(session, facts, "spoken", Spoken, _spoken(ids))
    await _spread(session, facts, "areas", Area, _areas(ids))
    await _spread(session, facts, "prices", Price, _prices(ids))
    await _spread(session, facts, "rooms", Room, _rooms(ids))
    await _spread(session, facts, "places", At, _places(ids))
    hidden = await _hide(session, facts)
    for service_id, own, location_id, *said in await session.execute(_times(ids)):
        times = dict(zip(COLUMNS, said, strict=True))
        facts[service_id].times.append(Times(times | SILENT if location_id in hidden else times, own))
    for service_id, number, location_id in await session.execute(_phones(ids)):
        if location_id not in hidden:
            facts[service_id].phones.append(number)
    return list(facts.values())


async def _hide(session: AsyncSession, facts: dict[UUID, Facts]) -> set[UUID]:
    """Mark the confidential places; their telephones are told to nobody, and of a postcode only the area."""
    hidden = await hidden_places(session, {at.location_id for one in facts.values() for at in one.places})
    for one in facts.values():
        one.places = [_hidden(at) if at.location_id in hidden else at for at in one.places]
    return hidden


def _hidden(at: At) -> At:
    return replace(at, hidden=True, postcode=area_code(at.postcode, at.country))


T = TypeVar("T")


async def _spread(session: AsyncSession, facts: dict[UUID, Facts], name: str, kind: type[T], *statements: Any) -> None:
    """Hand each row (service id first) to the service it belongs to."""
    for statement in statements:
        for service_id, *rest in await session.execute(statement):
            if service_id in facts:
                getattr(facts[service_id], name).append(kind(*rest))


def _our_marks(ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    return (
        select(Attribute.link_id, Taxonomy.name, Term.code, Term.name, Attribute.value)
        .join(Term, Term.id == Attribute.taxonomy_term_id)
        .join(Taxonomy, Taxonomy.id == Term.taxonomy_id)
        .where(Attribute.link_id.in_(ids), Attribute.gone_at.is_(None), Taxonomy.source == OURS)
        .order_by(Attribute.link_id, Taxonomy.name, Term.position, Attribute.value)
    )


def _linked_marks(ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    """What foreign terms mean in ours, as far as a person has confirmed it."""
    foreign, ours = aliased(Term), aliased(Term)
    return (
        select(Attribute.link_id, Taxonomy.name, ours.code, ours.name, literal(None))
        .join(foreign, foreign.id == Attribute.taxonomy_term_id)
        .join(TermLink, (TermLink.foreign_id == foreign.id) & (TermLink.state == "confirmed"))
        .join(ours, ours.id == TermLink.term_id)
        .join(Taxonomy, Taxonomy.id == ours.taxonomy_id)
        .where(Attribute.link_id.in_(ids), Attribute.gone_at.is_(None))
        .order_by(Attribute.link_id, Taxonomy.name, ours.position)
    )


def _foreign_marks(ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    return (
        select(Attribute.link_id, literal(None), Term.code, Term.name, literal(None))
        .join(Term, Term.id == Attribute.taxonomy_term_id)
        .where(Attribute.link_id.in_(ids), Attribute.gone_at.is_(None), Term.source != OURS)
        .order_by(Attribute.link_id, Term.name)
    )


def _spoken(ids: Sequence[UUID]) -> Any:
    own = select(Language.service_id.label("s"), Language.code.label("code"), Language.name.label("name")).where(
        Language.service_id.in_(ids), Language.gone_at.is_(None)
    )
    there = (
        select(ServiceAtLocation.service_id, Language.code, Language.name)
        .join(Language, Language.location_id == ServiceAtLocation.location_id)
        .where(
            ServiceAtLocation.service_id.in_(ids), ServiceAtLocation.gone_at.is_(None), Language.gone_at.is_(None),
            Language.service_id.is_(None),
        )
    )  # fmt: skip
    return union_all(own, there).order_by("s", "code", "name")


def _times(ids: Sequence[UUID]) -> Any:
    told = [getattr(Schedule, name) for name in COLUMNS]
    nowhere = cast(null(), Uuid).label("place")
    own = select(
        Schedule.service_id.label("s"), literal(True).label("own"), nowhere, *told, Schedule.id.label("id")
    ).where(Schedule.service_id.in_(ids), Schedule.gone_at.is_(None))
    at = ServiceAtLocation
    there = (
        select(at.service_id, literal(False), at.location_id, *told, Schedule.id)
        .join(Schedule, or_(Schedule.service_at_location_id == at.id, Schedule.location_id == at.location_id))
        .where(at.service_id.in_(ids), at.gone_at.is_(None), Schedule.service_id.is_(None), Schedule.gone_at.is_(None))
    )
    every = union_all(own, there).subquery()
    return select(every.c.s, every.c.own, every.c.place, *(every.c[name] for name in COLUMNS)).order_by(
        every.c.s, every.c.id
    )


def _areas(ids: Sequence[UUID]) -> Any:
    told = (ServiceArea.extent, ServiceArea.extent_type)
    own = select(ServiceArea.service_id, *told).where(ServiceArea.service_id.in_(ids), ServiceArea.gone_at.is_(None))
    there = (
        select(ServiceAtLocation.service_id, *told)
        .join(ServiceArea, ServiceArea.service_at_location_id == ServiceAtLocation.id)
        .where(
            ServiceAtLocation.service_id.in_(ids), ServiceAtLocation.gone_at.is_(None), ServiceArea.gone_at.is_(None)
        )
    )
    return union_all(own, there)


def _prices(ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    told = (CostOption.service_id, CostOption.option, CostOption.amount, CostOption.currency)
    return select(*told).where(CostOption.service_id.in_(ids), CostOption.gone_at.is_(None)).order_by(CostOption.amount)


def _rooms(ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    room = ServiceCapacity
    return (
        select(room.service_id, room.available, room.maximum, Unit.name, room.updated)
        .outerjoin(Unit, Unit.id == room.unit_id)
        .where(room.service_id.in_(ids), room.gone_at.is_(None))
        .order_by(room.updated.desc().nulls_last())
    )


def _phones(ids: Sequence[UUID]) -> Any:
    """The service's own number first, then its place's, then its organization's."""
    there = Phone.gone_at.is_(None)
    nowhere = cast(null(), Uuid)
    own = select(
        Phone.service_id.label("s"), Phone.number.label("number"), literal(0).label("rank"), nowhere.label("place")
    ).where(Phone.service_id.in_(ids), there)
    at = ServiceAtLocation
    place = (
        select(at.service_id, Phone.number, literal(1), at.location_id)
        .join(Phone, or_(Phone.service_at_location_id == at.id, Phone.location_id == at.location_id))
        .where(at.service_id.in_(ids), at.gone_at.is_(None), there)
    )
    above = (
        select(Service.id, Phone.number, literal(2), nowhere)
        .join(Phone, Phone.organization_id == Service.organization_id)
        .where(Service.id.in_(ids), there)
    )
    every = union_all(own, place, above).subquery()
    return select(every.c.s, every.c.number, every.c.place).order_by(every.c.s, every.c.rank, every.c.number)


def _places(ids: Sequence[UUID]) -> Select[*tuple[Any, ...]]:
    """One row a permanence, with the physical address where there are several."""
    at = ServiceAtLocation
    return (
        select(
            at.service_id, at.id, Location.id, Location.location_type, Location.latitude, Location.longitude,
            Location.external_identifier, Address.city, func.coalesce(Address.state_province, Address.region),
            Address.postal_code, Address.country,
        )
        .join(Location, Location.id == at.location_id)
        .outerjoin(Address, (Address.location_id == Location.id) & Address.gone_at.is_(None))
        .where(at.service_id.in_(ids), at.gone_at.is_(None), Location.gone_at.is_(None))
        .ext(distinct_on(at.service_id, at.id))
        .order_by(at.service_id, at.id, (Address.address_type == "physical").desc().nulls_last(), Address.id)
    )  # fmt: skip
