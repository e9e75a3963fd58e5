"""The client's two taps: did you get the help, is your need settled? By a link, or a code from paper; no account is needed."""

from typing import Literal

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Need
from referrals.directory.models import Service
from referrals.directory.queries import redirects
from referrals.directory.queries.called import names
from referrals.kit import forms
from referrals.kit.errors import LinkEnded
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions, labels, queries
from referrals.tracking.actions import asking, links, voices
from referrals.tracking.actions.voices import Later, More, Received, Resolved
from referrals.tracking.models import ClientVoice, Referral
from referrals.tracking.queries import outcomes
from referrals.tracking.reasons import BARRIERS
from referrals.tracking.routes.doors import CLIENTS, PRIVATE, Answering

RESPECT = [(str(mark), str(mark)) for mark in range(1, 6)]
YES_NO = ("yes", "no")


class Voice(forms.Form):
    received: Received
    resolved: Resolved
    barrier: str = ""

    def problems(self) -> dict[str, str]:
        if self.barrier not in ("", *BARRIERS, "other"):
            return {"barrier": _("This is not one of the choices.")}
        return {}


class MoreForm(forms.Form):
    """`keep` is a box that is ticked already; so its absence is an answer."""

    respect: Literal["", "1", "2", "3", "4", "5"] = ""
    call_back: Literal["", "yes", "no"] = ""
    keep: bool = False
    later: bool = False


class LaterForm(forms.Form):
    still: Resolved


class CodeForm(forms.Form):
    code: str


def more_said(form: MoreForm, barrier: str | None) -> More:
    return More(
        barrier or None, int(form.respect) if form.respect else None, form.call_back == "yes" if form.call_back else None,
        form.keep, form.later,
    )  # fmt: skip


@get("/f/{token:str}", name="feedback", opt=PRIVATE, dependencies=CLIENTS)
async def feedback(request: Req, session: Db, token: FromPath[str], found: Answering) -> Template:
    """The first tap is a link to the second question; nothing is kept before the second."""
    return await _page(request, session, found.referral, token, received=request.query_params.get("received", ""))


@post("/f/{token:str}", name="feedback-answer", opt=PRIVATE, dependencies=CLIENTS, status_code=200)
async def feedback_answer(
    request: Req, session: Db, now: Now, token: FromPath[str], found: Answering
) -> Template | Redirect:
    form = await forms.read(request, Voice)
    if form.value is None:
        return await _page(
            request, session, found.referral, token, received=form.raw["received"], form=form, status=422
        )
    said = form.value
    last = await _last(session, found.referral)
    if last is None or (last.received, last.resolved, last.barrier) != (
        said.received,
        said.resolved,
        said.barrier or None,
    ):
        more = _kept(last, said.barrier or None)
        await actions.hear(session, found.referral, said.received, said.resolved, now, more=more)
    return redirect(request, "feedback", token=token)


@post("/f/{token:str}/more", name="feedback-more", opt=PRIVATE, dependencies=CLIENTS, status_code=200)
async def feedback_more(
    request: Req, session: Db, now: Now, token: FromPath[str], found: Answering
) -> Template | Redirect:
    """What they like to add; it belongs to the two taps that they gave before."""
    form = await forms.read(request, MoreForm)
    last = await _last(session, found.referral)
    if form.value is None:
        return await _page(request, session, found.referral, token, more=form, status=422)
    if last is not None:
        await voices.add_more(session, last, more_said(form.value, last.barrier))
        await asking.ask_later(session, found.referral, now)
    return redirect(request, "feedback", say=_("Thank you. That is all."), token=token)


@post("/f/{token:str}/later", name="feedback-later", opt=PRIVATE, dependencies=CLIENTS, status_code=200)
async def feedback_later(
    request: Req, session: Db, now: Now, token: FromPath[str], found: Answering
) -> Template | Redirect:
    """One tap, a month or three later."""
    form = await forms.read(request, LaterForm)
    kind = await outcomes.asked_now(session, found.referral)
    if form.value is None:
        return await _page(request, session, found.referral, token, status=422)
    if kind in outcomes.LATER:
        await voices.hear_later(session, found.referral, _later(kind), form.value.still, now)
    return redirect(request, "feedback", token=token)


