"""The search for programs: `/api/search` answers as the page does, in JSON, without a cookie and without an account.

It reads the parameters of the page's own address (`q`, `near`, `km`, `need`, `tag`, `open`, `order`, `page`) and besides
them `lang`. What it cannot read it leaves out and says so in `doubts`.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.di import Provide
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.directory.queries import Card, cards
from referrals.directory.routes.doubts import doubts, possible
from referrals.directory.routes.question import many, question
from referrals.directory.routes.where import Around, around, named
from referrals.directory.search.find import Results, search
from referrals.directory.search.openings import OpenAt
from referrals.kit.db import only_reading
from referrals.kit.geo import Km
from referrals.kit.html import in_zone
from referrals.kit.i18n import best_language, current_language, speak
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req
from referrals.kit.settings import LANGUAGES
from referrals.places.queries import index
from referrals.places.words import display
from referrals.taxonomy.queries import vocabulary

PATH: Final = "/api/search"
_HEADERS: Final = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
_encode: Final = msgspec.json.Encoder().encode


class Place(msgspec.Struct):
    """Of a confidential place only the area."""

    name: str
    line: str
    latitude: float | None
    longitude: float | None
    approximate: bool


class Item(msgspec.Struct):
    """One service, with the address of its page."""

    id: str
    name: str
    organization: str
    distance_km: float | None
    place: Place
    who: str
    needs: tuple[str, ...]
    modes: tuple[str, ...]
    languages: tuple[str, ...]
    free: bool | None
    status: str
    room: str
    wait_days: int | None
    assured_date: str | None
    url: str


class Understood(msgspec.Struct):
    needs: list[str]
    place: str | None
    tags: tuple[str, ...]
    opening: str | None
    words: tuple[str, ...]
    cheap: bool
    """A small price was asked for: what is dear stands last."""


class Answer(msgspec.Struct):
    """`more`: there are more than `total`. `fitting`: so many of `total` fit, and stand before those that fit less well. `engine`: structure, index, or database where the index could not answer."""

    total: int
    fitting: int
    more: bool
    page: int
    pages: int
    engine: str
    order: str
    radius_km: float | None
    understood: Understood
    dropped: tuple[str, ...]
    doubts: list[str]
    facets: dict[str, int]
    results: list[Item]


async def provide_reading(request: Req) -> AsyncIterator[AsyncSession]:
    """One session a question."""
    async with request.app.state.sessions() as session:
        await only_reading(session)
        yield session


@get(
    PATH,
    name="api-search",
    opt=PUBLIC | {"exclude_from_csrf": True},
    dependencies={"session": Provide(provide_reading)},
)
async def answers(request: Req, session: Db, now: Now, settings: Deployment) -> Response[bytes]:
    params = many(request.query_params.multi_items())
    _speak(request, params.get("lang", [""])[0])
    words, places = await vocabulary(session), await index(session)
    asked = possible(question(params), words)
    told = await named(session, asked, places)
    found = await search(
        session, request.app.state.search, words, places, asked.q, language=current_language(), now=now,
        near=told.near if asked.near else None, radius_km=asked.km, need=asked.need or None, tags=asked.tags,
        open=OpenAt(now) if asked.open else None, order=asked.order or "fit", page=asked.page,
    )  # fmt: skip
    here = found.here.at if found.here else None
    shown = await cards(session, [hit.id for hit in found.hits], current_language(), here, in_zone(now).date())
    there = around(asked, told, found)
    unclear = [*doubts(params, asked), *_nowhere(there, found)]
    answer = _answer(found, there, shown, unclear, f"{settings.base_url}/{current_language()}/services/")
    return Response(_encode(answer), media_type="application/json", headers=_HEADERS)


def _speak(request: Req, asked: str) -> None:
    speak(asked if asked in LANGUAGES else best_language(request.headers.get("Accept-Language", "")))


def _nowhere(there: Around, found: Results) -> Iterator[str]:
    """As the page says it."""
    if there.unknown:
        yield _("We do not know the place “%(place)s”. A larger town nearby would help.") % {
            "place": there.unknown[:60]
        }
        if found.here is None and found.hits:
            yield _("These answers come from everywhere.")


def _answer(found: Results, there: Around, shown: list[Card], unclear: list[str], address: str) -> Answer:
    meant = found.understood
    ways = {hit.id: hit.distance_km for hit in found.hits}
    return Answer(
        total=found.total, fitting=found.fitting, more=found.more, page=found.page, pages=found.pages, engine=found.engine, order=found.order,
        radius_km=found.radius_km,
        understood=Understood(
            [term.code for term in meant.terms], display(there.place, current_language()) if there.place and there.point is None else None,
            meant.tags, meant.opening, meant.words, meant.cheap,
        ),
        dropped=found.dropped, doubts=unclear, facets=dict(found.facets),
        results=[_item(card, ways.get(card.id), address) for card in shown],
    )  # fmt: skip


def _item(card: Card, way: Km | None, address: str) -> Item:
    point: Any = card.point
    place = Place(
        card.place_name, card.place, point.lat if point else None, point.lon if point else None, card.approximate
    )
    return Item(
        id=str(card.id), name=card.name.value, organization=card.organization,
        distance_km=None if way is None else round(way, 2), place=place, who=card.who.value, needs=card.needs,
        modes=card.modes, languages=card.languages, free=card.free, status=card.status, room=card.capacity.status,
        wait_days=card.capacity.wait_days, assured_date=card.assured.isoformat() if card.assured else None,
        url=f"{address}{card.id}",
    )  # fmt: skip
