"""Which services are worth asking the rules about: a bounded number, whatever the size of the directory.

Three questions asked apart, since an OR of them would sort the whole country: the nearest, those that need no way
(at a distance, at home), and those whose place is not known. Then everything about them in three more.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from geoalchemy2 import Geography, WKTElement
from sqlalchemy import ColumnElement, Float, Select, and_, cast, exists, func, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import String

from referrals.directory.models import Listing, ListingPlace, RequiredDocument
from referrals.kit.i18n import current_language
from referrals.matching.facts import HOME_VISIT, OUTREACH, REMOTE, NeedAsked, Offer, Person
from referrals.matching.reading import offer_of

NEAREST = 300
FAR = 150.0
"""Kilometres beyond which only the nearest few are looked at, to say how far away the next help is."""
FEW = 12
WITHOUT_A_WAY = 200
WITHOUT_A_PLACE = 100
_ROWS = 450
"""Asked for the nearest: some services have several places, each of which is a row."""


async def candidates(session: AsyncSession, person: Person, need: NeedAsked) -> list[Offer]:
    """Offers of this need, of anything narrower or broader, that may be in this person's reach. Six statements."""
    asked = _offers(need)
    ids = _worth_a_look((id, metres) for id, metres in await session.execute(_nearest(person, asked)))
    ids += await session.scalars(_needs_no_way(person, asked))
    if len(ids) < NEAREST:  # where there is more than anybody can read close by, nobody asks where else it might be
        ids += await session.scalars(_somewhere(person, asked))
    return await offers(session, list(dict.fromkeys(ids)))


async def offers(session: AsyncSession, ids: Sequence[UUID]) -> list[Offer]:
    """These services as the rules see them, as far as they are published. Three statements."""
    if not ids:
        return []
    rows = list(await session.scalars(select(Listing).where(Listing.service_id.in_(ids), Listing.published)))
    places: dict[UUID, list[ListingPlace]] = defaultdict(list)
    for place in await session.scalars(
        select(ListingPlace).where(ListingPlace.service_id.in_(ids)).order_by(ListingPlace.id)
    ):
        places[place.service_id].append(place)
    papers: dict[UUID | None, list[str]] = defaultdict(list)
    for paper in await session.scalars(select(RequiredDocument).where(RequiredDocument.service_id.in_(ids))):
        papers[paper.service_id].append(paper.text("document", current_language()))
    return [offer_of(row, places[row.service_id], filter(None, papers[row.service_id])) for row in rows]


def related(need: NeedAsked) -> tuple[str, ...]:
    """The term, and all that is narrower or broader than it."""
    return need.term, *sorted(need.narrower), *need.broader


def _offers(need: NeedAsked) -> ColumnElement[bool]:
    return and_(Listing.published, Listing.needs.overlap(_texts(related(need))))


def _nearest(person: Person, asked: ColumnElement[bool]) -> Select[UUID, float | None]:
    """Through the spatial index. Where nobody knows where they live: the best kept listings of their country."""
    if person.at is None:
        at_home = [_in_country(person.country)] if person.country else []
        unmeasured = select(Listing.service_id, cast(null(), Float))
        return unmeasured.where(asked, *at_home).order_by(*_best_kept()).limit(NEAREST)
    here = cast(WKTElement(person.at.wkt(), srid=4326), Geography("POINT", srid=4326))
    away = ListingPlace.point.op("<->", return_type=Float())(here)
    return (
        select(ListingPlace.service_id, away)
        .join(Listing, Listing.service_id == ListingPlace.service_id)
        .where(asked, ListingPlace.point.is_not(None))
        .order_by(away)
        .limit(_ROWS)
    )


def _worth_a_look(rows: Iterable[tuple[UUID, float | None]]) -> list[UUID]:
    """Each service once, at its nearest place."""
    away: dict[UUID, float] = {}
    for id, metres in rows:
        away.setdefault(id, (metres or 0.0) / 1000)
    near = [id for id, km in away.items() if km <= FAR][:NEAREST]
    return near + [id for id, km in away.items() if km > FAR][: FEW if len(near) < FEW else 0]


def _needs_no_way(person: Person, asked: ColumnElement[bool]) -> Select[UUID]:
    comes = Listing.modes.overlap(_texts((REMOTE, HOME_VISIT, OUTREACH)))
    serves = [_serves(person)] if person.country else []
    return select(Listing.service_id).where(asked, comes, *serves).order_by(*_best_kept()).limit(WITHOUT_A_WAY)


def _somewhere(person: Person, asked: ColumnElement[bool]) -> Select[UUID]:
    """An address that is confidential, or that the listing does not give."""
    found = (
        select(Listing.service_id)
        .outerjoin(ListingPlace, ListingPlace.service_id == Listing.service_id)
        .where(asked, ListingPlace.point.is_(None))
    )
    if person.country:
        found = found.where(or_(ListingPlace.country.is_(None), ListingPlace.country == person.country))
    return found.order_by(*_best_kept()).limit(WITHOUT_A_PLACE)


def _in_country(country: str) -> ColumnElement[bool]:
    """There, or nowhere that is stated."""
    there = exists().where(ListingPlace.service_id == Listing.service_id, ListingPlace.country == country)
    elsewhere = exists().where(ListingPlace.service_id == Listing.service_id, ListingPlace.country != country)
    return or_(there, ~elsewhere)


def _serves(person: Person) -> ColumnElement[bool]:
    """The stated area may hold the person, or none is stated; the rules look closer."""
    country = person.country or ""
    begins = sorted({(person.postcode or "").upper().replace(" ", "")[:length] for length in range(1, 6)} - {""})
    unstated = and_(func.cardinality(Listing.area_postcodes) == 0, func.cardinality(Listing.area_countries) == 0)
    inside = Listing.area_postcodes.overlap(_texts(begins)) if begins else func.cardinality(Listing.area_postcodes) > 0
    return or_(Listing.area_countries.contains(_texts((country,))), inside, and_(unstated, _in_country(country)))


def _best_kept() -> tuple[Any, ...]:
    has_room = (Listing.capacity_status == "has-capacity").desc().nulls_last()
    return has_room, Listing.assured_date.desc().nulls_last(), Listing.service_id


def _texts(values: Sequence[str]) -> ColumnElement[Any]:
    return cast(list(values), ARRAY(String))
