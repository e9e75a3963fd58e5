"""The one entry to searching: what was meant, where, and the page of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory import hours
from referrals.directory.queries.nearby import busiest, nothing_around
from referrals.directory.queries.own_postcodes import own_places, postcode_in
from referrals.directory.search import tags
from referrals.directory.search.asking import Answer, Asking, Engine, Heard
from referrals.directory.search.lexicon import lexicon
from referrals.directory.search.openings import OpenAt
from referrals.directory.search.phrasebook import Said
from referrals.directory.search.port import BOUND, PAGE_SIZE, Here, Hit, Order, Query, ServiceSearch
from referrals.directory.search.tags import FOR, INTERPRETER, LANGUAGE, MODE, group_of
from referrals.directory.search.understand import Understood, moment, understand
from referrals.directory.search.weighing import says_much
from referrals.kit.geo import Km, LatLon
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.places.words import area_name
from referrals.taxonomy.queries import suggest
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary

RADIUS: Final = Km(50)
_AREA_RADIUS: Final = {"department": Km(80), "region": Km(200)}
"""An area's point is its middle."""
FURTHEST: Final = Km(300)
"""Nobody goes further to be received: beyond it nothing is an answer that has to be gone to."""
_FEW: Final = 5
_FULL: Final = 10
"""Answers that fit, below which others follow them that fit less well."""
_TRIED: Final = 3
"""Wishes of which each is left out by itself, before all are."""
OPEN: Final = "open"
"""A wish beside the tags: open at the moment that the text names."""
_SPOKEN: Final = (LANGUAGE, INTERPRETER)
"""Wishes that say enough where no word is found: whoever needs an interpreter needs one everywhere."""
_REMOTE: Final = f"{MODE}:remote"
_ON_SITE: Final = f"{MODE}:on-site"


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
    """None with a place: nothing lay within the usual radius, so these are the nearest in the country."""
    dropped: tuple[str, ...] = ()
    """Tags (and `open`) that the text asked for and that nothing was found with, so these answers do without."""
    facets: Mapping[str, int] = field(default_factory=dict)
    """For each tag how many services there are with it (see `search.tags`), counted up to a bound; never a zero."""
    partly: bool = False
    """The facets were counted among some of the answers: there are at least so many."""
    fitting: int = 0
    """How many of `total` fit, all before the rest; those after them share words with the text, or do not say whether
    they fulfil its wishes.
    """
    order: Order = "fit"
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
    tags: tuple[str, ...] = (),
    open: OpenAt | None = None,
    order: Order = "fit",
    unfinished: bool = False,
    brief: bool = False,
    page: int = 1,
    meant: Understood | None = None,
    heard: Heard | None = None,
) -> Results:
    """Services for what somebody typed. A place given apart wins over one in the text.

    `remote`: True only what is given remotely, False without that, None both. `need` is a code that must hold, while a
    need that is read from the text only goes first. Likewise `tags`, `languages`, `modes` and `open` must hold, and the
    wishes of the text only where something fulfils them. `unfinished`: the last word is still being typed. `brief`: to
    know how many there would be; no tags are counted, no other needs suggested, and nothing follows those that fit.
    `meant`: what the text was understood as, where that is known. `heard`: shared by the searches of one page.
    """
    meant = meant or understand(text, vocabulary, places)
    must = Query(
        terms=(need,) if need else (),
        distant="also" if remote is None else "only" if remote else "never",
        languages=languages,
        modes=modes,
        tags=tags,
        open=open,
        order=order,
        unfinished=unfinished,
        faceted=not brief,
        language=language,
        on=now.date(),
        page=max(page, 1),
    )
    ideas = None if brief else vocabulary
    return await answer(
        session, engine, places, meant, must, now=now, near=near, radius_km=radius_km, words=ideas, brief=brief,
        heard=heard,
    )  # fmt: skip


