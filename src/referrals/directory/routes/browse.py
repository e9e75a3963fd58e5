"""Searching: one page that works as an address, as a form and as a fragment."""

from dataclasses import dataclass, replace
from datetime import datetime

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.directory import labels
from referrals.directory.queries import busiest, cards
from referrals.directory.routes import chips, maps
from referrals.directory.routes.question import RADII, Question, next_radius, question
from referrals.directory.routes.rows import Row, rows, spoken
from referrals.directory.search.find import RADIUS, Results, search
from referrals.directory.search.port import PAGE_SIZE
from referrals.kit.geo import Km, distance
from referrals.kit.html import Addresses, addresses, in_zone, language_name, listed, number
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, jinja, page
from referrals.places.answers import CLEARLY, Ambiguous, Found
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.places.queries import index
from referrals.places.words import display
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary

SPOKEN = ("fr", "en", "ar", "es", "pt", "uk", "ru", "fa", "tr", "so", "ti", "pl", "zh", "fsl", "bfi")
"""Languages that the filter offers; an address may name any other."""
_FEW = 8
"""Answers below which a wider circle is tried, to say how many more it would bring."""
_OTHERS = 5


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str


@get("/services", name="services", opt=PUBLIC)
async def services(request: Req, session: Db, now: Now) -> Template:
    asked = question(request.query_params)
    url = addresses(jinja(request))
    words, places = await vocabulary(session), await index(session)
    if asked.need and words.need(asked.need) is None:
        asked = replace(asked, need="")
    near, candidates, unknown = await _named(session, asked.near, places)
    looking = _Looking(request, session, words, places, near, now)
    found = await looking.look(asked)
    place = near or found.understood.place
    shown = await _rows(session, found, words, url, now)
    return page(
        request, "directory/services.html", fragment="directory/_results.html", asked=asked, url=url,
        count=_count(asked, found, place), order=_order(found), rows=shown, spoken=spoken,
        chips=chips.chips(asked, found, place, words, url),
        map=maps.of_results(shown, found.here.at if found.here else None, found.radius_km, places, asked=asked.km),
        unknown=asked.near if unknown else "", place=display(place, current_language()) if place else "",
        others=_others(asked, found, place, candidates or found.understood.places, url),
        widened=found.here is not None and found.radius_km is None and found.total > 0,
        missing=_missing(found, words), more=await _further_out(looking, asked, found, url),
        ideas=_ideas(asked, found, url), pager=_pager(asked, found, url),
        needs=words.need_options(current_language()), radii=[(f"{km}", _("%(km)s km") % {"km": km}) for km in RADII],
        languages=sorted(((code, language_name(code)) for code in {*SPOKEN, *filter(None, [asked.speaks])}), key=lambda one: one[1]),
        heading_need=_heading(asked, words),
    )  # fmt: skip


routes: list[HTTPRouteHandler] = [services]


@dataclass(frozen=True, slots=True)
class _Looking:
    """Everything that a search needs besides the question."""

    request: Req
    session: AsyncSession
    words: Vocabulary
    places: PlaceIndex
    near: Entry | None
    now: datetime

    async def look(self, asked: Question) -> Results:
        return await search(
            self.session, self.request.app.state.search, self.words, self.places, asked.q, language=current_language(),
            now=self.now, near=self.near, radius_km=asked.km, remote=asked.remote, need=asked.need or None,
            languages=(asked.speaks,) if asked.speaks else (), page=asked.page,
        )  # fmt: skip


async def _named(session: AsyncSession, near: str, places: PlaceIndex) -> tuple[Entry | None, tuple[Entry, ...], bool]:
    """The place that the field names, all that it may be, and whether nobody knows it."""
    answer = places.find(near) if near else None
    match answer:
        case Found(place):
            return place, (), False
        case Ambiguous(several):
            return several[await busiest(session, [one.at for one in several], RADIUS)], several, False
    return None, (), bool(near)


