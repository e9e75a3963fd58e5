"""A place that comes with the change that names it: a row of `service_at_locations` with a `location` instead of an id.

It is created when the change is applied, not when it is proposed. A place that was written here ends with the last
service that is given there, and comes back with it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.hiding import CONFIDENTIAL, PRIVACY, hidden_places, keepers
from referrals.directory.models import OWN, Address, Attribute, Location, Service, ServiceAtLocation
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.queries import vocabulary

NEW: Final = "location"
_ADDRESS: Final = ("address_1", "address_2", "postal_code", "city", "state_province", "country")
_WORDS: Final = ("name", *_ADDRESS, "confidential")


@dataclass(frozen=True, slots=True)
class Named:
    """`Name, street, town`. `there`: not gone, so that it can be chosen."""

    name: str
    there: bool
    country: str | None = None


def cleaned(place: object) -> dict[str, str]:
    """What a new place may say. Raises ValueError without a town."""
    if not isinstance(place, Mapping):
        raise ValueError("not a place")
    said = {name: text for name in _WORDS if (text := str(place.get(name) or "").strip())}
    if not said.get("city"):
        raise ValueError("city")
    return said


async def places_of(session: AsyncSession, organization_id: UUID, language: str) -> dict[str, Named]:
    """By id: the places that this organization keeps, and those where its services are or were given.

    Of a confidential place that somebody else keeps only the area is named.
    """
    from_services = (
        select(ServiceAtLocation.location_id)
        .join(Service, Service.id == ServiceAtLocation.service_id)
        .where(Service.organization_id == organization_id)
    )
    rows = await session.execute(
        select(Location, Address)
        .outerjoin(Address, (Address.location_id == Location.id) & Address.gone_at.is_(None))
        .where((Location.organization_id == organization_id) | Location.id.in_(from_services))
        .order_by(Location.name, Location.id, Address.id)
    )
    there = {location.id: (location, address) for location, address in reversed(rows.all())}
    secret = await _kept_from(session, organization_id, there)
    return {
        str(id): Named(
            _area(address) if id in secret else _name(location, address, language),
            location.gone_at is None,
            address.country if address else None,
        )
        for id, (location, address) in reversed(there.items())
    }


async def make(session: AsyncSession, service: Service, said: Mapping[str, str]) -> UUID:
    """A location of the organization that runs this service."""
    id = uuid4()
    session.add(
        Location(
            id=id, source=OWN, organization_id=service.organization_id, language=service.language, name=said.get("name")
        )
    )
    await session.flush()
    address = {name: said.get(name) for name in _ADDRESS}
    session.add(Address(id=uuid4(), source=OWN, location_id=id, **address))
    if said.get("confidential"):
        await _hide(session, id, service.language or "fr")
    return id


async def settle(session: AsyncSession, location_ids: Collection[UUID], now: datetime) -> None:
    """After services came to these places or went: a place of our own is there while one is given there."""
    await session.flush()
    here = exists().where(ServiceAtLocation.location_id == Location.id, ServiceAtLocation.gone_at.is_(None))
    own = select(Location, here).where(Location.id.in_(location_ids), Location.source == OWN)
    for location, given in (await session.execute(own)).all():
        location.gone_at = None if given else location.gone_at or now


async def _kept_from(session: AsyncSession, organization_id: UUID, location_ids: Collection[UUID]) -> set[UUID]:
    """The confidential ones among these places that another organization keeps."""
    hidden = await hidden_places(session, location_ids)
    owners = await keepers(session, hidden) if hidden else {}
    return {id for id in hidden if owners.get(id) != organization_id}


def _name(location: Location, address: Address | None, language: str) -> str:
    parts = [location.text("name", language), *((address.address_1, address.city) if address else ())]
    return ", ".join(part for part in parts if part) or _("A place without a name")


def _area(address: Address | None) -> str:
    area = (address.state_province or address.region or address.city) if address else None
    return ", ".join(part for part in (_("A place with a confidential address"), area) if part)


async def _hide(session: AsyncSession, location_id: UUID, language: str) -> None:
    term = (await vocabulary(session)).term(PRIVACY, CONFIDENTIAL)
    assert term is not None, "our own vocabulary has it"
    session.add(
        Attribute(
            id=uuid4(), link_id=location_id, link_entity="location", link_type=PRIVACY, taxonomy_term_id=term.id,
            label=term.label(language),
        )
    )  # fmt: skip
