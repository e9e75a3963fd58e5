"""When one's own listings were last checked, how often we ask, and the link that answers without an account."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who
from referrals.directory import labels
from referrals.directory.models import Organization
from referrals.directory.queries.mine import Kept, kept
from referrals.directory.routes.mine import editor, organizations, requires_editor
from referrals.directory.routes.upkeep import EVERY, places_options, rhythm_options
from referrals.directory.upkeep import actions, links
from referrals.directory.upkeep.addresses import on_record
from referrals.directory.upkeep.usual import usual
from referrals.kit import forms
from referrals.kit.errors import NotFound
from referrals.kit.html import day, in_zone
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect


class ChecksForm(forms.Form):
    listings: list[UUID]
    do: Literal["checked", "rhythm"]
    months: Literal["1", "3", "6", "12"] = "6"
    places: Literal["14", "30"] | None = None


class LinkForm(forms.Form):
    organization: UUID


@get("/my-services/checks", name="my-checks", guards=[requires_editor])
async def my_checks(request: Req, session: Db, actor: Who, now: Now) -> Template:
    return await _page(request, session, actor, now)


@post("/my-services/checks", name="set-checks", guards=[requires_editor], status_code=200)
async def set_checks(request: Req, session: Db, actor: Who, now: Now) -> Template | Redirect:
    """The ticked listings are right today, or are asked after at this rhythm."""
    form = await forms.read(request, ChecksForm)
    if form.value is None:
        return await _page(request, session, actor, now, form=form, status=422)
    asked = form.value
    mine = await kept(session, organizations(actor), current_language(), in_zone(now).date(), only=asked.listings)
    ids = [one.id for one in mine]
    if asked.do == "checked":
        done = await actions.nothing_has_changed(session, ids, editor(actor), now)
        said = ngettext("Thank you. %(num)d listing is checked.", "Thank you. %(num)d listings are checked.", done)
        return redirect(request, "my-checks", say=said % {"num": done})
    days = int(asked.places) if asked.places else None
    await actions.choose_rhythm(session, ids, int(asked.months), days, now)
    return redirect(request, "my-checks", say=_("Noted. This is how often we ask from now on."))


@post("/my-services/link", name="send-upkeep-link", guards=[requires_editor])
async def send_link(request: Req, session: Db, actor: Who, now: Now) -> Redirect:
    """To the address on record alone, whoever asks for it."""
    form = await forms.read(request, LinkForm)
    organization = await session.get(Organization, form.value.organization) if form.value else None
    if organization is None or organization.gone_at is not None or not actor.edits(organization.id):
        raise NotFound("organization")
    address = await on_record(session, organization, None)
    if address is None:
        said = _("The directory knows no address of %(organization)s.")
        name = {"organization": organization.text("name", current_language())}
        return redirect(request, "my-checks", say=said % name, kind="attention")
    await links.send(session, organization, None, address, now)
    return redirect(request, "my-checks", say=_("The link is on its way to %(address)s.") % {"address": address})


routes: list[HTTPRouteHandler] = [my_checks, set_checks, send_link]


async def _page(
    request: Req, session: AsyncSession, actor: Actor, now: datetime, *,
    form: forms.Filled[ChecksForm] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    today = in_zone(now).date()
    rows = sorted(
        await kept(session, organizations(actor), current_language(), today), key=lambda one: one.check_by or today
    )
    waiting = [one for one in rows if one.check_by is None or one.check_by <= today]
    start = {
        "listings": [str(one.id) for one in waiting or rows], "months": str(min((one.months for one in rows), default=usual(session))),
        "places": next((str(one.places_days) for one in rows if one.places_days), ""),
    }  # fmt: skip
    return page(
        request, "directory/upkeep-mine.html", status=status, form=form or forms.blank(ChecksForm, **start),
        choices=[(one.id, one.name.value, _line(one, today)) for one in rows], waiting=len(waiting),
        rhythms=rhythm_options(), places=places_options()[1:], houses=_houses(rows),
    )  # fmt: skip


def _line(one: Kept, today: date) -> str:
    """`Harbour House · last checked … · Twice a year, next on …`"""
    overdue = labels.checked(one.assured, one.check_by, today)
    checked = overdue or (
        _("checked on %(day)s") % {"day": day(one.assured)} if one.assured else _("never checked yet")
    )
    due = "" if one.check_by is None or one.check_by <= today else _("next by %(day)s") % {"day": day(one.check_by)}
    return " · ".join(part for part in (one.organization, checked, _(EVERY[str(one.months)]), due) if part)


def _houses(rows: list[Kept]) -> list[tuple[UUID, str]]:
    return sorted({(one.organization_id, one.organization) for one in rows}, key=lambda house: house[1])[:10]