async def _rows(session: AsyncSession, found: Results, words: Vocabulary, url: Addresses, now: datetime) -> list[Row]:
    here = found.here.at if found.here else None
    filled = await cards(session, [hit.id for hit in found.hits], current_language(), here, in_zone(now).date())
    return rows(filled, words, url, now, first=(found.page - 1) * PAGE_SIZE + 1)


def _count(asked: Question, found: Results, place: Entry | None) -> str:
    """Where things stand, in one sentence."""
    if not found.total:
        return _("Nothing found that fits all of this")
    told = labels.count(found.total, found.more)
    if place is None or found.here is None:
        return told
    name = display(place, current_language())
    if asked.km and found.radius_km:
        return _("%(count)s within %(km)s km of %(place)s") % {"count": told, "km": number(asked.km), "place": name}
    return _("%(count)s around %(place)s") % {"count": told, "place": name}


def _order(found: Results) -> str:
    if found.total < 2:
        return ""
    return _("The most fitting first.") if found.understood.said else _("The nearest first.") if found.here else ""


def _others(
    asked: Question, found: Results, place: Entry | None, candidates: tuple[Entry, ...], url: Addresses
) -> list[Link]:
    """Other places of that name, where it is not clear that the one taken is meant."""
    others = [one for one in candidates if place is not None and one.code != place.code]
    if place is None or not any(one.population * CLEARLY > place.population for one in others):
        return []
    lone = chips.without(asked, found, "place") if not asked.near else asked
    spoken_there = [(one, display(one, current_language())) for one in others if distance(one.at, place.at) > 5]
    return [Link(name, lone.address(url, near=_writable(one, name))) for one, name in spoken_there[:_OTHERS]]


def _writable(place: Entry, name: str) -> str:
    """What leads to this very place when it is typed: its name, with a postcode where that says more."""
    return f"{place.postcodes[0]} {place.name}" if place.country == "FR" and place.postcodes else name


def _missing(found: Results, words: Vocabulary) -> str:
    """Wishes that nothing fitted: these answers do without them."""
    language = current_language()
    wishes = [
        words.label("delivery-mode", wish, language) if words.term("delivery-mode", wish) else language_name(wish)
        for wish in found.dropped
    ]
    return listed(wishes) if found.total else ""


async def _further_out(looking: _Looking, asked: Question, found: Results, url: Addresses) -> Link | None:
    """`3 more services within 20 km`: only where little was found, and only if going further really brings more."""
    if found.here is None or found.radius_km is None or found.total > _FEW or asked.remote:
        return None
    wider: Km | None = next_radius(found.radius_km)
    while wider is not None:
        there = await looking.look(replace(asked, km=wider, page=1))
        if more := there.total - found.total:
            said = ngettext("%(num)d more service within %(km)s km", "%(num)d more services within %(km)s km", more)
            return Link(said % {"num": more, "km": number(wider)}, asked.address(url, km=wider))
        wider = next_radius(wider) if wider < 100 else None
    return None


def _ideas(asked: Question, found: Results, url: Addresses) -> list[Link]:
    """Needs that the words may have meant instead."""
    needs = found.suggestions or found.understood.maybe
    bare = replace(chips.without(asked, found, "need"), q=_place_words(found))
    return [Link(term.label(current_language()), bare.address(url, need=term.code)) for term in needs[:4]]


def _place_words(found: Results) -> str:
    return " ".join(part.text for part in found.understood.parts if part.kind == "place")


def _pager(asked: Question, found: Results, url: Addresses) -> tuple[str, str | None, str | None] | None:
    if found.pages < 2:
        return None
    told = _("Page %(page)s of %(pages)s") % {"page": found.page, "pages": found.pages}
    before = asked.address(url, page=found.page - 1) if found.page > 1 else None
    after = asked.address(url, page=found.page + 1) if found.page < found.pages else None
    return told, before, after


def _heading(asked: Question, words: Vocabulary) -> str:
    """The need that was chosen, in a client's words."""
    term = words.need(asked.need)
    return term.plain(current_language()) if term else ""
