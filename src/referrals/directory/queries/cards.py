"""What a row of results shows: everything in one statement, however many rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import String, case, cast, func, literal_column, null, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import hours, rules
from referrals.directory.hours import Hours, Where
from referrals.directory.masking import LINES_TOLD, Mask, mask_of
from referrals.directory.models import Listing, ListingPlace, Location, Organization, Service
from referrals.directory.queries.capacity import Capacity, capacity
from referrals.directory.queries.published import among, kilometres, published
from referrals.directory.queries.texts import Text, spoken
from referrals.kit.geo import Km, LatLon
from referrals.kit.i18n import current_language
from referrals.kit.prepared import AnyRow, AnySelect, rows_by_name, uuids


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
    postcode: str | None
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
    phone: str | None
    who: Text
    assured: date | None
    check_by: date | None
    status: str
    alert: Text
    hours: Hours

    def opening(self, now: datetime) -> str:
        """`Open until 17:00`; empty where no hours are known."""
        return self.opens(now)[0]

    def opens(self, now: datetime) -> tuple[str, bool]:
        """The same, and whether it is known to be open."""
        local = now.astimezone(hours.zone(self.country, self.postcode))
        found = hours.opening(self.hours, local, Where(self.country, self.postcode))
        found = found if self.status == "active" else hours.while_closed(found)
        return hours.said(found, local), found is not None and found.open


async def cards(
    session: AsyncSession,
    ids: Sequence[UUID],
    language: str,
    near: LatLon | None,
    today: date,
    struck: Mask | None = None,
) -> list[Card]:
    """In the order of `ids`; what is not published is left out. `struck`: where the caller has it already."""
    if not ids:
        return []
    at = f"SRID=4326;{near.wkt()}" if near else None
    found = await rows_by_name(session, _told, _Shape(near is not None, struck is None), ids=uuids(ids), here=at)
    if struck is None:
        struck = mask_of(next((row.struck for row in found if row.struck), ()))
    told = {row.id: row for row in found}
    return [
        struck.over(row.organization_id, _card(row, language, today))
        for row in (told[id] for id in dict.fromkeys(ids) if id in told)
    ]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What decides how the statement reads. `masked`: with the lines that no text may repeat."""

    measured: bool
    masked: bool


def _told(shape: _Shape) -> AnySelect:
    """Each service with its nearest place. What is to be struck out stands once, beside the first of them."""
    place = _place(shape)
    once = func.row_number().over() == literal_column("1")
    struck: Any = case((once, literal_column(LINES_TOLD, JSONB))) if shape.masked else null()
    return (
        published()
        .outerjoin(place, literal_column("true"))
        .with_only_columns(
            Service.id, Service.name, Service.language, Service.translations, Service.eligibility_description,
            Service.alert, Organization.id.label("organization_id"), Organization.name.label("organization_name"),
            Organization.language.label("organization_language"),
            Organization.translations.label("organization_translations"),
            Listing.capacity_status, Listing.capacity_available, Listing.capacity_maximum, Listing.capacity_updated,
            Listing.capacity_unit, Listing.check_by,
            Listing.wait_days, Listing.free, Listing.price_per_session, Listing.client_contribution, Listing.currency,
            Listing.needs, Listing.modes, Listing.languages, Listing.min_age, Listing.max_age, Listing.assured_date,
            Listing.status, cast(Listing.slots, String).label("slots"), cast(Listing.schedule, String).label("schedule"),
            Listing.phone, *place.c, struck.label("struck"),
        )
        .where(among())
    )  # fmt: skip


def _place(shape: _Shape) -> Any:
    """The nearest of a service's places, and how many there are."""
    away: Any = kilometres() if shape.measured else null()
    return (
        select(
            func.count().over().label("places"), ListingPlace.confidential, ListingPlace.city, ListingPlace.department,
            ListingPlace.postcode, ListingPlace.country, ListingPlace.latitude, ListingPlace.longitude,
            ListingPlace.precision, Location.name.label("place_name"), Location.language.label("place_language"),
            Location.translations.label("place_translations"), away.label("away"),
        )
        .outerjoin(Location, Location.id == ListingPlace.location_id)
        .where(ListingPlace.service_id == Listing.service_id, ListingPlace.kind != "virtual")
        .order_by(away.nulls_last() if shape.measured else ListingPlace.city, ListingPlace.id)
        .limit(literal_column("1"))
        .correlate(Listing)
        .lateral("place")
    )  # fmt: skip


def _card(row: AnyRow, language: str, today: date) -> Card:
    nearest = row if row.places else None
    return Card(
        id=row.id,
        name=spoken(row.name, row.language, row.translations, "name", language),
        organization_id=row.organization_id,
        organization=spoken(
            row.organization_name, row.organization_language, row.organization_translations, "name", language
        ).value,
        place=where(nearest) if nearest else "",
        place_name=_name_of(nearest, language) if nearest else "",
        more_places=max((row.places or 0) - 1, 0),
        country=nearest.country if nearest else None,
        postcode=nearest.postcode if nearest else None,
        distance_km=Km(nearest.away) if nearest and nearest.away is not None else None,
        approximate=nearest is not None and nearest.latitude is not None and nearest.precision != "exact",
        confidential=nearest is not None and nearest.confidential,
        point=location_of(nearest) if nearest else None,
        capacity=capacity(row, today),
        free=row.free,
        price_per_session=row.price_per_session,
        client_contribution=row.client_contribution,
        currency=row.currency,
        needs=tuple(row.needs),
        modes=tuple(row.modes),
        languages=tuple(row.languages),
        phone=row.phone,
        who=spoken(row.eligibility_description, row.language, row.translations, "eligibility_description", language)
        or Text(_ages(row.min_age, row.max_age, current_language()), language),
        assured=row.assured_date,
        check_by=row.check_by,
        status=row.status,
        alert=spoken(row.alert, row.language, row.translations, "alert", language),
        hours=_hours(row.slots, row.schedule),
    )


@lru_cache(maxsize=4096)
def _hours(slots: str, schedule: str) -> Hours:
    """Many services keep the same hours. Both as JSON: what a listing holds cannot be a key itself."""
    return hours.listed(msgspec.json.decode(slots), msgspec.json.decode(schedule))


@lru_cache(maxsize=4096)
def _ages(low: float | None, high: float | None, _spoken: str) -> str:
    return rules.ages(low, high)


def where(place: ListingPlace | AnyRow) -> str:
    """`69007 Lyon`, `Truro TR1 2AB`; of a confidential place only the area."""
    if place.confidential:
        return place.department or place.city or ""
    parts = [place.postcode, place.city] if place.country != "GB" else [place.city, place.postcode]
    return " ".join(part for part in parts if part) or place.department or ""


def location_of(place: ListingPlace | AnyRow) -> LatLon | None:
    if place.latitude is None or place.longitude is None:
        return None
    return LatLon(place.latitude, place.longitude)


def _name_of(place: AnyRow, language: str) -> str:
    if place.confidential:
        return ""
    return spoken(place.place_name, place.place_language, place.place_translations or {}, "name", language).value
