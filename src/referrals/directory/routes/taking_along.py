"""A service as files for one's own telephone: an appointment, the hours, a card. Made on the spot; nothing is kept of it."""

import re
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.directory import calendars, hours, visiting_card
from referrals.directory.queries import ServicePage, service_page
from referrals.directory.queries.places import PlaceShown
from referrals.directory.queries.redirects import standing
from referrals.directory.routes.rows import spoken
from referrals.kit import forms
from referrals.kit.html import addresses, in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page
from referrals.taxonomy.queries import vocabulary

CALENDAR: Final = "text/calendar"
CARD: Final = "text/vcard"
_TIME: Final = re.compile(r"(\d{1,2})(?:\s*[h:.]\s*(\d{2})?)?")


class AppointmentForm(forms.Form):
    on: date
    at: str
    plain: bool = False
    """Only the word appointment: for a telephone that others look at."""

    def problems(self) -> dict[str, str]:
        return {} if _clock(self.at) else {"at": _("Please give a time, for example 10:30.")}


@get("/services/{service_id:uuid}/appointment", name="appointment", opt=PUBLIC)
async def appointment_page(request: Req, session: Db, now: Now, service_id: FromPath[UUID]) -> Template:
    shown = await _service(session, service_id, now)
    form = forms.blank(AppointmentForm, plain=any(place.confidential for place in shown.places))
    return page(request, "directory/appointment.html", service=shown, form=form, spoken=spoken, places=_where(shown))


@get("/services/{service_id:uuid}/appointment.ics", name="appointment-file", opt=PUBLIC)
async def appointment(
    request: Req, session: Db, now: Now, settings: Deployment, service_id: FromPath[UUID]
) -> Response[bytes] | Template:
    """The day and time in the address are for this answer alone: nothing keeps an address with its question."""
    shown = await _service(session, service_id, now)
    form = forms.read_query(request, AppointmentForm)
    if form.value is not None and form.value.on < shown.local(now).date():
        form.refuse("on", _("This day is past. Please give one to come."))
    said = form.value
    clock = _clock(said.at) if said else None
    if said is None or clock is None:
        return page(
            request, "directory/appointment.html", service=shown, form=form, spoken=spoken, places=_where(shown), status=422
        )  # fmt: skip
    begins = datetime.combine(said.on, clock, shown.local(now).tzinfo)
    entry = calendars.appointment(service_id, begins, title=_("Appointment"))
    if not said.plain:
        entry = calendars.appointment(
            service_id, begins, title=_("Appointment: %(name)s") % {"name": shown.name.value}, place=_where(shown),
            words="\n".join(_bring(shown)), address=settings.base_url + addresses(jinja(request))("service", service_id=shown.id),
        )  # fmt: skip
    body = calendars.written([entry], now, product=settings.product, language=current_language())
    return _file(body, CALENDAR, _("appointment") + ".ics")


@get("/services/{service_id:uuid}/hours.ics", name="hours-file", opt=PUBLIC)
async def opening_hours(
    request: Req, session: Db, now: Now, settings: Deployment, service_id: FromPath[UUID]
) -> Response[bytes]:
    shown = await _service(session, service_id, now)
    entries = calendars.openings(
        service_id, shown.hours, shown.local(now), shown.where, title=_("Open: %(name)s") % {"name": shown.name.value},
        place=_where(shown), address=settings.base_url + addresses(jinja(request))("service", service_id=shown.id),
    )  # fmt: skip
    body = calendars.written(entries, now, product=settings.product, language=current_language())
    return _file(body, CALENDAR, _("hours") + ".ics")


@get("/services/{service_id:uuid}/card.vcf", name="card-file", opt=PUBLIC)
async def card(session: Db, now: Now, service_id: FromPath[UUID]) -> Response[bytes]:
    shown = await _service(session, service_id, now)
    return _file(visiting_card.written(_contact(shown, now)), CARD, _("contact") + ".vcf")


routes: list[HTTPRouteHandler] = [appointment_page, appointment, opening_hours, card]


async def _service(session: AsyncSession, id: UUID, now: datetime) -> ServicePage:
    """Raises NotFound. An old address of a merged service gives the file of what it became."""
    kept, words = await standing(session, id), await vocabulary(session)
    return await service_page(session, kept, current_language(), words=words, today=in_zone(now).date())


def _file(body: bytes, kind: str, name: str) -> Response[bytes]:
    return Response(
        body,
        media_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


def _clock(text: str) -> time | None:
    """`10:30`, `10 h 30`, `9 h`."""
    found = _TIME.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _first(service: ServicePage) -> PlaceShown | None:
    return next((place for place in service.places if place.kind != "virtual"), None)


def _where(service: ServicePage) -> str:
    """The first place in one line; of a confidential one the area."""
    place = _first(service)
    if place is None:
        return ""
    if place.confidential:
        return _("%(area)s, address not public") % {"area": place.line}
    return ", ".join(part for part in (place.name.value, *place.address, place.line) if part)


def _bring(service: ServicePage) -> list[str]:
    """What helps on the day: papers, and whom to call when it cannot be kept."""
    phone = next((one.number for one in service.phones if one.kind != "fax"), "")
    return [
        *([_("Bring with you:"), *(f"- {document.value}" for document in service.documents)] if service.documents else []),
        *([_("Phone: %(number)s") % {"number": phone}] if phone else []),
    ]  # fmt: skip


def _contact(service: ServicePage, now: datetime) -> visiting_card.Contact:
    place = _first(service)
    told = place if place is not None and not place.confidential else None
    return visiting_card.Contact(
        id=service.id,
        name=service.name.value,
        organization=service.organization.value,
        phones=[(one.number, one.kind) for one in service.phones],
        email=service.email or "",
        web=next((link.url for link in service.websites if link.url.startswith("http")), ""),
        address=visiting_card.Address(
            street=", ".join(told.address), city=told.city or "", area=told.department or "",
            postcode=told.postcode or "", country=told.country or "",
        ) if told else None,
        point=told.point if told and not told.approximate else None,
        note="\n".join([*hours.told(service.hours, service.local(now).date()), *service.schedule_notes]),
    )  # fmt: skip
