"""Keeping one's own listings right: places free in one tap, the rest in one form."""

from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_role
from referrals.accounts.models import Role
from referrals.directory import actions, edit_form, labels
from referrals.directory.actions import Answer, Edited, Editor
from referrals.directory.actions.capacity import current
from referrals.directory.actions.edit import TEXTS, own_phone
from referrals.directory.edit_form import EditForm, PlacesForm
from referrals.directory.hours import DAYS, slots
from referrals.directory.models import Listing, Service
from referrals.directory.queries.mine import SHOWN, Change, Kept, history, how_many, kept
from referrals.directory.queries.texts import Text
from referrals.directory.routes.rows import spoken
from referrals.kit import forms
from referrals.kit.errors import NotFound
from referrals.kit.html import ago, in_zone, listed, locale
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.kit.settings import LANGUAGES

requires_editor = requires_role(Role.PROVIDER_EDITOR, Role.CURATOR)
MISSING: dict[str, str] = {
    "hours": N_("opening hours"), "cost": N_("what it costs"), "who": N_("who may come"),
    "languages": N_("languages spoken"), "fr": N_("the French text"), "en": N_("the English text"),
}  # fmt: skip
FIELDS: dict[str, str] = {
    "name": N_("Name"), "description": N_("What happens there"), "eligibility_description": N_("Who may come"),
    "application_process": N_("How to come"), "fees_description": N_("What it costs"), "alert": N_("Something temporary"),
    "email": N_("E-mail"), "phones.number": N_("Phone"), "schedules": N_("Weekly hours"),
    "assured_date": N_("Checked"), "capacities.available": N_("Places free"), "capacities.maximum": N_("Places in all"),
    "capacities.description": N_("Note on the places"), "attributes.capacity-status": N_("Is there room?"),
    "attributes.wait": N_("Wait in days"),
}  # fmt: skip


@get("/my-services", name="my-services", guards=[requires_editor])
async def my_services(request: Req, session: Db, actor: Who, now: Now) -> Template:
    words = request.query_params.get("q", "").replace("\x00", "").strip()[:80]
    mine = _organizations(actor)
    found = await kept(session, mine, current_language(), in_zone(now).date(), words=words)
    total = await how_many(session, mine)
    return page(
        request, "directory/my-services.html", rows=[_line(one, now) for one in found], words=words, spoken=spoken,
        old=sum(one.capacity.status == "unknown" for one in found), total=total, searchable=total > SHOWN // 6,
        answers=_answers(),
    )  # fmt: skip


@post("/my-services/{service_id:uuid}/places", name="say-places", guards=[requires_editor], status_code=200)
async def say_places(
    request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID]
) -> Template | Redirect:
    service = await _own(session, actor, service_id)
    form = await forms.read(request, PlacesForm)
    if form.value is not None:
        before = await current(session, service.id)
        free = form.value.available if form.value.status == "has-capacity" else None
        answer = Answer(
            form.value.status, free, before.maximum if before else None, note=(before.description or "") if before else ""
        )
        await actions.say_capacity(session, service, answer, _editor(actor), now)
    if request.headers.get("HX-Request") != "true":
        if form.value is None:
            return redirect(request, "my-services", say=_("Please give a number from 0 to 9999."), kind="attention")
        said = _("Noted for %(name)s. The next search sees it.") % {"name": service.text("name", current_language())}
        return redirect(request, "my-services", say=said, anchor=f"service-{service_id}")
    shown = await kept(session, None, current_language(), in_zone(now).date(), only=service_id)
    return page(
        request, "directory/_my-service.html", row=_line(shown[0], now), spoken=spoken, answers=_answers(),
        form=form, fresh=form.value is not None, status=200 if form.value else 422,
    )  # fmt: skip


@get("/my-services/{service_id:uuid}", name="edit-service", guards=[requires_editor])
async def edit_service(request: Req, session: Db, actor: Who, service_id: FromPath[UUID]) -> Template:
    service = await _own(session, actor, service_id)
    present = await _present(session, service)
    return await _edit_page(request, session, service, edit_form.filled(present))


@post("/my-services/{service_id:uuid}", name="change-service", guards=[requires_editor], status_code=200)
async def change_service(
    request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID]
) -> Template | Redirect:
    service = await _own(session, actor, service_id)
    await actions.lock(session, service.id)
    present = await _present(session, service)
    form, week = edit_form.read(await request.form(), service.language or LANGUAGES[0])
    if form.value is None:
        return await _edit_page(request, session, service, form, status=422)
    wanted = edit_form.edited(form.value, week)
    if form.value.version != edit_form.version(present):
        form.raw["version"] = edit_form.version(present)
        return await _edit_page(request, session, service, form, other=_differences(present, wanted), status=409)
    await actions.change(session, service, wanted, present, _editor(actor), now)
    return redirect(request, "my-services", say=_("Saved. The next search and the next match see it."))


routes: list[HTTPRouteHandler] = [my_services, say_places, edit_service, change_service]


