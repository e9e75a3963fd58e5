"""Keeping a record right: an overview of what it says, and a short page for each part of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who
from referrals.directory import changes
from referrals.directory.changes import Live, Value, Values, Waiting
from referrals.directory.changes.labels import field_label
from referrals.directory.changes.queries import drift_of
from referrals.directory.changes.show import lines
from referrals.directory.changes.submit import editor
from referrals.directory.forms import rows as row_forms
from referrals.directory.forms.pages import PAGES, SPOKEN, find, told_in
from referrals.directory.forms.questions import TONGUES
from referrals.directory.forms.record import Kept, kept, others
from referrals.directory.forms.sheet import Entered, Page, Sheet, one, pressed, version
from referrals.directory.forms.times_shown import NTH
from referrals.directory.hours import DAYS, REASONS
from referrals.directory.queries.mine import history
from referrals.directory.queries.quality import quality_of
from referrals.directory.routes import told
from referrals.directory.routes.mine import requires_editor
from referrals.directory.upkeep.actions import nothing_has_changed
from referrals.kit.errors import NotFound
from referrals.kit.html import day, in_zone, language_name, listed, locale
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.kit.settings import LANGUAGES

OVERVIEWS = {"service": "edit-service", "organization": "edit-organization", "location": "edit-place"}
PARTS = {"service": "edit-service-part", "organization": "edit-organization-part", "location": "edit-place-part"}
IDS = {"service": "service_id", "organization": "organization_id", "location": "location_id"}
NTHS = {1: N_("the first"), 2: N_("the second"), 3: N_("the third"), 4: N_("the fourth"), -1: N_("the last")}


ASKED = ("texts", "hours", "where", "contact", "costs", "languages", "who", "needs", "address")
"""Parts that people ask for first: one that says nothing is marked."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part on the overview: what it says now, line by line as (label, what it says)."""

    code: str
    title: str
    says: list[tuple[str, list[str]]]
    drifted: bool
    kind: str


@get("/my-services/{service_id:uuid}", name="edit-service", guards=[requires_editor])
async def edit_service(request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID]) -> Template:
    return await _overview(request, session, await kept(session, actor, "service", service_id, in_zone(now).date()))


@get("/my-services/{service_id:uuid}/edit/{part:str}", name="edit-service-part", guards=[requires_editor])
async def service_part(
    request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID], part: FromPath[str]
) -> Template:
    return await _part(request, session, await kept(session, actor, "service", service_id, in_zone(now).date()), part)


@post(
    "/my-services/{service_id:uuid}/edit/{part:str}", name="change-service", guards=[requires_editor], status_code=200
)
async def change_service(
    request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID], part: FromPath[str]
) -> Template | Redirect:
    there = await kept(session, actor, "service", service_id, in_zone(now).date())
    return await _change(request, session, actor, there, part, now)


@post("/my-services/{service_id:uuid}/checked", name="service-checked", guards=[requires_editor], status_code=303)
async def checked(request: Req, session: Db, actor: Who, now: Now, service_id: FromPath[UUID]) -> Redirect:
    """Somebody has read all of it today, and it is right."""
    there = await kept(session, actor, "service", service_id, in_zone(now).date())
    await nothing_has_changed(session, [there.record.id], editor(actor), now)
    return redirect(
        request, "edit-service", say=_("Thank you. The page now says: checked today."), service_id=service_id
    )


@get("/my-organizations/{organization_id:uuid}", name="edit-organization", guards=[requires_editor])
async def edit_organization(
    request: Req, session: Db, actor: Who, now: Now, organization_id: FromPath[UUID]
) -> Template:
    there = await kept(session, actor, "organization", organization_id, in_zone(now).date())
    return await _overview(request, session, there)


@get(
    "/my-organizations/{organization_id:uuid}/edit/{part:str}", name="edit-organization-part", guards=[requires_editor]
)
async def organization_part(
    request: Req, session: Db, actor: Who, now: Now, organization_id: FromPath[UUID], part: FromPath[str]
) -> Template:
    there = await kept(session, actor, "organization", organization_id, in_zone(now).date())
    return await _part(request, session, there, part)


