"""The one base that every public question starts from, and what may narrow it."""

from collections.abc import Sequence
from uuid import UUID

from geoalchemy2 import Geography, WKTElement
from sqlalchemy import ColumnElement, Select, and_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import String

from referrals.directory.models import Listing, ListingPlace, Organization, Service
from referrals.directory.search.port import Here, Query
from referrals.kit.geo import LatLon

REMOTE = "remote"
AT_A_PLACE = ("on-site", "home-visit", "outreach")


def published() -> Select[tuple[Listing]]:
    """Listings that anybody may see, joined to their service and its organization."""
    return (
        select(Listing)
        .join(Service, Service.id == Listing.service_id)
        .join(Organization, Organization.id == Service.organization_id)
        .where(Listing.published, Service.gone_at.is_(None), Organization.gone_at.is_(None))
    )


async def published_ids(session: AsyncSession, ids: Sequence[UUID], query: Query | None = None) -> set[UUID]:
    """Which of these anybody may see, and still fit the question: an index may be behind in both."""
    if not ids:
        return set()
    found = published().with_only_columns(Listing.service_id).where(Listing.service_id.in_(ids), *asked(query or Query()))
    return set(await session.scalars(found))


def asked(query: Query) -> list[ColumnElement[bool]]:
    """What a question says of a service itself, wherever that is."""
    conditions: list[ColumnElement[bool]] = []
    if query.terms:
        conditions.append(Listing.need_paths.overlap(_texts(query.terms)))
    if query.modes:
        conditions.append(Listing.modes.overlap(_texts(query.modes)))
    if query.languages:
        conditions.append(Listing.languages.overlap(_texts(query.languages)))
    if query.organization_id:
        conditions.append(Listing.organization_id == query.organization_id)
    if query.on:
        conditions.append(or_(Listing.available_until.is_(None), Listing.available_until >= query.on))
    return conditions


def needs_travel() -> ColumnElement[bool]:
    """Given at some place, or the listing does not say how: only what is remote alone needs none."""
    return or_(func.cardinality(Listing.modes) == 0, Listing.modes.overlap(_texts(AT_A_PLACE)))


def given_remotely() -> ColumnElement[bool]:
    return Listing.modes.contains(_texts((REMOTE,)))


def serves(here: Here | None) -> ColumnElement[bool]:
    """No stated area leaves this place out. Where no area is stated, a service stays within its own countries."""
    if here is None or here.country is None:
        return and_()
    own = exists().where(ListingPlace.service_id == Listing.service_id, ListingPlace.country != here.country)
    ours = exists().where(ListingPlace.service_id == Listing.service_id, ListingPlace.country == here.country)
    no_area = and_(func.cardinality(Listing.area_postcodes) == 0, func.cardinality(Listing.area_countries) == 0)
    country = Listing.area_countries.contains(_texts((here.country,)))
    return or_(country, _covers(here.postcodes), and_(no_area, or_(ours, ~own)))


def point(at: LatLon) -> ColumnElement[object]:
    return cast(WKTElement(at.wkt(), srid=4326), Geography("POINT", srid=4326))


def _covers(postcodes: Sequence[str]) -> ColumnElement[bool]:
    """`69` holds 69003, `TR` holds TR1 (all of a British area), `PL15` holds PL15 alone."""
    if not postcodes:
        return func.cardinality(Listing.area_postcodes) > 0
    held = {begin for postcode in postcodes for begin in _beginnings(postcode)}
    return Listing.area_postcodes.overlap(_texts(sorted(held)))


def _beginnings(postcode: str) -> list[str]:
    """Every stated area that this postcode lies in."""
    outward = postcode.upper().split(" ")[0]
    if outward[:1].isdigit():
        return [outward[:length] for length in range(1, len(outward) + 1)]
    return [outward, _letters(outward)]


def _letters(outward: str) -> str:
    return outward[: next((at for at, sign in enumerate(outward) if sign.isdigit()), len(outward))]


def _texts(values: Sequence[str]) -> ColumnElement[list[str]]:
    return cast(list(values), ARRAY(String))
