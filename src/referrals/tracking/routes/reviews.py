"""A case manager has looked: it is still so, and they want to be asked again."""

from typing import Literal
from uuid import UUID

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from referrals.accounts.guards import Who, requires_case_manager
from referrals.kit import forms
from referrals.kit.errors import Conflict, Refused
from referrals.kit.html import day
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, redirect
from referrals.tracking.actions.reviewing import called_in_vain, still_so
from referrals.tracking.routes.referral import mine
from referrals.tracking.said import case_manager


class CalledForm(forms.Form):
    seen: int


class ReviewForm(forms.Form):
    weeks: int
    seen: int
    back: Literal["", "today"] = ""


@post(
    "/referrals/{referral_id:uuid}/still-so", name="referral-still-so", guards=[requires_case_manager], status_code=303
)
async def said_still_so(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    """Back to the day, where it was said there."""
    found = await mine(session, actor, referral_id)
    form = await forms.read(request, ReviewForm)
    there = form.value
    try:
        if there is None:
            raise Refused("weeks")
        on = await still_so(session, found, case_manager(actor), there.weeks, there.seen, now)
    except Conflict:
        late = _("Something was recorded a moment before. Yours was not; below is how things stand now.")
        return redirect(request, "referral", say=late, kind="attention", referral_id=referral_id)
    except Refused:
        choose = _("Please choose when you want to be asked again.")
        return redirect(request, "referral", say=choose, kind="attention", referral_id=referral_id, anchor="review")
    say = _("Written down. You are asked again on %(day)s.") % {"day": day(on)}
    if there.back:
        return redirect(request, there.back, say=say)
    return redirect(request, "referral", say=say, referral_id=referral_id)


@post("/referrals/{referral_id:uuid}/called", name="referral-called", guards=[requires_case_manager], status_code=303)
async def called(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    """Nobody could say anything: it leaves the day until the next on which somebody works there."""
    found = await mine(session, actor, referral_id)
    form = await forms.read(request, CalledForm)
    try:
        seen = form.value.seen if form.value else -1
        on = await called_in_vain(session, found, case_manager(actor), seen, now)
    except Conflict:
        late = _("Something was recorded a moment before. Yours was not; below is how things stand now.")
        return redirect(request, "referral", say=late, kind="attention", referral_id=referral_id)
    say = _("Written down. It stands on your day again on %(day)s.") % {"day": day(on)}
    return redirect(request, "referral", say=say, referral_id=referral_id)


routes: list[HTTPRouteHandler] = [said_still_so, called]
