"""A service and an organization, each on a page that a tired person can read."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from referrals.accounts.guards import PUBLIC
from referrals.accounts.models import Role
from referrals.directory import hours, labels, units
from referrals.directory.queries import OrganizationPage, ServicePage, organization_page, service_page
from referrals.directory.queries.gone import Gone, gone, was_shown
from referrals.directory.queries.hidden import hidden_places_of
from referrals.directory.queries.redirects import kept
from referrals.directory.routes import maps
from referrals.directory.routes.drawing import qr
from referrals.directory.routes.rows import rows, spoken
from referrals.directory.routes.said import Said, price
from referrals.directory.routes.way import way
from referrals.directory.structured import as_json_ld, of_service
from referrals.kit.errors import NotFound
from referrals.kit.html import addresses, in_zone, locale
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page
from referrals.kit.policy import admitting
from referrals.places.queries import index
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary


@get("/services/{service_id:uuid}", name="service", opt=PUBLIC)
async def service(
    request: Req, session: Db, now: Now, settings: Deployment, service_id: FromPath[UUID]
) -> Template | Redirect:
    words, today = await vocabulary(session), in_zone(now).date()
    try:
        shown = await service_page(session, service_id, current_language(), words=words, today=today)
    except NotFound:
        if there := await kept(session, service_id):
            return _moved(request, "service", service_id=there)
        return await _gone(request, await gone(session, service_id), words)
    url, places, needs = addresses(jinja(request)), await index(session), _needs(shown, words)
    tiles = maps.tiles_of(settings)
    address = settings.base_url + url("service", service_id=shown.id)
    run_by = settings.base_url + url("organization", organization_id=shown.organization_id)
    about = of_service(
        shown, [label for _code, label in needs], address=address, run_by=run_by, language=current_language(), now=now
    )
    answer = page(
        request, "directory/service.html", service=shown, spoken=spoken, address=address, square=qr(address),
        structured=as_json_ld(about), voice=next((one for one in shown.phones if one.kind != "fax"), None), ways=[way(place, places) for place in shown.places], opening=shown.opening(now),
        badge=labels.badge(shown.capacity, shown.status), closed=labels.CLOSED.get(shown.status),
        price=price(shown), days=_days(shown, now), irregular=_irregular(shown, now), regular=_regular(shown, now), area=labels.area(shown.area_postcodes, shown.area_countries),
        map=maps.of_service(shown, places, tiles), old=labels.checked(shown.assured, shown.check_by, today),
        more_room=[units.free(room.available or 0, room.unit) for room in shown.more_room],
        wait=labels.span(shown.capacity.wait_days) if shown.capacity.wait_days and shown.capacity.status != "waitlist" else "",
        said=Said.of(shown, words), needs=needs,
        refer=url("refer-here", service_id=service_id) if _refers(request) and "refer-here" in url.routes else None,
        edit=url("edit-service", service_id=service_id) if _edits(request, shown.organization_id) else None,
        dense=_dense(shown),
        hidden=await hidden_places_of(session, request.user, service_id, current_language()),
    )  # fmt: skip
    return admitting(answer, tiles.host if tiles else None)


@get("/organizations/{organization_id:uuid}", name="organization", opt=PUBLIC)
async def organization(request: Req, session: Db, now: Now, organization_id: FromPath[UUID]) -> Template | Redirect:
    try:
        shown = await organization_page(session, organization_id, current_language(), today=in_zone(now).date())
    except NotFound:
        if there := await kept(session, organization_id):
            return _moved(request, "organization", organization_id=there)
        if await was_shown(session, organization_id):
            return page(request, "directory/gone.html", of_organization=True, similar=[], status=410)
        raise
    url = addresses(jinja(request))
    return page(
        request, "directory/organization.html", organization=shown, spoken=spoken, lead=_lead(shown),
        rows=rows(shown.services, await vocabulary(session), url, now),
    )  # fmt: skip


routes: list[HTTPRouteHandler] = [service, organization]


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the week: its name, and the hours of it as words; none means closed. `note`: what makes it different."""

    name: str
    hours: str
    note: str
    today: bool


