"""The places of a service, as its page shows them."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Accessibility, Address, ListingPlace, Location
from referrals.directory.queries.cards import location_of, where
from referrals.directory.queries.texts import Text, text
from referrals.directory.tongue import tongue
from referrals.kit.geo import LatLon


@dataclass(frozen=True, slots=True)
class PlaceShown:
    """Of a confidential place only `line`, its area, is filled."""

    service_at_location_id: UUID | None
    location_id: UUID | None
    kind: str
    confidential: bool
    name: Text
    address: tuple[str, ...]
    """Lines above that of the town."""
    line: str
    country: str | None
    postcode: str | None
    """None for a confidential place."""
    city: str | None
    """The same."""
    department: str | None
    how_to_get_there: Text
    description: Text
    point: LatLon | None
    approximate: bool
    accessibility: tuple[str, ...] = field(default=())
    """What the source says of it in words."""


async def places_of(
    session: AsyncSession, service_id: UUID, language: str, own: str | None = None
) -> tuple[PlaceShown, ...]:
    """Two statements. `own`: what the texts of the service are in, for places of which nobody says it."""
    rows = (
        await session.execute(
            select(ListingPlace, Location, Address)
            .outerjoin(Location, Location.id == ListingPlace.location_id)
            .outerjoin(Address, (Address.location_id == Location.id) & Address.gone_at.is_(None))
            .where(ListingPlace.service_id == service_id)
            .order_by(ListingPlace.city, ListingPlace.id, Address.address_type, Address.id)
        )
    ).all()
    shown: dict[UUID, tuple[ListingPlace, Location | None, Address | None]] = {}
    for place, location, address in rows:
        shown.setdefault(place.id, (place, location, address))
    words = await _accessibility(session, [place.location_id for place, _, _ in shown.values() if place.location_id])
    return tuple(_shown(place, location, address, language, own, words) for place, location, address in shown.values())


async def _accessibility(session: AsyncSession, location_ids: list[UUID]) -> dict[UUID, list[str]]:
    if not location_ids:
        return {}
    rows = await session.execute(
        select(Accessibility.location_id, Accessibility.description, Accessibility.details)
        .where(Accessibility.location_id.in_(location_ids), Accessibility.gone_at.is_(None))
        .order_by(Accessibility.id)
    )
    found: dict[UUID, list[str]] = {}
    for id, description, details in rows:
        if id is not None:
            found.setdefault(id, []).extend(said for said in (description, details) if said)
    return found


def _shown(
    place: ListingPlace,
    location: Location | None,
    address: Address | None,
    language: str,
    own: str | None,
    words: dict[UUID, list[str]],
) -> PlaceShown:
    nothing = Text("")
    told = location if location is not None and not place.confidential else None
    own = (tongue(told) if told else None) or own
    lines = (address.attention, address.address_1, address.address_2) if address and not place.confidential else ()
    return PlaceShown(
        service_at_location_id=place.service_at_location_id,
        location_id=place.location_id,
        kind=place.kind,
        confidential=place.confidential,
        name=text(told, "name", language, own) if told else nothing,
        address=tuple(line for line in lines if line),
        line=where(place),
        country=place.country,
        postcode=None if place.confidential else place.postcode,
        city=None if place.confidential else place.city,
        department=place.department,
        how_to_get_there=text(told, "transportation", language, own) if told else nothing,
        description=text(told, "description", language, own) if told else nothing,
        point=None if place.confidential else location_of(place),
        approximate=place.precision not in (None, "exact"),
        accessibility=tuple(words.get(place.location_id, ())) if place.location_id and told else (),
    )
