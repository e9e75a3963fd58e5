"""One search under way: PostGIS for the need, an engine for the words, one order for the answers of both."""

from dataclasses import replace
from math import exp
from typing import Final, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.queries.names import by_names
from referrals.directory.queries.published import published_ids
from referrals.directory.queries.structure import all_by_structure, mix, reach
from referrals.directory.search.port import Hit, Page, Query, SearchUnavailable, ServiceSearch
from referrals.directory.search.understand import Understood
from referrals.kit.geo import Km
from referrals.kit.logs import logger

Engine = Literal["structure", "index", "database"]
"""Who answered: PostGIS alone, the search engine, or PostgreSQL because the engine could not."""
_NEARBY: Final = Km(15)
"""Distance at which nearness has lost two thirds of its worth."""
_NEED, _WORDS, _NEARNESS = 0.5, 0.35, 0.15
_NAMED: Final = 0.4
"""An engine's score from which words were found in a name or a need, not only somewhere in a description."""
_FAINT: Final = 0.2
"""Part of the best score below which a hit shares no more than a little word."""


class Asking:
    """What was meant, and who is asked for it."""

    def __init__(self, session: AsyncSession, engine: ServiceSearch, meant: Understood) -> None:
        self.session = session
        self.engine = engine
        self.meant = meant
        self.answered: Engine = "structure"
        self.more = False
        self.fits = False
        """Whether the last answer has what was meant: a service that offers the need, or one that holds the words."""

    async def ask(self, asked: Query) -> list[Hit]:
        """Everything up to the bound, in one order."""
        meant = tuple(term.code for term in self.meant.terms)
        if not meant and self.meant.said:
            found = blend([], _clear(await self._worded(replace(asked, words=self.meant.said))))
            self.fits = bool(found)
            return found
        offered = await self._offered(asked, meant)
        self.fits = bool(offered)
        if not self.meant.said:
            return offered
        # Whoever only shares a word with the need's name is no answer: all of them, in a name, or nothing.
        holding = await self._worded(replace(asked, words=self.meant.said, match="all"))
        strictly = [hit for hit in holding if hit.score >= _NAMED]
        if asked.near and not self.meant.words:
            known = {hit.id for hit in offered}
            return [*offered, *(hit for hit in strictly if hit.id not in known)]
        among = await self._from_engine(replace(asked, words=self.meant.said, terms=meant))
        known = {hit.id for hit in offered}
        return blend(offered, strictly + [hit for hit in among if hit.id in known])

    async def _offered(self, asked: Query, meant: tuple[str, ...] = ()) -> list[Hit]:
        """With two needs in one line, either will do; a need that must hold narrows them after that."""
        page = await all_by_structure(self.session, replace(asked, terms=meant or asked.terms))
        self.more = self.more or page.more
        if not (meant and asked.terms):
            return list(page.items)
        fitting = await published_ids(self.session, [hit.id for hit in page.items], Query(terms=asked.terms))
        return [hit for hit in page.items if hit.id in fitting]

    async def _worded(self, asked: Query) -> list[Hit]:
        """From the engine; what may be seen, and how far it is, says the database."""
        found = await self._from_engine(asked)
        there = await reach(self.session, [hit.id for hit in found], asked)
        hits = []
        for hit in found:
            way = there.get(hit.id)
            if way is None:
                continue
            near = way.distance_km is not None and (asked.radius_km is None or way.distance_km <= asked.radius_km)
            if near or way.comes or asked.near is None:
                hits.append(replace(hit, distance_km=way.distance_km if near else None))
        return hits

    async def _from_engine(self, asked: Query) -> list[Hit]:
        page: Page[Hit]
        try:
            page = await self.engine.find(asked)
            self.answered = "index"
        except SearchUnavailable as error:
            logger().warning("search_without_index", reason=str(error))
            page = await by_names(self.session, asked)
            self.answered = "database"
        self.more = self.more or page.more
        return list(page.items)


def _clear(hits: list[Hit]) -> list[Hit]:
    best = max((hit.score for hit in hits), default=0.0)
    return [hit for hit in hits if hit.score >= best * _FAINT]


def blend(offered: list[Hit], worded: list[Hit]) -> list[Hit]:
    """One order from both: the right need counts most, then the words, then nearness. What comes here is mixed in."""
    known = {hit.id: hit for hit in offered}
    words: dict[object, Hit] = {}
    for hit in worded:
        if hit.id not in words or words[hit.id].score < hit.score:
            words[hit.id] = hit
    best = max((hit.score for hit in worded), default=1.0) or 1.0
    weight = _WORDS if offered else _NEED + _WORDS
    together: list[Hit] = []
    for id in dict.fromkeys([*(hit.id for hit in offered), *(hit.id for hit in worded)]):
        away = known[id].distance_km if id in known else words[id].distance_km
        matched = words[id].score / best if id in words else 0.0
        nearness = exp(-away / _NEARBY) if away is not None else 0.0
        score = _NEED * (id in known) + weight * matched + _NEARNESS * nearness
        together.append(Hit(id, round(score, 4), away))
    together.sort(key=lambda hit: (-hit.score, hit.distance_km if hit.distance_km is not None else 1e9))
    near = [hit for hit in together if hit.distance_km is not None]
    return mix(near, [hit for hit in together if hit.distance_km is None]) if near else together