async def answer(
    session: AsyncSession,
    engine: ServiceSearch,
    places: PlaceIndex,
    meant: Understood,
    must: Query,
    *,
    now: datetime,
    near: LatLon | Entry | Here | None = None,
    radius_km: Km | None = None,
    words: Vocabulary | None = None,
    brief: bool = False,
    heard: Heard | None = None,
) -> Results:
    """The same for a text that is understood already. `must` tells everything but where; `words`: to suggest needs."""
    here, meant, usual = await _where(session, near, meant, places)
    must = replace(must, near=here, radius_km=(radius_km or usual) if here else None)
    asking = Asking(session, engine, meant, OpenAt(now), heard)
    free = must if near is not None else replace(must, near=None, radius_km=None)
    found, asked, dropped = await _relaxed(asking, must, free, meant, now, widens=radius_km is None)
    typed = meant
    if spoken := meant.spoken_of(dropped):
        # Nobody says in codes that it is for them: whoever says so in words is meant before all the others.
        aloud = Asking(session, engine, spoken, OpenAt(now), heard)
        if (saying := await aloud.ask(asked)).hits:
            beside = must.order == "fit" and found.fits and not typed.terms and says_much(typed.said)
            asking, meant, found = aloud, spoken, await aloud.behind(found, saying, asked) if beside else saying
    if meant.cheap and must.order == "fit":
        found = replace(found, hits=await asking.cheapest_first(found.hits))
    called = await asking.called_so(free, found if free == asked else None)
    near_there = found.any_near and asked.radius_km is not None
    alone = near is None and not near_there and meant.place_may_be_a_word
    half = alone and here is not None and await nothing_around(session, here.at, usual)
    begun_so = await asking.begun_so(free) if half else ()
    longer = meant.longer_places if half else ()
    if longer and not await nothing_around(session, (town := await _busiest(session, longer)).at, usual):
        meant = replace(meant, place=town, places=longer, longer_places=())
        return await answer(
            session, engine, places, meant, must, now=now, radius_km=radius_km, words=words, brief=brief, heard=heard
        )
    if found.hits:
        called = _once(called, begun_so)
    so_called, offering = await asking.beginning_so(free, found, same=free == asked)
    like_it = await asking.called_like_the_wish(asked)
    named = so_called, called, offering, like_it, await asking.owned_by(free, found), await asking.called_here(asked)
    counted, found = found, replace(found, hits=_once(asking.open_first(_once(*named)), found.hits))
    facets = await asking.facets(asked, counted, found.hits) if must.faceted else {}
    fitting = len(found.hits)
    if fitting < _FULL and meant.said and not (brief and fitting):
        found = replace(found, hits=_once(found.hits, await _tail(asking, must, asked, meant, found, radius_km)))
    nobody = not found.hits and (meant.only_a_place or begun_so)
    if near is None and (nobody or (fitting < _FEW and await asking.called_like_the_place(must) > fitting)):
        # A town without anything within reach may be half of another word: `dublin` of the Dublin regulation; or one of
        # twelve Jacksons in whom nobody lives here, beside a hospital that is called so.
        otherwise = await answer(
            session, engine, places, meant.in_words(), must, now=now, radius_km=radius_km, words=words, brief=brief
        )
        if otherwise.hits and otherwise.fitting >= fitting:
            return otherwise
    if not found.hits and (begun := _begun(meant, must, words)):
        asked = replace(must, terms=begun, besides=must.terms)
        found = await asking.whatever_was_said(asked)
        facets, fitting = dict(found.facets), len(found.hits)
    if not found.hits and (wished := _wished(meant, words)):
        asked = replace(must, wished=(wished,))
        found = await asking.whatever_was_said(asked)
        facets, fitting = dict(found.facets), len(found.hits)
    if not found.hits and meant.terms and words and not must.terms:
        found = replace(found, hits=await asking.more_broadly(asked, words))
    start = (must.page - 1) * PAGE_SIZE
    unclear = bool(meant.said) and not meant.terms and not must.terms and fitting <= _FEW
    guesses = suggest(words, meant.text, must.language, 4) if words and unclear else []
    return Results(
        understood=typed,
        hits=found.hits[:BOUND][start : start + PAGE_SIZE],
        total=min(len(found.hits), BOUND),
        more=found.more,
        page=must.page,
        engine=asking.answered,
        here=here,
        radius_km=asked.radius_km,
        dropped=dropped,
        suggestions=tuple(guess.term for guess in guesses),
        facets=facets,
        partly=found.more and not found.grouped,
        fitting=min(fitting, BOUND),
        order=must.order,
    )


