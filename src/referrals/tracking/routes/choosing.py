"""A person has times to choose from: the case manager has them reminded."""

from uuid import UUID

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from referrals.accounts.guards import Who, requires_case_manager
from referrals.kit import forms
from referrals.kit.errors import Conflict, Refused
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, redirect
from referrals.tracking.appointments.choosing import remind
from referrals.tracking.routes.referral import mine


class RemindForm(forms.Form):
    proposal: UUID


@post("/referrals/{referral_id:uuid}/remind", name="referral-remind", guards=[requires_case_manager], status_code=303)
async def remind_them(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    found = await mine(session, actor, referral_id)
    form = await forms.read(request, RemindForm)
    try:
        if form.value is None:
            raise Conflict("already_answered")
        await remind(session, found, form.value.proposal, now)
    except Conflict:
        over = _("These times wait no longer. Below is how things stand now.")
        return redirect(request, "referral", say=over, kind="attention", referral_id=referral_id)
    except Refused:
        soon = _("They were written to less than a day ago. Please give them a moment, or call.")
        return redirect(request, "referral", say=soon, kind="attention", referral_id=referral_id, anchor="visit")
    say = _("They are reminded, in the way that is safe for them.")
    return redirect(request, "referral", say=say, referral_id=referral_id)


routes: list[HTTPRouteHandler] = [remind_them]
