"""One click after a refusal: what should their listing have said? And taking it back."""

from datetime import datetime
from uuid import UUID

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager, requires_provider
from referrals.accounts.models import Role
from referrals.kit import forms
from referrals.kit.errors import Conflict, Refused
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, redirect
from referrals.matching.following import lacking
from referrals.tracking import queries
from referrals.tracking.models import Referral
from referrals.tracking.routes.doors import PRIVATE, RECEIVERS, Behind


class LackingForm(forms.Form):
    what: str


@post("/referrals/{referral_id:uuid}/lacking", name="lacking", guards=[requires_case_manager], status_code=303)
async def say(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    referral = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    form = await forms.read(request, LackingForm)
    try:
        row = await lacking.say(session, referral, form.value.what if form.value else "", actor.id, now)
    except Refused:
        said = _("This is not one of the choices.")
        return redirect(request, "referral", say=said, kind="attention", referral_id=referral.id)
    told = (
        _("They are asked, without a word about anybody. Their answer comes to your day page.")
        if row.question_id
        else _("A curator of the directory looks at it, without a word about anybody.")
    )
    return redirect(request, "referral", say=told, referral_id=referral.id)


@post(
    "/referrals/{referral_id:uuid}/lacking/undo", name="lacking-undo", guards=[requires_case_manager], status_code=303
)
async def undo(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    referral = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    try:
        await lacking.take_back(session, referral, now)
    except Conflict:
        said = _("It has been answered meanwhile and stays.")
        return redirect(request, "referral", say=said, kind="attention", referral_id=referral.id)
    return redirect(request, "referral", say=_("Taken back."), referral_id=referral.id)


@post("/r/{token:str}/lacking", name="receiver-lacking", opt=PRIVATE, dependencies=RECEIVERS, status_code=303)
async def by_link(request: Req, session: Db, now: Now, token: FromPath[str], held: Behind) -> Redirect:
    """The receiver says itself what its page should have told."""
    said, kind = await _they_say(request, session, held.referral, now)
    return redirect(request, "receiver", say=said, kind=kind, token=token)


@post(
    "/my-services/referrals/{referral_id:uuid}/lacking", name="received-lacking", guards=[requires_provider],
    status_code=303,
)  # fmt: skip
async def by_account(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    said, kind = await _they_say(request, session, referral, now)
    return redirect(request, "received-one", say=said, kind=kind, referral_id=referral.id)


async def _they_say(request: Req, session: AsyncSession, referral: Referral, now: datetime) -> tuple[str, str]:
    form = await forms.read(request, LackingForm)
    try:
        await lacking.say_themselves(session, referral, form.value.what if form.value else "", now)
    except Refused:
        return _("This is not one of the choices."), "attention"
    return _("Thank you. A curator of the directory puts it into your listing."), "good"


routes: list[HTTPRouteHandler] = [say, undo, by_link, by_account]
