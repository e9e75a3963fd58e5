"""The one entry to searching: what was meant, where, and the page of answers."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.queries.nearby import busiest
from referrals.directory.search.asking import Asking, Engine
from referrals.directory.search.port import BOUND, PAGE_SIZE, Here, Hit, Query, ServiceSearch
from referrals.directory.search.understand import Understood, understand
from referrals.kit.geo import Km, LatLon
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.places.words import area_name
from referrals.taxonomy.queries import suggest
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary

RADIUS: Final = Km(50)
_AREA_RADIUS: Final = {"department": Km(80), "region": Km(200)}
"""An area's point is its middle."""
_FEW: Final = 5


@dataclass(frozen=True, slots=True)
class Results:
    """One page of answers. `more`: there are more than `total`."""

    understood: Understood
    hits: tuple[Hit, ...]
    total: int
    more: bool
    page: int
    engine: Engine
    here: Here | None = None
    radius_km: Km | None = None
    """None with a place: nothing lay within the usual radius, so these are the nearest anywhere."""
    dropped: tuple[str, ...] = ()
    """Languages and modes that the text asked for and that nothing was found with, so these answers do without."""
    suggestions: tuple[TermInfo, ...] = ()
    """Needs that the words may mean, where none was understood."""

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


async def search(
    session: AsyncSession,
    engine: ServiceSearch,
    vocabulary: Vocabulary,
    places: PlaceIndex,
    text: str,
    *,
    language: str,
    now: datetime,
    near: LatLon | Entry | Here | None = None,
    radius_km: Km | None = None,
    remote: bool | None = None,
    need: str | None = None,
    languages: tuple[str, ...] = (),
    modes: tuple[str, ...] = (),
    page: int = 1,
) -> Results:
    """Services for what somebody typed. A place given apart wins over one in the text.

    `remote`: True only what is given remotely, False without that, None both. `need` is a code that must hold, while a
    need that is read from the text only goes first. Likewise `languages` and `modes`.
    """
    meant = understand(text, vocabulary, places)
    here, meant, usual = await _where(session, near, meant, places)
    must = Query(
        terms=(need,) if need else (),
        near=here,
        radius_km=(radius_km or usual) if here else None,
        distant="also" if remote is None else "only" if remote else "never",
        languages=languages,
        modes=modes,
        language=language,
        on=now.date(),
    )
    asking = Asking(session, engine, meant)
    found, asked, dropped = await _relaxed(asking, must, meant, widens=radius_km is None)
    start = (max(page, 1) - 1) * PAGE_SIZE
    unclear = bool(meant.said) and not meant.terms and not need and len(found) <= _FEW
    return Results(
        understood=meant,
        hits=tuple(found[:BOUND][start : start + PAGE_SIZE]),
        total=min(len(found), BOUND),
        more=len(found) > BOUND or asking.more,
        page=max(page, 1),
        engine=asking.answered,
        here=here,
        radius_km=asked.radius_km,
        dropped=dropped,
        suggestions=tuple(guess.term for guess in suggest(vocabulary, text, language, 4)) if unclear else (),
    )


def here_of(place: Entry) -> Here:
    return Here(place.at, place.country, place.postcodes, area_name(place.department) or None)


async def _where(
    session: AsyncSession, near: LatLon | Entry | Here | None, meant: Understood, places: PlaceIndex
) -> tuple[Here | None, Understood, Km]:
    """The place and the usual radius around it. Of several places with one name, the one that services lie around."""
    if isinstance(near, Here):
        return near, meant, RADIUS
    if isinstance(near, LatLon):
        town = places.nearest(near.lat, near.lon)
        return replace(here_of(town), at=near) if town else Here(near), meant, RADIUS
    place = near
    if place is None and meant.place is not None:
        place = meant.places[await busiest(session, [one.at for one in meant.places], RADIUS)]
        meant = replace(meant, place=place)
    if place is None:
        return None, meant, RADIUS
    return here_of(place), meant, _AREA_RADIUS.get(place.kind, RADIUS)


async def _relaxed(
    asking: Asking, must: Query, meant: Understood, *, widens: bool
) -> tuple[list[Hit], Query, tuple[str, ...]]:
    """With all the wishes of the text; where that finds nothing, without them; where nothing is near, as far as it takes.

    What comes here then goes before what is far away.
    """
    wished = replace(
        must,
        distant="only" if "remote" in meant.modes else must.distant,
        modes=(*must.modes, *(mode for mode in meant.modes if mode != "remote")),
        languages=must.languages or meant.languages,
    )
    found, asked = await asking.ask(wished), wished
    dropped: tuple[str, ...] = ()
    if not asking.fits and wished != must:
        found, asked, dropped = await asking.ask(must), must, meant.modes + meant.languages
    if widens and asked.near and asked.distant != "only" and not _any_near(found):
        wider = replace(asked, radius_km=None)
        if _any_near(further := await asking.ask(wider)):
            first = {hit.id for hit in found}
            return [*found, *(hit for hit in further if hit.id not in first)], wider, dropped
    return found, asked, dropped


def _any_near(hits: list[Hit]) -> bool:
    return any(hit.distance_km is not None for hit in hits)


__all__ = ["Results", "here_of", "search"]
