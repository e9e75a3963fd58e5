"""Searching: one page that works as an address, as a form and as a fragment."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.directory import labels
from referrals.directory.queries import Card, cards
from referrals.directory.routes import chips, facets, maps, wishes
from referrals.directory.routes.doubts import doubts, possible
from referrals.directory.routes.further import Link, further_out, without_one
from referrals.directory.routes.help_lines import urgent
from referrals.directory.routes.question import BESIDE, ORDERS, RADII, Question, many, question
from referrals.directory.routes.rows import Row, rows, spoken
from referrals.directory.routes.where import Around, around, choices, named
from referrals.directory.search.asking import Heard
from referrals.directory.search.find import OPEN, Results, search
from referrals.directory.search.openings import OpenAt
from referrals.directory.search.port import PAGE_SIZE, Order
from referrals.directory.search.tags import LANGUAGE, group_of
from referrals.directory.search.understand import Understood
from referrals.kit.db import meanwhile, only_reading
from referrals.kit.html import Addresses, addresses, in_zone, inside, km, listed, number
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page
from referrals.kit.policy import admitting
from referrals.kit.settings import LANGUAGES
from referrals.kit.text import fold
from referrals.places.lookup import PlaceIndex
from referrals.places.queries import index
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary

_ORDERS: dict[Order, str] = {"fit": N_("Most fitting"), "near": N_("Nearest"), "soon": N_("Soonest")}


_LITTLE = 3
"""Letters of words that mean nothing by themselves."""


@get("/services", name="services", opt=PUBLIC)
async def services(request: Req, session: Db, now: Now, settings: Deployment) -> Template:
    await only_reading(session)
    params = many(request.query_params.multi_items())
    words, places = await vocabulary(session), await index(session)
    asked = possible(question(params), words)
    told, url = await named(session, asked, places), addresses(jinja(request))
    looking = _Looking(request, session, words, places, told, now, typing=_target(request) == "results")
    found = await looking.look(asked)
    if asked.page > found.pages:
        asked = replace(asked, page=found.pages)
        found = await looking.look(asked)
    there, tiles = around(asked, told, found), maps.tiles_of(settings)
    if asked.page == 1 and not looking.typing:
        request.app.state.tally.note(in_zone(now).date(), _needs(asked, found), there.place)
    async with meanwhile(_cards(session, found, now)) as filling:
        understood, offered = chips.chips(asked, found, there.place, words, url), facets.offer(asked, found, words, url)
        said: dict[str, Any] = {
            "count": _count(asked, found, there), "chips": understood, "place": there.name, "unknown": there.unknown,
            "urgent": urgent(asked.q, _needs(asked, found), there.place.country if there.place else None, settings.country),
            "where_are_you": found.understood.near_me and found.here is None,
            "doubts": doubts(params, asked), "choices": choices(asked, found, there, url), "orders": _orders(asked, found, url),
            "radii": _radii(asked), "held": _held(asked), "widened": _widened(found), "missing": _missing(found, words),
            "resting": found.engine == "database", "ideas": _ideas(asked, found, url), "pager": _pager(asked, found, url),
            "heading_need": _heading(asked, words) if found.total else "", "printed": in_zone(now).date(),
            "lang_urls": {language: asked.where(url, language) for language in LANGUAGES},
        }  # fmt: skip
        filled = await filling
    shown = rows(filled, words, url, now, first=(found.page - 1) * PAGE_SIZE + 1, said=_to_mark(found))
    answer = page(
        request, "directory/services.html", fragment=_part(request), asked=asked, url=url, spoken=spoken,
        rows=shown, parted=_parted(found, shown), offer=facets.and_open(offered, asked, found, shown, url),
        map=maps.of_results(shown, found.here.at if found.here else None, found.radius_km, places, url, asked, tiles),
        more=await further_out(partial(looking.glance, meant=found.understood), asked, found, url),
        instead=await without_one(looking.glance, understood, url) if not found.total else [], **said,
    )  # fmt: skip
    admitting(answer, tiles.host if tiles else None)
    answer.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    if _target(request) == "results":
        answer.headers["HX-Replace-Url"] = asked.where(url)
    return answer


routes: list[HTTPRouteHandler] = [services]


@dataclass(frozen=True, slots=True)
class _Looking:
    """Everything that a search needs besides the question. `typing`: the last word may be the beginning of one."""

    request: Req
    session: AsyncSession
    words: Vocabulary
    places: PlaceIndex
    told: Around
    now: datetime
    typing: bool
    heard: Heard = field(default_factory=dict)

    async def glance(self, asked: Question, meant: Understood | None = None) -> Results:
        """To say how much there would be. `meant`: what its words are understood as, where they are the same."""
        return await self.look(asked, brief=True, meant=meant)

    async def look(self, asked: Question, *, brief: bool = False, meant: Understood | None = None) -> Results:
        return await search(
            self.session, self.request.app.state.search, self.words, self.places, asked.q, language=current_language(),
            now=self.now, near=self.told.near if asked.near else None, radius_km=asked.km, need=asked.need or None,
            tags=asked.tags, open=OpenAt(self.now) if asked.open else None, order=asked.order or "fit",
            unfinished=self.typing and not asked.q.endswith(" "), brief=brief,
            page=asked.page, meant=meant, heard=self.heard,
        )  # fmt: skip


def _target(request: Req) -> str:
    """Which part of the page htmx wants to change; empty for a whole page."""
    return request.headers.get("HX-Target", "") if request.headers.get("HX-Request") == "true" else ""


def _part(request: Req) -> str:
    """While somebody types only the answers change; a link of them changes the box above as well."""
    return "directory/_results.html" if _target(request) == "results" else "directory/_finding.html"


async def _cards(session: AsyncSession, found: Results, now: datetime) -> list[Card]:
    here = found.here.at if found.here else None
    return await cards(session, [hit.id for hit in found.hits], current_language(), here, in_zone(now).date())


def _needs(asked: Question, found: Results) -> list[str]:
    return [*filter(None, [asked.need]), *(term.code for term in found.understood.terms)]


def _to_mark(found: Results) -> tuple[str, ...]:
    """What was typed, and what the needs in it are called: `kiné` is answered by a physiotherapist too."""
    called = (word for term in found.understood.terms for word in fold(term.label(current_language())).split())
    return (*found.understood.said, *(word for word in called if len(word) > _LITTLE))


def _count(asked: Question, found: Results, there: Around) -> str:
    """Where things stand, in one sentence."""
    if not found.total:
        return _("Nothing found that fits all of this")
    if not found.fitting:
        return _("Nothing fits all of this; these come close")
    told = _around(asked, found, there, labels.count(found.fitting, found.more))
    if found.fitting < found.total:
        return _("%(count)s, then others that fit less well") % {"count": told}
    return told


@dataclass(frozen=True, slots=True)
class Parted:
    """A page of answers: those that fit, and those that follow them."""

    fits: Sequence[Row]
    others: Sequence[Row]


def _parted(found: Results, shown: Sequence[Row]) -> Parted:
    """Where none fits the heading says it of all."""
    first = (found.page - 1) * PAGE_SIZE
    fitting = max(found.fitting - first, 0) if found.fitting else len(shown)
    return Parted(shown[:fitting], shown[fitting:])


def _widened(found: Results) -> str:
    """Where nothing lies near: how far the nearest is."""
    ways = [hit.distance_km for hit in found.hits if hit.distance_km is not None]
    if found.here is None or found.radius_km is not None or not found.total:
        return ""
    if not ways:
        return _("Nothing was found nearby.")
    return _("Nothing was found nearby: the nearest is %(way)s away.") % {"way": km(min(ways))}


def _around(asked: Question, found: Results, there: Around, told: str) -> str:
    """Where nothing lies near, the answers are around no place (see `_widened`)."""
    if not there.name or found.here is None or found.radius_km is None:
        return told
    if asked.km and found.radius_km:
        return _("%(count)s within %(km)s km of %(place)s") % {
            "count": told, "km": number(asked.km), "place": there.name,
        }  # fmt: skip
    return _("%(count)s around %(place)s") % {"count": told, "place": there.name}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways to see the same; the `current` one is no link."""

    id: str
    text: str
    href: str
    current: bool