async def _own(session: AsyncSession, actor: Actor, service_id: UUID) -> Service:
    """A service that this person keeps; another one is not there for them."""
    service = await session.get(Service, service_id)
    if service is None or service.gone_at is not None or not actor.edits(service.organization_id):
        raise NotFound("service")
    return service


async def _present(session: AsyncSession, service: Service) -> Edited:
    """What stands now, in the shape of the form."""
    listing = await session.get(Listing, service.id, populate_existing=True)
    room = await current(session, service.id)
    phone = await own_phone(session, service.id)
    texts = {language: {field: _text(service, field, language) for field in TEXTS} for language in LANGUAGES}
    places = None
    if listing is not None and listing.capacity_status is not None:
        places = Answer(
            listing.capacity_status, room.available if room else None, room.maximum if room else None,
            listing.wait_days, (room.description or "") if room else "",
        )  # fmt: skip
    week = slots(listing.slots) if listing else ()
    return Edited(texts, week, phone.number if phone else "", service.email or "", places, all_checked=False)


def _text(service: Service, field: str, language: str) -> str:
    """As it is written in this language, or nothing: never the other language in its place."""
    if language == (service.language or LANGUAGES[0]):
        return (getattr(service, field) or "").replace("\r\n", "\n").strip()
    return str(service.translations.get(language, {}).get(field) or "").replace("\r\n", "\n").strip()


async def _edit_page(
    request: Req, session: AsyncSession, service: Service, form: forms.Filled[EditForm], *,
    other: list[tuple[str, str]] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    days = locale().days["format"]["abbreviated"]
    return page(
        request, "directory/edit-service.html", service=service, form=form, name=service.text("name", current_language()),
        days=[(code, days[number].rstrip(".")) for number, code in enumerate(DAYS)], answers=_answers(),
        other=other, history=[_told(change) for change in await history(session, service.id)],
        spoken_first=service.language or LANGUAGES[0], status=status,
    )  # fmt: skip


def _differences(present: Edited, wanted: Edited) -> list[tuple[str, str]]:
    """Field and what it says now, where that is not what this editor wrote."""
    found = [
        (f"{_(FIELDS[field])} ({language})", present.texts[language][field])
        for language in LANGUAGES
        for field in TEXTS
        if present.texts[language][field] != wanted.texts[language][field]
    ]
    found += [(_("Phone"), present.phone)] if present.phone != wanted.phone else []
    found += [(_("E-mail"), present.email)] if present.email != wanted.email else []
    if present.week != wanted.week:
        lines = [f"{', '.join(row.days)} {row.opens}–{row.closes}" for row in edit_form.rows_of(present)]
        found.append((_("Weekly hours"), "; ".join(lines)))
    if present.places is not None and present.places != wanted.places:
        number = "" if present.places.available is None else f" ({present.places.available})"
        found.append((_("Is there room?"), _(labels.ANSWERS[present.places.status]) + number))
    return found


def _line(one: Kept, now: datetime) -> dict[str, object]:
    """One listing as the page draws it."""
    today = in_zone(now).date()
    badge = labels.badge(one.capacity, one.status)
    updated = one.capacity.updated
    said = _("Said %(ago)s.") % {"ago": ago(updated, today)} if updated else _("Nobody has said yet whether there is room.")
    missing = listed([_(MISSING[name]) for name in one.missing])
    return {
        "id": one.id, "name": one.name, "organization": one.organization, "badge": badge, "said": said,
        "missing": missing, "available": one.capacity.available,
        "fresh": one.capacity.status != "unknown",
        "checked": _("Last checked %(ago)s.") % {"ago": ago(one.assured, today)} if one.assured else "",
    }  # fmt: skip


def _told(change: Change) -> tuple[datetime, str, str, Text, Text]:
    """When, who, what, before, after."""
    language, field = (change.field.split(".")[1], change.field.split(".")[2]) if change.field.startswith("translations.") else (None, change.field)
    label = _(FIELDS[field]) if field in FIELDS else field
    who = change.who or _("somebody whose account is closed")
    return change.at, who, f"{label} ({language})" if language else label, _value(field, change.before, language), _value(field, change.after, language)


def _value(field: str, value: str | None, language: str | None) -> Text:
    if value is None:
        return Text(_("nothing"))
    if field == "attributes.capacity-status" and value in labels.ANSWERS:
        return Text(_(labels.ANSWERS[value]))
    return Text(value if len(value) < 200 else value[:200] + "…", language)


def _answers() -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in labels.ANSWERS.items()]


def _organizations(actor: Actor) -> tuple[UUID, ...] | None:
    """Those whose listings this person keeps; None: all of them."""
    return None if Role.CURATOR in actor.roles else actor.organizations.get(Role.PROVIDER_EDITOR, ())


def _editor(actor: Actor) -> Editor:
    """The public record names the role, not the person."""
    role = Role.CURATOR if Role.CURATOR in actor.roles else Role.PROVIDER_EDITOR
    return Editor(actor.id, role.value)