def here_of(place: Entry, postcodes: tuple[str, ...] = ()) -> Here:
    """`postcodes`: of the towns within, where the place is an area and has none of its own."""
    return Here(place.at, place.country, postcodes or place.postcodes, area_name(place.department) or None)


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
    if place is None and not meant.nowhere:
        meant = await _at_a_postcode(session, meant)
    if place is None and meant.place is not None:
        place = await _busiest(session, meant.places)
        meant = replace(meant, place=place)
        if meant.begun_place and await nothing_around(session, place.at, RADIUS):
            meant, place = meant.in_words(), None
    if place is None:
        return None, meant, RADIUS
    return here_of(place, places.postcodes(place)), meant, _AREA_RADIUS.get(place.kind, RADIUS)


async def _busiest(session: AsyncSession, places: Sequence[Entry]) -> Entry:
    return places[await busiest(session, [one.at for one in places], RADIUS)]


async def _at_a_postcode(session: AsyncSession, meant: Understood) -> Understood:
    """With the places that a postcode of the text has in the directory itself: `33125` is in Gironde, and in Miami too."""
    code = postcode_in(meant.text, meant.places)
    ours = await own_places(session, code, {one.country for one in meant.places}) if code else []
    if not ours:
        return meant
    parts = tuple(
        replace(part, kind="place", code=ours[0].code) if part.kind in ("word", "unknown-place") and part.text.startswith(code or "") else part
        for part in meant.parts
    )  # fmt: skip
    places = (*meant.places, *ours)
    return replace(
        meant, parts=parts, places=places, place=meant.place or ours[0], unknown_place=None,
        words=tuple(word for word in meant.words if word != code), said=tuple(word for word in meant.said if word != code),
    )  # fmt: skip


async def _tail(
    asking: Asking, must: Query, asked: Query, meant: Understood, found: Answer, chosen: Km | None
) -> list[Hit]:
    """What comes after a few answers: the need without what a listing leaves unsaid, then what the words alone find, and
    what a text says that begins like half of one; and, where that is nothing here, from as far as anybody goes.
    """
    wished = replace(asked, tags=())
    lists: list[Sequence[Hit]] = []
    if asked != must and asked.radius_km == must.radius_km:
        lists.append((await asking.ask(must)).hits)
    if meant.terms or asked != must:  # else the words have been asked for already, and found what they find
        lists.append(await asking.worded(must))
    if meant.half in meant.said:
        lists.append(await asking.worded(replace(must, texts=True)))
    more = await asking.uncontradicted(_once(*lists), wished)
    if not (found.hits or more) and chosen is None and must.near is not None:
        more = await asking.uncontradicted(await asking.worded(replace(must, radius_km=FURTHEST)), wished)
    return more


def _begun(meant: Understood, must: Query, words: Vocabulary | None) -> tuple[str, ...]:
    """Needs of which some name begins with the one word that was typed, or has a word that does."""
    if words is None or len(meant.said) != 1 or meant.terms:
        return ()
    (half,) = meant.said
    return tuple(guess.term.code for guess in suggest(words, half, must.language) if f" {half}" in f" {guess.phrase}")


def _wished(meant: Understood, words: Vocabulary | None) -> str | None:
    """The one wish that the one word which was typed begins: `traduc`."""
    if words is None or meant.half is None or len(meant.parts) != 1 or meant.terms or meant.tags:
        return None
    becomes = {tag for _, tag in lexicon(words).wishes.begun([Said(meant.half)], 0, meant.half)}
    return next(iter(becomes)) if len(becomes) == 1 and tags.known(next(iter(becomes)) or "") else None


def _once(*lists: Sequence[Hit]) -> tuple[Hit, ...]:
    """One after the other, nothing twice."""
    some = [hits for hits in lists if hits]
    if len(some) == 1:
        return tuple(some[0])
    seen: dict[UUID, Hit] = {}
    for hit in chain(*lists):
        seen.setdefault(hit.id, hit)
    return tuple(seen.values())


