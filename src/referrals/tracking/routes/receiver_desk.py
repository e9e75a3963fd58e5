"""By link and then by a code: who somebody is, and all that waits at one address. Also how that address wants its mails."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from litestar import get, post
from litestar.datastructures import Cookie
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit import forms
from referrals.kit.errors import TooMany
from referrals.kit.html import addresses
from referrals.kit.i18n import gettext as _
from referrals.kit.i18n import ngettext
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect
from referrals.tracking import labels, wishes
from referrals.tracking.actions import codes, links
from referrals.tracking.actions.codes import OPENS_FOR, Proof
from referrals.tracking.actions.links import Held
from referrals.tracking.calendars import day_there
from referrals.tracking.heard_told import heard_at
from referrals.tracking.models import ReceiverCode
from referrals.tracking.queries.desk import Asked, desk, own_figures
from referrals.tracking.routes.doors import PRIVATE, RECEIVERS, Behind, Reading
from referrals.tracking.routes.receiver_page import (
    MOST_TICKETS,
    TICKETS,
    Reader,
    masked,
    show,
    tickets,
)
from referrals.tracking.wishes import Mails


class CodeForm(forms.Form):
    code: str = ""
    to: str = ""


class WishForm(forms.Form):
    mails: Mails
    language: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the desk, with the address of its page."""

    asked: Asked
    address: str
    received: date | None
    due: date | None
    """On the clock there."""


@post("/r/{token:str}/code", name="receiver-send-code", opt=PRIVATE, dependencies=RECEIVERS, status_code=303)
async def send_code(request: Req, session: Db, now: Now, token: FromPath[str], held: Behind) -> Redirect | Template:
    """To the address that the link went to, whoever presses the button."""
    form = await forms.read(request, CodeForm)
    back = "receiver-waiting" if form.to == "waiting" else "receiver"
    if not held.address:
        return redirect(request, back, token=token)
    try:
        await codes.mail_code(session, held.address, held.language, now)
    except TooMany:
        said = _("Five codes went out within the hour. Please use the last one, or try again later.")
        return redirect(request, back, say=said, kind="attention", token=token)
    return redirect(request, back, say=_("A code is on its way to your mailbox."), token=token, anchor="code")


@post("/r/{token:str}/open", name="receiver-type-code", opt=PRIVATE, dependencies=RECEIVERS, status_code=200)
async def type_code(
    request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str], held: Behind, reader: Reading
) -> Template | Redirect:
    form = await forms.read(request, CodeForm)
    waiting = form.to == "waiting"
    if reader.proof >= (Proof.ALL if waiting else Proof.THIS):
        return redirect(request, "receiver-waiting" if waiting else "receiver", token=token)
    code = await codes.type_code(session, settings.secret, held.address, held.referral.id, str(form.code), now)
    if code is None:
        problem = _("This is not the code, or it is too old. Look at the newest mail, or have another one sent.")
        if waiting:
            return await _first_the_code(request, session, held, reader, now, problem)
        return await show(request, session, held.referral, now, reader, code_problem=problem, status=422)
    answer = redirect(request, "receiver-waiting" if waiting else "receiver", token=token)
    answer.set_cookie(_cookie(request, settings.secret, code))
    return answer


@get("/r/{token:str}/waiting", name="receiver-waiting", opt=PRIVATE, dependencies=RECEIVERS)
async def waiting(
    request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str], held: Behind, reader: Reading
) -> Template:
    """Everything at this address, opened by any of its links; of the people nothing."""
    if reader.proof is not Proof.ALL:
        return await _first_the_code(request, session, held, reader, now)
    asked = await desk(session, held.address, now)
    url = addresses(jinja(request))
    rows = [_row(one, url("receiver", token=links.token(settings.secret, one.link))) for one in asked]
    chosen = await wishes.wish(session, held.address)
    own = await own_figures(session, held.address)
    return page(
        request, "tracking/waiting.html", token=token, address=held.address,
        acts=[row for row in rows if row.asked.acts], moving=[row for row in rows if not row.asked.acts],
        status_label=labels.receiver_label, kind=labels.KIND, figures=own, usual=_usual(own.usual, own.answered),
        heard_here=await heard_at(session, held.address),
        form=forms.blank(WishForm, mails=chosen.mails if chosen else "each",
                         language=(chosen.language if chosen else None) or held.language),
    )  # fmt: skip


@post("/r/{token:str}/wishes", name="receiver-wishes", opt=PRIVATE, dependencies=RECEIVERS, status_code=200)
async def choose(
    request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str], held: Behind, reader: Reading
) -> Template | Redirect:
    if reader.proof is not Proof.ALL:
        return await _first_the_code(request, session, held, reader, now)
    form = await forms.read(request, WishForm)
    if form.value is not None:
        await wishes.choose(session, held.address, form.value.mails, form.value.language, now)
        return redirect(request, "receiver-waiting", say=_("Noted. From now on it is so."), token=token)
    return redirect(request, "receiver-waiting", say=_("Nothing was changed."), kind="attention", token=token)


routes: list[HTTPRouteHandler] = [send_code, type_code, waiting, choose]


def _row(one: Asked, address: str) -> Row:
    code = one.referral.calendar
    return Row(one, address, day_there(code, one.referral.sent_at), day_there(code, one.referral.due_at))


def _usual(span: timedelta | None, answered: int) -> str:
    """Half of one request is nothing."""
    if span is None or answered < 2:
        return ""
    hours = max(1, round(span / timedelta(hours=1)))
    if hours < 48:
        said = ngettext("Half of them within an hour.", "Half of them within %(num)d hours.", hours)
        return said % {"num": hours}
    days = round(hours / 24)
    return ngettext("Half of them within a day.", "Half of them within %(num)d days.", days) % {"num": days}


async def _first_the_code(
    request: Req, session: AsyncSession, held: Held, reader: Reader, now: datetime, problem: str = ""
) -> Template:
    there = await codes.living(session, reader.address, held.referral.id, now) if held.address else []
    return page(
        request, "tracking/waiting-code.html", back=reader.back, sent_to=masked(held.address), errors={"code": problem} if problem else {},
        code_waits=any(one.referral_id is None for one in there),
        status=422 if problem else 200,
    )  # fmt: skip


def _cookie(request: Req, secret: str, code: ReceiverCode) -> Cookie:
    """Signed, for this browser, for half a working day; a script cannot read it."""
    kept = [codes.ticket(secret, code), *tickets(request)][:MOST_TICKETS]
    return Cookie(
        TICKETS, value="~".join(kept), httponly=True, samesite="lax", max_age=int(OPENS_FOR.total_seconds()),
        secure=request.app.state.settings.secure_cookies,
    )  # fmt: skip
