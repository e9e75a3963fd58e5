"""Writing a listing anew, in both languages, and who did so before."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who
from referrals.directory import actions, edit_form, labels
from referrals.directory.actions import Answer, Edited
from referrals.directory.actions.capacity import current
from referrals.directory.actions.edit import TEXTS, first_language, own_phone, written
from referrals.directory.edit_form import EditForm
from referrals.directory.hours import DAYS, sentences, slots
from referrals.directory.models import Listing, Service
from referrals.directory.queries.mine import Change, history
from referrals.directory.queries.texts import Text
from referrals.directory.routes.mine import answers, editor, own, requires_editor
from referrals.kit import forms
from referrals.kit.html import locale
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.kit.settings import LANGUAGES

FIELDS: dict[str, str] = {
    "name": N_("Name"), "description": N_("What happens there"), "eligibility_description": N_("Who may come"),
    "application_process": N_("How to come"), "fees_description": N_("What it costs"), "alert": N_("Something temporary"),
    "email": N_("E-mail"), "phones.number": N_("Phone"), "schedules": N_("Weekly hours"),
    "assured_date": N_("Last checked"), "capacities.available": N_("Places free"), "capacities.maximum": N_("Places in all"),
    "capacities.description": N_("Places, in your words"), "attributes.capacity-status": N_("Is there room?"),
    "attributes.wait": N_("Wait, in days"),
}  # fmt: skip
_LONG = 160
"""Letters of a value that the history shows."""


@dataclass(frozen=True, slots=True)
class Told:
    """A change as the history shows it."""

    field: str
    before: Text
    after: Text
    who: str
    at: datetime


@get("/my-services/{service_id:uuid}", name="edit-service", guards=[requires_editor])
async def edit_service(request: Req, session: Db, actor: Who, service_id: FromPath[UUID]) -> Template:
    service = await own(session, actor, service_id)
    return await _form_page(request, session, service, edit_form.filled(await _present(session, service)))


@post("/my-services/{service_id:uuid}", name="change-service", guards=[requires_editor], status_code=200)
async def change_service(
    request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID]
) -> Template | Redirect:
    """Whoever comes second sees what stands now beside what they wrote, and decides."""
    service = await actions.lock(session, (await own(session, actor, service_id)).id)
    present = await _present(session, service)
    form, week = edit_form.read(await request.form(), first_language(service))
    if form.value is None:
        return await _form_page(request, session, service, form, status=422)
    wanted = edit_form.edited(form.value, week)
    if form.value.version != edit_form.version(present):
        form.raw["version"] = edit_form.version(present)
        return await _form_page(request, session, service, form, meanwhile=_differences(present, wanted), status=409)
    await actions.change(session, service, wanted, present, editor(actor), now)
    return redirect(request, "my-services", say=_("Saved. The next search and the next match see it."))


routes: list[HTTPRouteHandler] = [edit_service, change_service]


async def _form_page(
    request: Req, session: AsyncSession, service: Service, form: forms.Filled[EditForm], *,
    meanwhile: list[tuple[str, str]] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    days = locale().days["format"]["abbreviated"]
    return page(
        request, "directory/edit-service.html", service_id=service.id, form=form, answers=answers(),
        name=service.text("name", current_language()), first_language=first_language(service), meanwhile=meanwhile,
        days=[(code, days[number].rstrip(".")) for number, code in enumerate(DAYS)],
        history=[_told(change, first_language(service)) for change in await history(session, service.id)], status=status,
    )  # fmt: skip


async def _present(session: AsyncSession, service: Service) -> Edited:
    """What stands now, in the shape of the form."""
    listing = await session.get(Listing, service.id, populate_existing=True)
    phone = await own_phone(session, service.id)
    return Edited(
        texts={language: {field: written(service, field, language) for field in TEXTS} for language in LANGUAGES},
        week=slots(listing.slots) if listing else (),
        phone=phone.number if phone else "",
        email=service.email or "",
        places=await _places(session, listing),
    )


async def _places(session: AsyncSession, listing: Listing | None) -> Answer | None:
    if listing is None or listing.capacity_status is None:
        return None
    room = await current(session, listing.service_id)
    if room is None:
        return Answer(listing.capacity_status, wait_days=listing.wait_days)
    return Answer(
        listing.capacity_status, room.available, room.maximum, listing.wait_days, (room.description or "").strip()
    )


def _differences(present: Edited, wanted: Edited) -> list[tuple[str, str]]:
    """Field and what it says now, where that is not what this editor wrote."""
    texts = [
        (_in(FIELDS[field], language), present.texts[language][field], wanted.texts[language][field])
        for language in LANGUAGES
        for field in TEXTS
    ]
    others = [
        (_("Phone"), present.phone, wanted.phone),
        (_("E-mail"), present.email, wanted.email),
        (_("Weekly hours"), "; ".join(sentences(present.week)), "; ".join(sentences(wanted.week))),
        (_("Is there room?"), _room(present.places), _room(wanted.places)),
    ]
    return [(field, now) for field, now, typed in texts + others if now != typed]


def _room(places: Answer | None) -> str:
    if places is None:
        return ""
    numbers = [places.available, places.maximum, places.wait_days, places.note or None]
    return " · ".join([_(labels.ANSWERS[places.status]), *(str(told) for told in numbers if told is not None)])


def _told(change: Change, first: str) -> Told:
    language, field = _address(change.field)
    said = first if language is None and field in TEXTS else language
    who = change.who or _("somebody whose account is closed")
    label = _in(FIELDS[field], said) if said and field in FIELDS else _(FIELDS[field]) if field in FIELDS else field
    return Told(label, _value(field, change.before, said), _value(field, change.after, said), who, change.at)


def _address(field: str) -> tuple[str | None, str]:
    """`translations.fr.name` -> `fr`, `name`."""
    parts = field.split(".", 2)
    return (parts[1], parts[2]) if parts[0] == "translations" and len(parts) == 3 else (None, field)


def _value(field: str, value: str | None, language: str | None) -> Text:
    if value is None:
        return Text(_("nothing"))
    if field == "attributes.capacity-status" and value in labels.ANSWERS:
        return Text(_(labels.ANSWERS[value]))
    return Text(value if len(value) < _LONG else value[:_LONG].rstrip() + "…", language)


def _in(label: str, language: str) -> str:
    """`Name · English`."""
    return f"{_(label)} · {'français' if language == 'fr' else 'English'}"