def _orders(asked: Question, found: Results, url: Addresses) -> list[Choice]:
    """Only where there is something to put in order; by nearness only from somewhere."""
    if found.total < 2:
        return []
    return [
        Choice(f"order-{order}", _(_ORDERS[order]), asked.address(url, order=order), order == found.order)
        for order in ORDERS
        if order != "near" or found.here is not None
    ]


def _radii(asked: Question) -> list[tuple[str, str]]:
    offered = sorted({*RADII, *([asked.km] if asked.km else [])})
    return [(f"{km:g}", _("%(km)s km") % {"km": number(km)}) for km in offered]


def _held(asked: Question) -> list[tuple[str, str]]:
    """What the form hands on unseen: everything but its own fields, the page and the map."""
    near = asked.near if asked.point else ""
    query = asked.but(q="", near=near, km=None).query()
    held = [
        (name, f"{value}")
        for name, values in query.items()
        for value in (values if isinstance(values, list) else [values])
        if value
    ]
    return [*held, (BESIDE, asked.q)] if asked.need else held


def _missing(found: Results, words: Vocabulary) -> str:
    """Wishes that nothing fitted: these answers do without them."""
    told = [_in_a_row(wish, words) for wish in found.dropped if wish != OPEN]
    told += chips.opening(found.understood) if OPEN in found.dropped else []
    if not told or not found.total:
        return ""
    if len(told) == 1:
        return _("Nothing was found with this wish: %(wish)s. These answers do without it.") % {"wish": told[0]}
    return _("Nothing has all of this at once: %(wishes)s. Look in each answer at what it has of it.") % {
        "wishes": listed(told)
    }


def _in_a_row(wish: str, words: Vocabulary) -> str:
    """Languages are written as each of ours writes them."""
    said = wishes.said(wish, words)
    return said if group_of(wish) == LANGUAGE else inside(said)


def _ideas(asked: Question, found: Results, url: Addresses) -> Sequence[Link]:
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