@post(
    "/my-organizations/{organization_id:uuid}/edit/{part:str}", name="change-organization", guards=[requires_editor],
    status_code=200,
)  # fmt: skip
async def change_organization(
    request: Req, session: Db, actor: Who, now: Now, organization_id: FromPath[UUID], part: FromPath[str]
) -> Template | Redirect:
    there = await kept(session, actor, "organization", organization_id, in_zone(now).date())
    return await _change(request, session, actor, there, part, now)


@get("/my-places/{location_id:uuid}", name="edit-place", guards=[requires_editor])
async def edit_place(request: Req, session: Db, actor: Who, now: Now, location_id: FromPath[UUID]) -> Template:
    return await _overview(request, session, await kept(session, actor, "location", location_id, in_zone(now).date()))


@get("/my-places/{location_id:uuid}/edit/{part:str}", name="edit-place-part", guards=[requires_editor])
async def place_part(
    request: Req, session: Db, actor: Who, now: Now, location_id: FromPath[UUID], part: FromPath[str]
) -> Template:
    return await _part(request, session, await kept(session, actor, "location", location_id, in_zone(now).date()), part)


@post("/my-places/{location_id:uuid}/edit/{part:str}", name="change-place", guards=[requires_editor], status_code=200)
async def change_place(
    request: Req, session: Db, actor: Who, now: Now, location_id: FromPath[UUID], part: FromPath[str]
) -> Template | Redirect:
    there = await kept(session, actor, "location", location_id, in_zone(now).date())
    return await _change(request, session, actor, there, part, now)


@post("/my-services/undo/{change_id:uuid}", name="undo-change", guards=[requires_editor], status_code=303)
async def undo(request: Req, session: Db, actor: Who, now: Now, change_id: FromPath[UUID]) -> Redirect:
    """Only what somebody may change at once may they take back at once."""
    row = await told.change(session, change_id)
    there = await kept(session, actor, row.resource_type, row.resource_id, in_zone(now).date())
    if not there.trusted:
        raise NotFound("change")
    await changes.undo(session, change_id, editor(actor), now)
    said = _("Taken back: it is as it was before.")
    return redirect(request, OVERVIEWS[there.sheet.entity], say=said, **_id(there))


routes: list[HTTPRouteHandler] = [
    edit_service, service_part, change_service, checked, edit_organization, organization_part, change_organization,
    edit_place, place_part, change_place, undo,
]  # fmt: skip


async def _overview(request: Req, session: AsyncSession, there: Kept) -> Template:
    sheet = there.sheet
    present = await changes.present(session, there.record)
    drifted = await drift_of(session, there.record.id)
    stale = {row.field_name for row in drifted}
    sections = [_section(one, sheet, present, stale) for one in PAGES[sheet.entity]]
    quality = await quality_of(session, there.record.id, sheet.today) if sheet.entity == "service" else None
    return page(
        request, "directory/edit.html", there=there, sections=sections, related=await others(session, there),
        history=[told.said(change, sheet.words, sheet.own, there.every_place) for change in await history(session, there.record.id)],
        places=_links(sheet, present), quality=quality, service_id=there.record.id, **_addresses(sheet),
    )  # fmt: skip


def _section(part: Page, sheet: Sheet, present: Values, stale: set[str]) -> Section:
    timed = part.code in ("hours", "closure")
    says = told.hours(part.code, present, sheet) if timed else told.fields(part, present, sheet)
    drifted = bool({name for item in part.items for name in told_in(item)} & stale)
    kind = "attention" if drifted or (not says and part.code in ASKED) else "good" if says else "plain"
    return Section(part.code, _(part.title), says, drifted, kind)


async def _part(request: Req, session: AsyncSession, there: Kept, code: str) -> Template:
    part = _found(there, code)
    present = await changes.present(session, there.record, part.fields(there.sheet))
    return await _form(request, session, there, part, part.shown(there.sheet, present), present)


