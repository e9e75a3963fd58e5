"""The first page, what is offered while somebody types, and the two pages about this house."""

from dataclasses import dataclass

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from referrals.accounts.guards import PUBLIC
from referrals.kit.html import Addresses, addresses
from referrals.kit.i18n import current_language
from referrals.kit.pages import Db, Req, jinja, page
from referrals.places.answers import Found
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.places.queries import index
from referrals.places.words import display
from referrals.taxonomy.queries import need_tree, suggest, vocabulary
from referrals.taxonomy.vocabulary import TermInfo

_MAIN = 6
"""Terms shown under each question; the question itself leads to all of them."""
_OFFERED = 8


@dataclass(frozen=True, slots=True)
class Wish:
    """A need as a link, in plain words."""

    text: str
    href: str


@get("/", name="home", opt=PUBLIC)
async def home(request: Req, session: Db) -> Template:
    url = addresses(jinja(request))
    questions = [
        (_wish(head, url), [_wish(term, url) for term in terms[:_MAIN]]) for head, terms in await need_tree(session)
    ]
    return page(request, "directory/home.html", questions=questions)


@get("/suggest", name="suggest", opt=PUBLIC)
async def suggestions(request: Req, session: Db) -> Template:
    """Options for a field while somebody types: towns for `near`, needs and towns for `q`."""
    places = await index(session)
    near = request.query_params.get("near", "").replace("\x00", "").strip()
    if near:
        return page(request, "directory/_options.html", options=_towns(places, near, _OFFERED))
    typed = request.query_params.get("q", "").replace("\x00", "").strip()[:80]
    spoken = current_language()
    needs = [hit.term.label(spoken) for hit in suggest(await vocabulary(session), typed, spoken, _OFFERED)]
    return page(request, "directory/_options.html", options=list(dict.fromkeys([*_finished(places, typed), *needs])))


@get("/privacy", name="privacy", opt=PUBLIC)
async def privacy(request: Req) -> Template:
    return page(request, "directory/privacy.html")


@get("/about", name="about", opt=PUBLIC)
async def about(request: Req) -> Template:
    return page(request, "directory/about.html")


routes: list[HTTPRouteHandler] = [home, suggestions, privacy, about]


def _wish(term: TermInfo, url: Addresses) -> Wish:
    return Wish(term.plain(current_language()), url("services", query={"need": term.code}))


def _towns(places: PlaceIndex, typed: str, limit: int) -> list[str]:
    names = (display(town, current_language()) for town in _meant(places, typed, limit))
    return list(dict.fromkeys(names))


def _finished(places: PlaceIndex, typed: str) -> list[str]:
    """`kiné ly` -> `kiné Lyon`: the last word as the beginning of a town. Its county only where the name is not enough."""
    head, _, last = typed.rpartition(" ")
    if not head:
        return []
    return [f"{head} {_bare(places, town)}" for town in _meant(places, last, 4)]


def _meant(places: PlaceIndex, typed: str, limit: int) -> list[Entry]:
    if len(typed) < 2:
        return []
    return places.suggest(typed, limit, first="FR" if current_language() == "fr" else "GB")


def _bare(places: PlaceIndex, town: Entry) -> str:
    found = places.find(town.name)
    enough = isinstance(found, Found) and found.place.code == town.code
    return town.name if enough else display(town, current_language())