def _moved(request: Req, name: str, **ids: object) -> Redirect:
    """It was told twice and is one record now: whoever kept the old address learns the new one."""
    url: Any = addresses(jinja(request))
    asked_anew = {"Cache-Control": "no-cache"}  # a browser would keep it for ever, and a merge may be undone
    return Redirect(url(name, **ids), status_code=301, headers=asked_anew)


async def _gone(request: Req, there: Gone | None, words: Vocabulary) -> Template:
    """It was here once: say so, and where else to look. Raises NotFound for what never was, or was never shown."""
    if there is None:
        raise NotFound("service")
    url = addresses(jinja(request))
    similar = [
        (term.label(current_language()), url("services", query={"need": code}))
        for code in there.needs
        if (term := words.need(code))
    ]
    return page(request, "directory/gone.html", of_organization=False, similar=similar, status=410)


def _days(service: ServicePage, now: datetime) -> list[Day]:
    """Seven days from today on, or one line where they are all the same; nothing where no hours are known."""
    if not service.hours.known:
        return []
    first = service.local(now).date()
    days = [_day(service, first + timedelta(days=ahead), first) for ahead in range(7)]
    if len({(day.hours, day.note) for day in days}) == 1 and not days[0].note:
        return [Day(_("Every day"), days[0].hours, "", today=False)] if days[0].hours else days
    return days


def _day(service: ServicePage, day: date, today: date) -> Day:
    name: str = locale().days["format"]["wide"][day.weekday()]
    before, found, after = (hours.on(service.hours, day + timedelta(days=by), service.where) for by in (-1, 0, 1))
    spans = hours.of_day(found.spans, before.spans, after.spans)
    if day == today and not spans:  # the row before it, which would tell of this morning, is not shown
        spans = found.spans
    return Day(name[:1].upper() + name[1:], hours.ranges(spans), _note(found), day == today)


def _irregular(service: ServicePage, now: datetime) -> list[str]:
    """What seven days do not show: months, seasons, public holidays, dates to come."""
    today = service.local(now).date()
    plain = all(rule.plain for rule in service.hours.rules)
    return hours.different(service.hours, today) if plain and service.hours.rules else hours.told(service.hours, today)


def _regular(service: ServicePage, now: datetime) -> list[str]:
    """For paper, on which no day is today; nothing where the lines beside it say it already."""
    plain = all(rule.plain for rule in service.hours.rules)
    return hours.regular(service.hours, service.local(now).date()) if plain and service.hours.rules else []


def _note(day: hours.Day) -> str:
    if day.special:
        return hours.reason(day.special)
    if day.unsure:
        return _("public holiday: ask before you go")
    return _("public holiday") if day.holiday else ""


def _needs(service: ServicePage, words: Vocabulary) -> list[tuple[str, str]]:
    return [(code, term.label(current_language())) for code in service.needs if (term := words.need(code))]


def _lead(shown: OrganizationPage) -> str:
    count = len(shown.services)
    if not count:
        return _("No service of this organization is listed now.")
    return ngettext("%(num)d service", "%(num)d services", count) % {"num": count}


def _dense(service: ServicePage) -> str:
    """How small it is written on paper, so that it stays one page."""
    texts = (service.description, service.easy, service.who, service.how, service.cost)
    letters = sum(len(text.value) + _LINE * text.value.count("\n") for text in texts)
    letters += sum(map(len, service.schedule_notes)) + _PLACE * len(service.places)
    return next((size for most, size in _PAPER if letters > most), "")


_PAPER: Final = ((3300, "smallest"), (1700, "smaller"))
_LINE: Final = 70
"""Letters for which a line that ends early stands."""
_PLACE: Final = 150
"""Letters for which the lines of an address stand."""


def _refers(request: Req) -> bool:
    return request.user is not None and request.user.may(Role.CASE_MANAGER)


def _edits(request: Req, organization_id: UUID) -> bool:
    return request.user is not None and request.user.edits(organization_id)