async def _change(
    request: Req, session: AsyncSession, actor: Any, there: Kept, code: str, now: datetime
) -> Template | Redirect:
    """Whoever comes second sees what stands now beside what they wrote, and decides."""
    part = _found(there, code)
    present = await changes.present(session, there.record, part.fields(there.sheet))
    data = await request.form()
    entered = part.entered(there.sheet, data, present)
    if right := pressed(data, "right"):
        await changes.looked_at(session, there.record, right[-1], right[0], editor(actor), now)
        entered.again, entered.errors, entered.focus = True, {}, f"{right[-1]}_{right[0]}"
    if entered.again or entered.errors:
        status = 422 if entered.errors and not entered.again else 200
        return await _form(request, session, there, part, entered, present, status=status)
    if one(data, "version") != version(present):
        entered.raw["version"] = version(present)
        meanwhile = _meanwhile(there.sheet, present, entered.values)
        return await _form(request, session, there, part, entered, present, meanwhile=meanwhile, status=409)
    try:
        done = await changes.submit(session, there.record, entered.values, actor, now)
    except ValueError:
        entered.errors[""] = _("One of these values cannot be kept. Please look at them again.")
        return await _form(request, session, there, part, entered, present, status=422)
    return redirect(
        request, OVERVIEWS[there.sheet.entity], say=_said(done, there.sheet.own), anchor=f"part-{code}",
        **_id(there),
    )  # fmt: skip


def _said(done: Live | Waiting, own: str) -> str:
    if isinstance(done, Waiting) and done.proposed_at:
        fields = listed([field_label(name, own) for name in sorted(done.instead)])
        said = {"day": day(in_zone(done.proposed_at).date()), "fields": fields}
        return _("Sent. It takes the place of what you proposed on %(day)s for: %(fields)s.") % said
    if isinstance(done, Waiting):
        return _("Sent. A curator reads it before everybody sees it.")
    return _("Saved. The next search and the next match see it.") if done.changes else _("Nothing was different.")


async def _form(
    request: Req, session: AsyncSession, there: Kept, part: Page, form: Entered, present: Values, *,
    meanwhile: list[tuple[str, list[str]]] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    sheet = there.sheet
    drift = {
        (row.field_name, row.language): row.since for row in await drift_of(session, there.record.id)
    }  # fmt: skip
    names = locale().days["format"]
    spoken = sorted(((code, language_name(code)) for code in SPOKEN), key=lambda pair: pair[1])
    return page(
        request, "directory/edit-part.html", fragment="directory/_edit-form.html", there=there, sheet=sheet, part=part, form=form,
        meanwhile=meanwhile, drift=drift, tongues=TONGUES, languages=LANGUAGES, spoken_languages=spoken,
        cell_label=row_forms.label, choices=row_forms.choices, days=[(code, names["abbreviated"][at].rstrip(".")) for at, code in enumerate(DAYS)],
        day_names=[(code, names["wide"][at]) for at, code in enumerate(DAYS)], nths=[(number, _(NTHS[number])) for number in NTH],
        reasons=[_(label) for label in REASONS.values()], elsewhere=sheet.elsewhere if not present.get("schedules") else (),
        here=PARTS[sheet.entity], code=part.code, status=status, own=sheet.own, **_addresses(sheet),
    )  # fmt: skip


def _meanwhile(sheet: Sheet, present: Values, wanted: dict[str, Value]) -> list[tuple[str, list[str]]]:
    """Fields and what they say now, where that is not what this editor wrote."""
    found = []
    for name, value in present.items():
        now_there = lines(name, value, sheet.words, sheet.places)
        if now_there != lines(name, wanted.get(name), sheet.words, sheet.places):
            found.append((field_label(name, sheet.own), now_there))
    return found


def _links(sheet: Sheet, present: Values) -> list[tuple[str, str]]:
    """The places of a service, which have pages of their own."""
    rows = present.get("service_at_locations")
    ids = [str(row.get("location_id")) for row in rows] if isinstance(rows, list) else []
    return [(id, sheet.places[id]) for id in ids if id in sheet.places]


def _id(there: Kept) -> dict[str, Any]:
    return {IDS[there.sheet.entity]: there.record.id}


def _addresses(sheet: Sheet) -> dict[str, Any]:
    return {"overview": OVERVIEWS[sheet.entity], "part_of": PARTS[sheet.entity], "id_name": IDS[sheet.entity]}


def _found(there: Kept, code: str) -> Page:
    part = find(there.sheet.entity, code)
    if part is None:
        raise NotFound("page")
    return part
