"""Answering without an account: one link for an organization's listings, or for one of them.

Opening it changes nothing: mail scanners open every link. Whatever changes something is a POST.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import PUBLIC
from referrals.directory.queries.mine import Kept, kept
from referrals.directory.queries.texts import text
from referrals.directory.routes import keeping
from referrals.directory.routes.rows import spoken
from referrals.directory.upkeep import actions, links
from referrals.directory.upkeep.links import Opened
from referrals.directory.upkeep.places_form import PlacesForm
from referrals.directory.upkeep.queries import known_addresses
from referrals.directory.upkeep.rhythm import RHYTHMS, check_by
from referrals.kit import forms
from referrals.kit.errors import NotFound
from referrals.kit.html import addresses, day, in_zone
from referrals.kit.i18n import N_, current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Instead, Now, Req, jinja, page, redirect
from referrals.kit.settings import LANGUAGES

AS_NOW: Final = "as-now"
PRIVATE: Final = PUBLIC | {"private": True}
EVERY: Final[dict[str, str]] = {
    "1": N_("Every month"), "3": N_("Every three months"), "6": N_("Twice a year"), "12": N_("Once a year"),
}  # fmt: skip
PLACES: Final[dict[str, str]] = {
    "": N_("Only together with the rest"), "14": N_("Every two weeks"), "30": N_("Every month"),
}  # fmt: skip


class UnchangedForm(forms.Form):
    """Which listings stood on the page: one that came since was not read by whoever presses the button."""

    shown: list[UUID]


class MailsForm(forms.Form):
    """`as-now`: where they are not asked after alike, each as before."""

    choice: Literal["as-now", "1", "3", "6", "12", "stop"]
    places: Literal["as-now", "14", "30"] | None = None


class ReportForm(forms.Form):
    service: UUID
    words: str

    def problems(self) -> dict[str, str]:
        return {"words": _("Please stay under 2,000 characters.")} if len(self.words) > 2000 else {}


async def _door(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Opened:
    """A link that ran out, or whose address is no longer on record, shows one button."""
    found = await links.opened(session, settings.secret, token, now)
    if not found.alive:
        renew, moved = "renew-upkeep", not found.services
        raise Instead(page(request, "directory/link-ended.html", renew=renew, token=token, moved=moved, status=410))
    return found


Behind = NamedDependency[Opened]
BY_LINK = {"found": Provide(_door)}


@get("/u/{token:str}", name="upkeep", opt=PRIVATE, dependencies=BY_LINK)
async def upkeep(request: Req, session: Db, now: Now, token: FromPath[str], found: Behind) -> Template:
    return await _page(request, session, found, token, now)


@post("/u/{token:str}", name="upkeep-unchanged", opt=PRIVATE, dependencies=BY_LINK, status_code=200)
async def unchanged(request: Req, session: Db, now: Now, token: FromPath[str], found: Behind) -> Template | Redirect:
    """Nothing has changed: all that stood on the page is right as it stands."""
    form = await forms.read(request, UnchangedForm)
    shown = [id for id in form.value.shown if id in found.services] if form.value else []
    if not shown:
        return await _page(request, session, found, token, now, status=422)
    done = await actions.nothing_has_changed(session, shown, actions.LINK, now)
    said = ngettext("Thank you. %(num)d listing is checked.", "Thank you. %(num)d listings are checked.", done)
    anchor = f"service-{shown[0]}" if len(found.services) > 1 and done == 1 else ""
    return redirect(request, "upkeep", say=said % {"num": done}, anchor=anchor, token=token)


@post(
    "/u/{token:str}/places/{service_id:uuid}", name="upkeep-places", opt=PRIVATE, dependencies=BY_LINK, status_code=200
)
async def places(
    request: Req, session: Db, now: Now, token: FromPath[str], service_id: FromPath[UUID], found: Behind
) -> Template | Redirect:
    """A row anew for htmx, else the whole page. A tap that cannot be understood stays before whoever tapped."""
    if service_id not in found.services:
        raise NotFound("service")
    tapped = await keeping.say_places(session, service_id, await forms.read(request, PlacesForm), actions.LINK, now)
    alone = request.headers.get("HX-Request") == "true"
    if tapped.wrong and not alone:
        return await _page(request, session, found, token, now, tapped=tapped, status=422)
    [one] = await kept(session, None, current_language(), in_zone(now).date(), only=[service_id])
    if not alone:
        said = _("Noted for %(name)s. The next search sees it.") % {"name": one.name.value}
        return redirect(request, "upkeep", say=said, anchor=f"service-{service_id}", token=token)
    return page(
        request, "directory/_upkeep-row.html", row=keeping.line(one, now), spoken=spoken, answers=keeping.answers(),
        token=token, several=len(found.services) > 1, tapped=tapped, status=tapped.status,
    )  # fmt: skip


@post("/u/{token:str}/report", name="upkeep-report", opt=PRIVATE, dependencies=BY_LINK, status_code=200)
async def report(request: Req, session: Db, now: Now, token: FromPath[str], found: Behind) -> Template | Redirect:
    """Something else is different: a curator puts it in."""
    form = await forms.read(request, ReportForm)
    if form.value is not None and form.value.service not in found.services:
        form.refuse("service", _("This is not one of the choices."))
    if form.value is None:
        return await _page(request, session, found, token, now, form=form, status=422)
    told = form.value
    await actions.report(session, told.service, told.words, found.link.address, current_language(), now)
    said = _("Thank you. A curator of the directory puts it in, and writes to you.")
    return redirect(request, "upkeep", say=said, token=token)


@post("/u/{token:str}/renew", name="renew-upkeep", opt=PRIVATE, status_code=303)
async def renew(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Redirect:
    """To the address on record, whoever presses the button."""
    found = await links.opened(session, settings.secret, token, now)
    sent = found.alive or await links.renew(session, found, now)
    if not sent:
        said = _("There is no address on record any more. Please tell the curator of the directory.")
        return redirect(request, "upkeep", say=said, kind="attention", token=token)
    return redirect(request, "upkeep", say=_("A new link is on its way, to the address on record."), token=token)


@get("/u/{token:str}/mails", name="upkeep-mails", opt=PRIVATE, dependencies=BY_LINK)
async def mails(request: Req, session: Db, now: Now, token: FromPath[str], found: Behind) -> Template:
    return await _mails_page(request, session, found, token, now)


@post("/u/{token:str}/mails", name="set-upkeep-mails", opt=PRIVATE, dependencies=BY_LINK, status_code=200)
async def set_mails(request: Req, session: Db, now: Now, token: FromPath[str], found: Behind) -> Template | Redirect:
    """How often, or never again."""
    form = await forms.read(request, MailsForm)
    if form.value is None:
        return await _mails_page(request, session, found, token, now, form=form, status=422)
    if form.value.choice == "stop":
        await actions.stop_mails(session, found.link.address, now)
        said = _("You get no more of these mails. What nobody checks is shown with its date.")
        return redirect(request, "upkeep-mails", say=said, token=token)
    await actions.resume_mails(session, found.link.address)
    rows = await kept(session, None, current_language(), in_zone(now).date(), only=found.services)
    for (months, days), ids in _asked_after(rows, form.value).items():
        await actions.choose_rhythm(session, ids, months, days, now)
    return redirect(request, "upkeep-mails", say=_("Noted. This is how often we ask from now on."), token=token)


routes: list[HTTPRouteHandler] = [upkeep, unchanged, places, report, renew, mails, set_mails]


def rhythm_options() -> list[tuple[str, str]]:
    return [(str(months), _(EVERY[str(months)])) for months in RHYTHMS]


def places_options() -> list[tuple[str, str]]:
    return [(days, _(label)) for days, label in PLACES.items()]


async def _page(
    request: Req, session: AsyncSession, found: Opened, token: str, now: datetime, *,
    form: forms.Filled[ReportForm] | None = None, tapped: keeping.Tapped | None = None, status: int = 200,
) -> Template:  # fmt: skip
    language, today = current_language(), in_zone(now).date()
    rows = sorted(
        await kept(session, None, language, today, only=found.services), key=lambda one: one.name.value.casefold()
    )
    waiting = [one for one in rows if one.check_by is None or one.check_by <= today]
    return page(
        request, "directory/upkeep.html", status=status, organization=text(found.organization, "name", language),
        rows=[keeping.line(one, now) for one in rows], spoken=spoken, answers=keeping.answers(), token=token,
        several=len(rows) > 1, form=form or forms.blank(ReportForm), waiting=len(waiting), stands=_stands(rows, waiting),
        options=[(str(one.id), one.name.value) for one in rows], tapped=tapped,
        lang_urls={one: addresses(jinja(request))("upkeep", lang=one, token=token) for one in LANGUAGES},
    )  # fmt: skip


def _stands(rows: Sequence[Kept], waiting: Sequence[Kept]) -> str:
    """Where things stand, in a sentence."""
    if waiting:
        return ngettext(
            "%(num)d listing has not been checked for a while. One tap is enough, and no account is needed.",
            "%(num)d listings have not been checked for a while. One tap is enough, and no account is needed.",
            len(waiting),
        ) % {"num": len(waiting)}  # fmt: skip
    until = min((one.check_by for one in rows if one.check_by), default=None)
    return _("All of it is checked until %(day)s. Is there room? One tap says it.") % {"day": day(until)}


async def _mails_page(
    request: Req, session: AsyncSession, found: Opened, token: str, now: datetime, *,
    form: forms.Filled[MailsForm] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    rows = await kept(session, None, current_language(), in_zone(now).date(), only=found.services)
    known = (await known_addresses(session, [found.link.address])).get(found.link.address)
    stopped = known is not None and known.stopped_at is not None
    rhythms, places_days = {one.months for one in rows}, {one.places_days for one in rows}
    as_now = [(AS_NOW, _("Each listing as it is now"))]
    start = {"choice": "stop" if stopped else _one_or_each(rhythms), "places": _one_or_each(places_days)}
    return page(
        request, "directory/upkeep-mails.html", status=status, form=form or forms.blank(MailsForm, **start), token=token,
        organization=text(found.organization, "name", current_language()), spoken=spoken, stopped=stopped,
        choices=[*as_now[: len(rhythms) - 1], *rhythm_options(), ("stop", _("Never: no more of these mails"))],
        places=[*as_now[: len(places_days) - 1], *places_options()],
        address=found.link.address, next=_next(rows, in_zone(now).date()),
    )  # fmt: skip


def _one_or_each(values: Collection[int | None]) -> str:
    return str(next(iter(values)) or "") if len(values) == 1 else AS_NOW


def _asked_after(rows: Sequence[Kept], chosen: MailsForm) -> Mapping[tuple[int, int | None], list[UUID]]:
    """Months and days of places -> the listings that are asked after like that from now on."""
    found: dict[tuple[int, int | None], list[UUID]] = {}
    for one in rows:
        months = one.months if chosen.choice == AS_NOW else int(chosen.choice)
        days = one.places_days if chosen.places == AS_NOW else int(chosen.places) if chosen.places else None
        found.setdefault((months, days), []).append(one.id)
    return found


def _next(rows: Sequence[Kept], today: date) -> str:
    """When the next mail is due; empty where it is due already."""
    ahead = [by for one in rows if one.assured and (by := check_by(one.assured, one.months)) > today]
    return day(min(ahead)) if len(ahead) == len(rows) else ""
