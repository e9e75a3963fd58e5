"""A place that is typed apart from the words: all that it may be, and which of these is taken."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.queries.nearby import busiest
from referrals.directory.queries.own_postcodes import own_places, postcode_in
from referrals.directory.search.find import RADIUS
from referrals.places.answers import Ambiguous, Found
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex


@dataclass(frozen=True, slots=True)
class TypedPlace:
    """`taken`: of several places with one name or postcode, the one that services lie around. `several`: of the gazetteer."""

    taken: Entry
    several: tuple[Entry, ...]


async def typed_place(session: AsyncSession, places: PlaceIndex, near: str) -> TypedPlace | None:
    """None where nobody knows such a place."""
    several: tuple[Entry, ...] = ()
    match places.find(near) if near else None:
        case Found(place):
            several = (place,)
        case Ambiguous(namesakes):
            several = namesakes
    code = postcode_in(near, several)
    ours = await own_places(session, code, {one.country for one in several}) if code else []
    everywhere = (*several, *ours)
    if not everywhere:
        return None
    return TypedPlace(everywhere[await busiest(session, [one.at for one in everywhere], RADIUS)], several)
