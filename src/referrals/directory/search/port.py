"""The port that every search engine fits: a question in, ids with scores out.

An engine knows nothing of who may be seen: pages are filled from the database, which begins at `published()`.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, Literal, NamedTuple, Protocol, TypeVar
from uuid import UUID

from referrals.directory.search.openings import OpenAt
from referrals.directory.search.tags import LANGUAGE, MODE, groups
from referrals.kit.geo import Km, LatLon

T = TypeVar("T")
PAGE_SIZE = 20
BOUND = 200
"""Nobody reads further; beyond it a page says "more than 200"."""
Distant = Literal["also", "only", "never"]
"""Whether what is given remotely belongs among the answers."""
Match = Literal["all", "any"]
Order = Literal["fit", "near", "soon"]
"""What fits best, what is nearest, what can be had soonest: a short wait first, then the next opening."""


class SearchUnavailable(Exception):
    """The engine cannot answer now. Whoever asked goes to the database instead."""


@dataclass(frozen=True, slots=True)
class Here:
    """Where somebody is: the point, and what decides whether a stated area covers it."""

    at: LatLon
    country: str | None = None
    postcodes: tuple[str, ...] = ()
    department: str | None = None
    """Its name, without a code."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question. Empty parts ask nothing; all the others must hold together.

    `terms` are need codes: a service offers one of them or something narrower. `languages`: it speaks one of them.
    """

    words: tuple[str, ...] = ()
    """Folded, without the little words."""
    alike: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...] = ()
    """Some of `words`, and other ways of writing the same, of which one whole will do."""
    perhaps: tuple[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], ...] = ()
    """Likewise, unless some word begins with the last one."""
    ways: tuple[tuple[str, ...], ...] = ()
    """Instead of `words`: names of one thing, folded. Whatever has one of them whole in its name or among what it offers."""
    begins: str = ""
    """Instead of `words`: how a name begins, folded, that of the service or that of its organization; else several words that
    stand in a name or in a need. The last word of it may be half of one.
    """
    match: Match = "any"
    """All words must be found, or, where that finds too little, any of them."""
    terms: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    """More need codes, of which it must offer one too."""
    near: Here | None = None
    radius_km: Km | None = None
    """None: as far as it takes, nearest first."""
    distant: Distant = "also"
    modes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """Of one group any, of several groups all (see `search.tags`)."""
    wished: tuple[str, ...] = ()
    """Likewise, and beside `tags`: what was typed as well as what was chosen."""
    open: OpenAt | None = None
    """Only what is known to be open then."""
    organization_id: UUID | None = None
    on: date | None = None
    """Services whose season ended before this day are no answer."""
    order: Order = "fit"
    unfinished: bool = False
    """The last word is still being typed, and is the beginning of one."""
    texts: bool = False
    """What begins with the last word in a text alone is an answer too, where names begin so."""
    faceted: bool = True
    """Whether tags shall be counted."""
    counted_beyond: int = 0
    """Services up to which an engine need not count, for whoever asks will: of few the database counts what may be seen."""
    language: str = "fr"
    page: int = 1

    @property
    def wishes(self) -> tuple[tuple[str, ...], ...]:
        """All that was chosen and tags must say: of each of these, one."""
        modes = tuple(f"{MODE}:{mode}" for mode in self.modes)
        languages = tuple(f"{LANGUAGE}:{code}" for code in self.languages)
        return tuple(one_of for one_of in (modes, languages, *groups(self.tags)) if one_of)

    @property
    def tag_groups(self) -> tuple[tuple[str, ...], ...]:
        """Of each of these, one: what was chosen and what was typed are groups apart."""
        return (*groups(self.tags), *groups(self.wished))


class Hit(NamedTuple):
    """A tuple, because a search makes hundreds of them."""

    id: UUID
    score: float
    """0 to 1, comparable within one answer."""
    distance_km: Km | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of an answer. `more`: there are more than `total`, which was counted up to a bound.

    `facets`: for each tag how many of the whole answer have it, counted up to a bound too; never a zero.
    """

    items: tuple[T, ...]
    total: int
    more: bool = False
    number: int = 1
    facets: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """A service as an engine knows it; every text by the language it is in, `fr` or `en`."""

    id: UUID
    names: dict[str, tuple[str, ...]]
    organization: tuple[str, ...]
    needs: dict[str, tuple[str, ...]]
    """Labels of its needs, and the names that an imported directory gave them."""
    cities: tuple[str, ...]
    descriptions: dict[str, tuple[str, ...]]
    terms: tuple[str, ...]
    """Need codes with all their broader terms."""
    modes: tuple[str, ...]
    languages: tuple[str, ...]
    points: tuple[LatLon, ...] = ()
    tags: tuple[str, ...] = ()
    open_week: tuple[int, ...] = ()
    open_dated: tuple[int, ...] = ()
    """Numbers of `search.openings`."""
    soon: int | None = None
    """Days that one waits; None: not said."""
    synonyms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """What its needs are called besides. Much of that says more than the service does: not all food is `WIC`."""
    selective: bool = False
    """Many of those who have the need may not come: it is for one sex, one age, one group alone."""

    @property
    def wishes(self) -> tuple[str, ...]:
        """All its tags, with how it is given and the languages spoken."""
        more = [f"{MODE}:{mode}" for mode in self.modes] + [f"{LANGUAGE}:{code}" for code in self.languages]
        return tuple(dict.fromkeys([*self.tags, *more]))

    @property
    def roams(self) -> bool:
        """May be received far from its points: an engine must not leave it out for being far away."""
        return not self.points or bool({"remote", "home-visit", "outreach"}.intersection(self.modes))


Batches = AsyncIterator[Sequence[Document]]
"""All documents, some at a time."""


class ServiceSearch(Protocol):
    """Answers questions that have words."""

    async def find(self, query: Query) -> Page[Hit]:
        """The best `BOUND` hits on one page, best first. Raises SearchUnavailable."""
        ...


class ServiceIndex(Protocol):
    """Is told what there is. One writer at a time: the caller holds the lock (see `directory.jobs`)."""

    async def exists(self) -> bool:
        """Whether there is an index to add to; a part of one would hide the rest."""
        ...

    async def put(self, documents: Iterable[Document]) -> None:
        """Add these services, or replace what was known of them."""
        ...

    async def remove(self, ids: Sequence[UUID]) -> None: ...

    async def change(self, documents: Sequence[Document], ids: Sequence[UUID]) -> None:
        """Forget all these ids and add these documents, in one write."""
        ...

    async def rebuild(self, batches: Batches) -> int:
        """Make the whole index anew beside the old one, then change over; how many documents it has."""
        ...