@post("/f/{token:str}/renew", name="renew-feedback", opt=PRIVATE, status_code=303)
async def renew_feedback(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Redirect:
    """Where the person may be written to now, whoever presses the button; no page says whether that is anywhere."""
    found = await actions.opened(session, settings.secret, "client", token, now)
    if found.alive:
        return redirect(request, "feedback", token=token)
    await actions.renew(session, found.link, found.referral, now)
    said = _("If we may write to you, a new link is on its way. If not, ask the person who helps you.")
    return redirect(request, "feedback", say=said, token=token)


@get("/answer", name="feedback-code", opt=PRIVATE)
async def feedback_code(request: Req) -> Template:
    """Where a printed code is typed."""
    return page(request, "tracking/feedback-code.html", form=forms.blank(CodeForm))


@post("/answer", name="feedback-code-post", opt=PRIVATE, status_code=200)
async def feedback_code_post(request: Req, session: Db, settings: Deployment) -> Template | Redirect:
    form = await forms.read(request, CodeForm)
    if form.value is not None:
        try:
            link = await asking.from_code(session, form.value.code)
        except LinkEnded:
            form.refuse("code", _("We do not know this code. Please look at the letters again."))
        else:
            return redirect(request, "feedback", token=links.token(settings.secret, link))
    return page(request, "tracking/feedback-code.html", form=form, status=422)


routes: list[HTTPRouteHandler] = [
    feedback, feedback_answer, feedback_more, feedback_later, renew_feedback, feedback_code, feedback_code_post,
]  # fmt: skip


async def _last(session: AsyncSession, referral: Referral) -> ClientVoice | None:
    heard = await queries.voices(session, referral)
    return heard[-1] if heard else None


def _kept(last: ClientVoice | None, barrier: str | None) -> More:
    """Whoever changes their answer does not lose what they added to it."""
    if last is None:
        return More(barrier)
    return More(barrier, last.respect, last.call_back, last.keep_from_provider, last.ask_later)


def _later(kind: str) -> Later:
    return "month" if kind == "month" else "quarter"


async def _page(
    request: Req, session: AsyncSession, referral: Referral, token: str, *, received: str = "",
    form: forms.Filled[Voice] | None = None, more: forms.Filled[MoreForm] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    there = await redirects.standing(session, referral.service_id)
    service = (await names(session)).service(await session.get_one(Service, there))
    need = await session.get_one(Need, referral.need_id)
    words = await vocabulary(session)
    kind = await outcomes.asked_now(session, referral)
    later = await outcomes.lasting(session, referral.id)
    last = await _last(session, referral)
    known = received if received in labels.RECEIVED else ""
    anew = (
        last is not None and last.received == asking.NOT_YET and await outcomes.asked_since(session, referral, last.at)
    )
    standing = None if anew else last
    return page(
        request, "tracking/feedback.html", token=token, received=known, step=_step(request, kind, bool(later), standing, known, more),
        service=service, need=words.plain(need.term, current_language()), firsts=labels.options(labels.RECEIVED),
        seconds=labels.options(labels.RESOLVED), barriers=labels.options(labels.CLIENT_BARRIER),
        form=form or more or forms.blank(Voice, barrier=last.barrier if last else None),
        more=more or _more_blank(last), marks=RESPECT, yes_no=labels.options(labels.YES_NO), status=status,
    )  # fmt: skip


def _step(
    request: Req, kind: str, later: bool, last: ClientVoice | None, received: str, more: forms.Filled[MoreForm] | None
) -> str:
    """Which of the questions stands on the page: later, first, second, more, thanks."""
    if kind in outcomes.LATER:
        return "later"
    if received:
        return "second"
    if last is None or request.query_params.get("again"):
        return "first"
    said_more = last.respect is not None or last.call_back is not None or last.ask_later
    return "more" if more or not (said_more or later) or request.query_params.get("more") else "thanks"


def _more_blank(last: ClientVoice | None) -> forms.Filled[MoreForm]:
    if last is None:
        return forms.blank(MoreForm, keep=True)
    back = None if last.call_back is None else YES_NO[0] if last.call_back else YES_NO[1]
    return forms.blank(
        MoreForm, respect=last.respect, call_back=back, keep=last.keep_from_provider, later=last.ask_later
    )