async def _relaxed(
    asking: Asking, must: Query, free: Query, meant: Understood, now: datetime, *, widens: bool
) -> tuple[Answer, Query, tuple[str, ...]]:
    """With all the wishes of the text; where that finds nothing, without one or all of them; where nothing is near, as
    far as it takes. What comes here then goes before what is far away. A filter that was chosen narrows what stood there
    before, and so leads to what it counted. `free`: wherever what is called so may be.
    """
    wishes = _wishes(meant)
    asked, dropped = _wishing(must, wishes, meant, now), tuple[str, ...]()
    found = await asking.ask(asked)
    if not found.fits and not meant.terms and any(group_of(tag) == FOR for tag in meant.tags):
        for_them = await asking.whatever_was_said(asked)
        found = found if for_them.fits and await asking.is_named(must) else for_them
    roomy = widens and asked.near and asked.distant != "only"
    if must.tags and ((wishes and not found.fits) or found.loosely or (roomy and not found.any_near)):
        before, wider, left_out = await _relaxed(asking, replace(must, tags=()), free, meant, now, widens=widens)
        wider = replace(wider, tags=must.tags)
        narrowed = found if before.more and found.fits else await asking.among(before, wider)
        if narrowed.hits or await asking.called_so(free):
            return narrowed, wider, left_out
    if not found.fits and wishes:
        fewer = [[wish for wish in wishes if wish != one] for one in wishes] if 1 < len(wishes) <= _TRIED else []
        for kept in (*fewer, []):
            dropped = tuple(tag for wish in wishes if wish not in kept for tag in wish)
            asked = _wishing(must, kept, meant, now)
            found = await asking.ask(asked)
            if found.fits:
                break
        if not found.hits and not meant.terms and any(group_of(tag) in _SPOKEN for tag in meant.tags):
            asked, dropped = _wishing(must, wishes, meant, now), ()
            found = await asking.whatever_was_said(asked)
    if roomy and asked.near and not found.any_near:
        further = await asking.ask(replace(asked, radius_km=FURTHEST))
        # What also comes here has a place of its own that may be the nearest.
        ways = {hit.id: hit.distance_km for hit in further.hits}
        coming = [hit._replace(distance_km=ways.get(hit.id)) for hit in found.hits]
        first = {hit.id for hit in coming}
        there = await asking.in_the_country([hit for hit in further.hits if hit.id not in first], asked.near)
        if any(hit.distance_km is not None for hit in (*coming, *there)):
            facets = await asking.counts([*coming, *there], asked) if asked.faceted else {}
            further = replace(further, hits=(*coming, *there), facets=facets, grouped=False)
            return further, replace(asked, radius_km=None), dropped
    return found, asked, dropped


def _wishes(meant: Understood) -> list[tuple[str, ...]]:
    """What the text wishes for, one group after the other; `open` is one too."""
    found: dict[str, list[str]] = {}
    for tag in meant.tags:
        found.setdefault(group_of(tag), []).append(tag)
    return [*map(tuple, found.values()), *([(OPEN,)] if meant.openings else [])]


def _wishing(must: Query, wishes: Sequence[tuple[str, ...]], meant: Understood, now: datetime) -> Query:
    special = ((OPEN,), (_REMOTE,))
    wished = tuple(tag for wish in wishes if wish not in special for tag in wish)
    at = OpenAt(_moment(meant, must.near, now)) if (OPEN,) in wishes else None
    distant = must.distant
    if (_REMOTE,) in wishes:
        distant = "only"
    elif (_ON_SITE,) in wishes and must.near and distant == "also":
        distant = "never"  # a place that is too far to go to is none to somebody here
    return replace(must, wished=wished, open=must.open or at, distant=distant)


def _moment(meant: Understood, here: Here | None, now: datetime) -> datetime:
    """On the clock of the place that was named; where none was, an evening is one on the clock of each service."""
    clock = hours.zone(here.country, next(iter(here.postcodes), None)) if here else hours.zone(None)
    local = now.astimezone(clock)
    at = moment(meant.openings, local)
    return at if here or at == local else at.replace(tzinfo=None)


__all__ = ["OPEN", "Results", "answer", "here_of", "search"]
