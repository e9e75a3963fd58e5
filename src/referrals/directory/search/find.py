"""The one entry to searching: what was meant, who answers, and one order for all answers."""

from dataclasses import dataclass, replace
from datetime import datetime
from math import exp
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.queries.names import by_names
from referrals.directory.queries.nearby import busiest
from referrals.directory.queries.published import published_ids
from referrals.directory.queries.structure import all_by_structure, distances, mix
from referrals.directory.search.port import (
    BOUND, PAGE_SIZE, Distant, Here, Hit, Query, SearchUnavailable, ServiceSearch,
)  # fmt: skip
from referrals.directory.search.understand import Understood, understand
from referrals.kit.geo import Km, LatLon
from referrals.kit.logs import logger
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.queries import suggest
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary

Engine = Literal["structure", "index", "database"]
"""Who answered: PostGIS alone, the search engine, or PostgreSQL because the engine could not."""
RADIUS: Final = Km(50)
_AREA_RADIUS: Final = {"department": Km(80), "region": Km(200), "epci": Km(50)}
"""An area's point is its middle."""
_NEARBY: Final = Km(15)
"""Distance at which nearness has lost two thirds of its worth."""
_TERM, _WORDS, _NEARNESS = 0.5, 0.35, 0.15


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
    """Languages that were asked for and that nobody here is known to speak."""
    suggestions: tuple[TermInfo, ...] = ()
    """Needs that the words may mean, where no need was understood."""

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

    `remote`: True only what needs no travel, False only what does, None both. `need` is a code that must hold, while
    a need that is read from the text only goes first.
    """
    meant = understand(text, vocabulary, places)
    here, meant, span = await _where(session, near, meant, places)
    asked = Query(
        terms=(need,) if need else (),
        near=here,
        radius_km=radius_km or span if here else None,
        distant=_distant(remote, meant),
        modes=(*modes, *(mode for mode in meant.modes if mode != "remote")),
        languages=languages or meant.languages,
        language=language,
        on=now.date(),
    )
    search = _Search(session, engine, meant)
    found, asked = await _relaxed(search, asked, may_widen=radius_km is None, may_drop=not languages)
    start = (max(page, 1) - 1) * PAGE_SIZE
    guesses = () if meant.terms or need or len(found) > 5 or not text.strip() else suggest(vocabulary, text, language, 4)
    return Results(
        understood=meant,
        hits=tuple(found[start : start + PAGE_SIZE]),
        total=min(len(found), BOUND),
        more=len(found) > BOUND or search.more,
        page=max(page, 1),
        engine=search.answered,
        here=here,
        radius_km=asked.radius_km,
        dropped=meant.languages if meant.languages and not asked.languages else (),
        suggestions=tuple(guess.term for guess in guesses),
    )


def here_of(place: Entry) -> Here:
    return Here(place.at, place.country, place.postcodes)


async def _where(
    session: AsyncSession, near: LatLon | Entry | Here | None, meant: Understood, places: PlaceIndex
) -> tuple[Here | None, Understood, Km]:
    """Of several places with one name, the one that services lie around."""
    if isinstance(near, Here):
        return near, meant, RADIUS
    if isinstance(near, Entry):
        return here_of(near), meant, _AREA_RADIUS.get(near.kind, RADIUS)
    if near is not None:
        town = places.nearest(near.lat, near.lon)
        return Here(near, town.country, town.postcodes) if town else Here(near), meant, RADIUS
    if meant.place is None:
        return None, meant, RADIUS
    place = meant.places[await busiest(session, [one.at for one in meant.places], RADIUS)]
    return here_of(place), replace(meant, place=place), _AREA_RADIUS.get(place.kind, RADIUS)


def _distant(remote: bool | None, meant: Understood) -> Distant:
    if remote is None:
        return "only" if "remote" in meant.modes else "also"
    return "only" if remote else "never"


async def _relaxed(search: "_Search", asked: Query, *, may_widen: bool, may_drop: bool) -> tuple[list[Hit], Query]:
    """What was asked; where that is nothing, without the language, then as far as it takes."""
    found = await search.ask(asked)
    if not found and asked.languages and may_drop:
        asked = replace(asked, languages=())
        found = await search.ask(asked)
    if asked.near and may_widen and asked.distant != "only" and not any(hit.distance_km is not None for hit in found):
        wider = replace(asked, radius_km=None)
        further = await search.ask(wider)
        if any(hit.distance_km is not None for hit in further):
            return further, wider
    return found, asked


class _Search:
    """One search under way: who was asked, and whether there was more than could be counted."""

    def __init__(self, session: AsyncSession, engine: ServiceSearch, meant: Understood) -> None:
        self.session = session
        self.engine = engine
        self.meant = meant
        self.answered: Engine = "structure"
        self.more = False

    async def ask(self, asked: Query) -> list[Hit]:
        """Everything up to the bound, in one order."""
        meant = tuple(term.code for term in self.meant.terms)
        offered: list[Hit] = []
        if meant or not self.meant.said:
            offered = await self._offered(asked, meant)
        if not self.meant.said:
            return offered
        worded = await self._worded(replace(asked, words=self.meant.said))
        if meant and not self.meant.words and asked.near:
            known = {hit.id for hit in offered}
            return [*offered, *(hit for hit in worded if hit.id not in known)]
        return blend(offered, worded)

    async def _offered(self, asked: Query, meant: tuple[str, ...]) -> list[Hit]:
        """With two needs in one line, either will do; a need that must hold narrows them after that."""
        page = await all_by_structure(self.session, replace(asked, terms=meant or asked.terms))
        self.more = self.more or page.more
        if not (meant and asked.terms):
            return list(page.items)
        fitting = await published_ids(self.session, [hit.id for hit in page.items], Query(terms=asked.terms))
        return [hit for hit in page.items if hit.id in fitting]

    async def _worded(self, asked: Query) -> list[Hit]:
        """From the engine, checked against the database, with true distances."""
        found = await self._from_engine(asked)
        ids = [hit.id for hit in found]
        there = await published_ids(self.session, ids, asked)
        away: dict[UUID, Km] = {}
        if asked.near and asked.distant != "only":
            away = await distances(self.session, list(there), asked.near.at)
        hits = [replace(hit, distance_km=away.get(hit.id)) for hit in found if hit.id in there]
        remote = await published_ids(self.session, ids, replace(asked, modes=("remote",))) if asked.near else set()
        return [hit for hit in hits if _in_reach(hit, asked, remote)]

    async def _from_engine(self, asked: Query) -> list[Hit]:
        try:
            page = await self.engine.find(asked)
            hits = list(page.items)
            if asked.near and asked.radius_km and asked.distant == "also":
                seen = {hit.id for hit in hits}
                distant = await self.engine.find(replace(asked, distant="only"))
                hits += [hit for hit in distant.items if hit.id not in seen]
            self.answered = "index"
        except SearchUnavailable as error:
            logger().warning("search_without_index", reason=str(error))
            page = await by_names(self.session, asked)
            hits = list(page.items)
            self.answered = "database"
        self.more = self.more or page.more
        return hits


def _in_reach(hit: Hit, asked: Query, remote: set[UUID]) -> bool:
    """Near enough, or in no need of being near."""
    if asked.near is None or asked.distant == "only":
        return True
    if hit.distance_km is not None and (asked.radius_km is None or hit.distance_km <= asked.radius_km):
        return True
    return asked.distant == "also" and hit.id in remote


def blend(offered: list[Hit], worded: list[Hit]) -> list[Hit]:
    """One order from both: the right need counts most, then the words, then nearness. A remote one after two others."""
    known = {hit.id: hit for hit in offered}
    words = {hit.id: hit for hit in worded}
    best = max((hit.score for hit in worded), default=1.0) or 1.0
    together: list[Hit] = []
    for id in dict.fromkeys([*known, *words]):
        away = (known.get(id) or words[id]).distance_km
        matched = words[id].score / best if id in words else 0.0
        nearness = exp(-away / _NEARBY) if away is not None else 0.0
        score = _TERM * (id in known) + _WORDS * matched + _NEARNESS * nearness
        together.append(Hit(id, round(score, 4), away))
    together.sort(key=lambda hit: (-hit.score, hit.distance_km if hit.distance_km is not None else 1e9, hit.id))
    near = [hit for hit in together if hit.distance_km is not None]
    return mix(near, [hit for hit in together if hit.distance_km is None]) if near else together


__all__ = ["Results", "blend", "here_of", "search"]
