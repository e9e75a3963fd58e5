"""The first page, what is offered while somebody types, and the two pages about this house."""

from collections.abc import Iterator
from dataclasses import dataclass

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template

from referrals.accounts.guards import PUBLIC
from referrals.directory.queries.offered import Offered
from referrals.directory.routes import maps
from referrals.directory.routes.doors import Door, doors
from referrals.directory.routes.help_lines import always
from referrals.directory.routes.question import Question, line, many, question
from referrals.kit.html import Addresses, addresses
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page
from referrals.places.answers import Found
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.places.queries import index
from referrals.places.words import display
from referrals.taxonomy.queries import suggest, vocabulary
from referrals.taxonomy.vocabulary import NEED, TermInfo

_OFFERED = 8
_EXAMPLES: dict[str, str] = {
    "emergency-shelter": N_("a bed for tonight"), "physiotherapy": N_("physio knee"), "counselling": N_("someone to talk to"),
}  # fmt: skip
"""A need, and how somebody types it who has it: shown with a town where the directory has it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A need as a link, in plain words."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Way:
    """A question behind which needs lie; `whole` leads to all of them at once."""

    text: str
    icon: str
    needs: tuple[Wish, ...]
    whole: str


@get("/", name="home", opt=PUBLIC)
async def home(request: Req, session: Db, now: Now, settings: Deployment) -> Template:
    url, words = addresses(jinja(request)), await vocabulary(session)
    there: Offered = request.app.state.offered
    await there.refresh(session, now, needs=list(words.terms.get(NEED, {})), examples=list(_EXAMPLES))
    kept = question(many(request.query_params.multi_items())).kept
    return page(
        request, "directory/home.html", examples=list(_examples(there, url, kept)), kept=kept, numbers=always(settings.country),
        ways=[_way(door, url, kept) for door in doors(words, there.needs)],
    )  # fmt: skip


@get("/suggest", name="suggest", opt=PUBLIC)
async def suggestions(request: Req, session: Db) -> Template:
    """Options for a field while somebody types: towns for `near`, needs and towns for `q`."""
    places = await index(session)
    near = line(request.query_params.get("near"))
    if near:
        return page(request, "directory/_options.html", options=_towns(places, near, _OFFERED))
    typed = line(request.query_params.get("q"))[:80]
    spoken = current_language()
    needs = [hit.term.label(spoken) for hit in suggest(await vocabulary(session), typed, spoken, _OFFERED)]
    return page(request, "directory/_options.html", options=list(dict.fromkeys([*_finished(places, typed), *needs])))


@get("/privacy", name="privacy", opt=PUBLIC)
async def privacy(request: Req, settings: Deployment) -> Template:
    tiles = maps.tiles_of(settings)
    return page(
        request, "directory/privacy.html", numbers=always(settings.country),
        tiles=tiles.host.removeprefix("https://") if tiles else "",
    )  # fmt: skip


@get("/about", name="about", opt=PUBLIC)
async def about(request: Req) -> Template:
    return page(request, "directory/about.html")


routes: list[HTTPRouteHandler] = [home, suggestions, privacy, about]


def _way(door: Door, url: Addresses, kept: str) -> Way:
    def to(term: TermInfo) -> str:
        return Question(need=term.code, kept=kept).where(url)

    needs = tuple(Wish(term.plain(current_language()), to(term)) for term in door.needs)
    return Way(door.text, door.icon, needs, to(door.all_of) if door.all_of and len(needs) > 1 else "")


def _examples(there: Offered, url: Addresses, kept: str) -> Iterator[Wish]:
    for need, phrase in _EXAMPLES.items():
        if need in there.needs:
            typed = " ".join(filter(None, (_(phrase), there.towns.get(need))))
            yield Wish(typed, Question(q=typed, kept=kept).where(url))


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
