"""Up to three services side by side: the same questions to each, and where a listing says nothing, that it says nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.directory import hours, labels
from referrals.directory.queries import Card, ServicePage, cards, service_page
from referrals.directory.queries.redirects import all_standing
from referrals.directory.queries.texts import Text
from referrals.directory.routes.rows import about, spoken
from referrals.directory.routes.said import Said, price
from referrals.directory.search.typed_place import typed_place
from referrals.directory.shortlist import BESIDE, listed_in, written
from referrals.kit.errors import NotFound
from referrals.kit.html import addresses, in_zone, km, language_name, listed
from referrals.kit.html import day as written_day
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, jinja, page
from referrals.places.queries import index
from referrals.places.words import display
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary

LONGEST = 100
"""Letters of a place."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One of the services that are compared."""

    id: UUID
    name: Text
    organization: Text
    href: str
    without: str


@dataclass(frozen=True, slots=True)
class Aspect:
    """One question, and each service's answer in lines; none where the listing does not say."""

    question: str
    answers: tuple[tuple[Text, ...], ...]


@get("/shortlist/compare", name="compare", opt=PUBLIC)
async def compare(request: Req, session: Db, now: Now) -> Template:
    asked = listed_in(request.query_params)
    near = " ".join(request.query_params.get("near", "").replace("\x00", " ").split())[:LONGEST]
    around = await typed_place(session, await index(session), near)
    place = around.taken if around else None
    words, url = await vocabulary(session), addresses(jinja(request))
    found = await _services(session, asked, words, now)
    ids = [service.id for service in found]
    away = await cards(session, ids, current_language(), place.at if place else None, in_zone(now).date())
    beside = [
        Beside(
            service.id, service.name, service.organization, url("service", service_id=service.id),
            url("compare", query={"s": written([id for id in ids if id != service.id]), "near": near}),
        )
        for service in found
    ]  # fmt: skip
    return page(
        request, "directory/compare.html", beside=beside, spoken=spoken, near=near, list=written(asked),
        left_out=max(len(asked) - len(ids), 0), more_than=len(asked) > BESIDE, most=BESIDE,
        place=display(place, current_language()) if place else "", unknown=bool(near) and place is None,
        aspects=aspects(found, away, words, now, measured=place is not None),
    )  # fmt: skip


routes: list[HTTPRouteHandler] = [compare]


def aspects(
    services: Sequence[ServicePage], away: Sequence[Card], words: Vocabulary, now: datetime, *, measured: bool
) -> list[Aspect]:
    """The questions that decide, in the order in which people ask them. `measured`: from a place that somebody typed."""
    reach = {card.id: card for card in away}

    def each(question: str, *answers: Sequence[str | Text]) -> Aspect:
        return Aspect(question, tuple(tuple(_text(line) for line in lines if line) for lines in answers))

    said = [Said.of(service, words) for service in services]
    pairs = list(zip(services, said, strict=True))
    found = [
        each(_("Who may come"), *(_who(service, told) for service, told in pairs)),
        each(_("Is there room?"), *(_room(service) for service in services)),
        each(_("When"), *(_when(service, now) for service in services)),
        each(_("What it costs"), *(_cost(service, told) for service, told in pairs)),
        each(_("Languages"), *(_languages(service, told) for service, told in pairs)),
        each(_("Where"), *(_where(service, told) for service, told in pairs)),
        each(_("How to come"), *(_way(service, told) for service, told in pairs)),
        each(_("Papers to bring"), *(service.documents for service in services)),
        each(_("Getting in"), *(_access(told) for told in said)),
        each(_("Phone"), *([phone.number for phone in service.phones[:2]] for service in services)),
        each(_("Last checked"), *([written_day(service.assured)] for service in services)),
    ]
    if measured:
        found.insert(0, each(_("How far"), *(_far(reach.get(service.id)) for service in services)))
    return found


async def _services(
    session: AsyncSession, asked: Sequence[UUID], words: Vocabulary, now: datetime
) -> list[ServicePage]:
    """The first three that are listed still."""
    stands = await all_standing(session, asked) if asked else {}
    found: list[ServicePage] = []
    for id in dict.fromkeys(stands.values()):
        if len(found) == BESIDE:
            break
        try:
            found.append(await service_page(session, id, current_language(), words=words, today=in_zone(now).date()))
        except NotFound:
            continue
    return found


def _text(line: str | Text) -> Text:
    """What we say ourselves stands in a table without a full stop."""
    return line if isinstance(line, Text) else Text(line.removesuffix("."))


def _far(card: Card | None) -> list[str]:
    if card is None:
        return []
    if card.modes and "on-site" not in card.modes:
        return [_("You need not travel.")]
    if card.distance_km is None:
        return []
    return [about(card.distance_km) if card.approximate else km(card.distance_km)]


def _who(service: ServicePage, told: Said) -> list[str | Text]:
    area = labels.area(service.area_postcodes, service.area_countries)
    welcome = _("Especially welcome: %(who)s.") % {"who": listed(told.welcomes)} if told.welcomes else ""
    return [_first_lines(service.who), service.rule, service.ages, welcome, area]


def _first_lines(text: Text) -> Text:
    """As the listing has it, line breaks made spaces: a cell is no page."""
    return replace(text, value=" ".join(text.value.split()))


def _room(service: ServicePage) -> list[str | Text]:
    badge = labels.badge(service.capacity, service.status)
    wait = 0 if service.capacity.status == "waitlist" else service.capacity.wait_days
    return [
        badge.text if badge else "",
        _("Usual wait: %(time)s.") % {"time": labels.span(wait)} if wait else service.noted(service.wait_text or ""),
    ]


def _when(service: ServicePage, now: datetime) -> list[str | Text]:
    notes = map(service.noted, service.schedule_notes)
    return [service.opening(now), *hours.told(service.hours, service.local(now).date()), *notes]


def _cost(service: ServicePage, told: Said) -> list[str | Text]:
    payers = _("Who may pay: %(payers)s.") % {"payers": listed(told.funding, "or")} if told.funding else ""
    return [_first_lines(service.cost) if service.cost else price(service), payers]


def _languages(service: ServicePage, told: Said) -> list[str | Text]:
    names = listed([language_name(code) for code in service.languages]) if service.languages else ""
    return [names[:1].upper() + names[1:], service.interpretation or told.interpreter]


def _where(service: ServicePage, told: Said) -> list[str]:
    places = [
        _("%(area)s, address not public") % {"area": place.line} if place.confidential else ", ".join((*place.address, place.line))
        for place in service.places if place.kind != "virtual"
    ]  # fmt: skip
    return [*places, " · ".join(told.modes)]


def _way(service: ServicePage, told: Said) -> list[str | Text]:
    way = _("You can come: %(routes)s.") % {"routes": listed(told.routes, "or")} if told.routes else ""
    return [_first_lines(service.how), way]


def _access(told: Said) -> list[str]:
    return [*told.present, *(_("Not there: %(feature)s") % {"feature": feature} for feature in told.absent)]
