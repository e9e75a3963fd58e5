"""What a row of results shows: everything in two statements, however many rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, func, null, select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import hours, rules
from referrals.directory.models import Listing, ListingPlace, Location, Organization, Service
from referrals.directory.queries.capacity import Capacity, capacity
from referrals.directory.queries.published import point, published
from referrals.directory.queries.texts import Text, text
from referrals.kit.geo import Km, LatLon


@dataclass(frozen=True, slots=True)
class Card:
    """A service in a list. `place` is its nearest one, as a line; none for what is given nowhere in particular."""

    id: UUID
    name: Text
    organization_id: UUID
    organization: str
    place: str
    place_name: str
    more_places: int
    country: str | None
    distance_km: Km | None
    approximate: bool
    """The point is only the town's, the postcode's or the department's."""
    confidential: bool
    point: LatLon | None
    capacity: Capacity
    free: bool | None
    price_per_session: float | None
    client_contribution: float | None
    currency: str | None
    needs: tuple[str, ...]
    modes: tuple[str, ...]
    languages: tuple[str, ...]
    who: Text
    assured: date | None
    status: str
    alert: Text
    week: tuple[hours.Slot, ...]

    def opening(self, now: datetime) -> str:
        """`Open until 17:00`; empty where no hours are known."""
        local = now.astimezone(hours.zone(self.country))
        return hours.said(hours.opening(self.week, local), local)


@dataclass(frozen=True, slots=True)
class _At:
    place: ListingPlace
    name: str
    away: Km | None


async def cards(
    session: AsyncSession, ids: Sequence[UUID], language: str, near: LatLon | None, today: date
) -> list[Card]:
    """In the order of `ids`; what is not published is left out."""
    if not ids:
        return []
    rows = await session.execute(published().add_columns(Service, Organization).where(Listing.service_id.in_(ids)))
    found = {listing.service_id: (listing, service, organization) for listing, service, organization in rows}
    places = await _places(session, list(found), near, language)
    return [_card(*found[id], places.get(id, []), language, today) for id in dict.fromkeys(ids) if id in found]


async def _places(
    session: AsyncSession, ids: Sequence[UUID], near: LatLon | None, language: str
) -> dict[UUID, list[_At]]:
    """Each service's places, the nearest first."""
    away = func.ST_Distance(ListingPlace.point, point(near)) / 1000 if near else null()
    rows: Sequence[Row[tuple[ListingPlace, Location | None, float | None]]] = (
        await session.execute(
            select(ListingPlace, Location, away)
            .outerjoin(Location, Location.id == ListingPlace.location_id)
            .where(ListingPlace.service_id.in_(ids), ListingPlace.kind != "virtual")
            .order_by(away.nulls_last() if near else ListingPlace.city, ListingPlace.id)
        )
    ).all()
    found: dict[UUID, list[_At]] = {}
    for place, location, km in rows:
        name = text(location, "name", language).value if location and not place.confidential else ""
        found.setdefault(place.service_id, []).append(_At(place, name, None if km is None else Km(km)))
    return found


def _card(
    listing: Listing, service: Service, organization: Organization, places: list[_At], language: str, today: date
) -> Card:
    nearest = places[0] if places else None
    return Card(
        id=service.id,
        name=text(service, "name", language),
        organization_id=organization.id,
        organization=text(organization, "name", language).value,
        place=where(nearest.place) if nearest else "",
        place_name=nearest.name if nearest else "",
        more_places=max(len(places) - 1, 0),
        country=nearest.place.country if nearest else None,
        distance_km=nearest.away if nearest else None,
        approximate=nearest is not None and nearest.away is not None and nearest.place.precision != "exact",
        confidential=nearest is not None and nearest.place.confidential,
        point=location_of(nearest.place) if nearest else None,
        capacity=capacity(listing, today),
        free=listing.free,
        price_per_session=listing.price_per_session,
        client_contribution=listing.client_contribution,
        currency=listing.currency,
        needs=tuple(listing.needs),
        modes=tuple(listing.modes),
        languages=tuple(listing.languages),
        who=who(service, listing, language),
        assured=listing.assured_date,
        status=listing.status,
        alert=text(service, "alert", language),
        week=hours.slots(listing.slots),
    )


def where(place: ListingPlace) -> str:
    """`69007 Lyon`, `Truro TR1 2AB`; of a confidential place only the area."""
    if place.confidential:
        return place.department or place.city or ""
    parts = [place.postcode, place.city] if place.country != "GB" else [place.city, place.postcode]
    return " ".join(part for part in parts if part) or place.department or ""


def location_of(place: ListingPlace) -> LatLon | None:
    if place.latitude is None or place.longitude is None:
        return None
    return LatLon(place.latitude, place.longitude)


def who(service: Service, listing: Listing, language: str) -> Text:
    """Who may come, in the listing's own words, else by age."""
    own = text(service, "eligibility_description", language)
    return own or Text(rules.ages(listing.min_age, listing.max_age), language)
