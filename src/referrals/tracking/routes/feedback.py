"""The client's two taps: did you get the help, is your need settled? By a link that needs no account."""

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Need
from referrals.directory.models import Service
from referrals.directory.queries.called import names
from referrals.kit import forms
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions, labels, queries
from referrals.tracking.actions.verdict import Received, Resolved
from referrals.tracking.models import Referral
from referrals.tracking.routes.receiver import PRIVATE, ended_page


class Voice(forms.Form):
    received: Received
    resolved: Resolved


@get("/f/{token:str}", name="feedback", opt=PRIVATE)
async def feedback(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Template:
    """The first tap is a link to the second question; nothing is kept before the second."""
    found = await actions.opened(session, settings.secret, "client", token, now)
    if not found.alive:
        return ended_page(request, found, "renew-feedback", token)
    heard = await queries.voices(session, found.referral)
    received = request.query_params.get("received", "")
    return await _page(request, session, found.referral, token, received=received, heard=bool(heard))


@post("/f/{token:str}", name="feedback-answer", opt=PRIVATE, status_code=200)
async def feedback_answer(
    request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]
) -> Template | Redirect:
    found = await actions.opened(session, settings.secret, "client", token, now)
    if not found.alive:
        return ended_page(request, found, "renew-feedback", token)
    form = await forms.read(request, Voice)
    if form.value is None:
        return await _page(
            request, session, found.referral, token, received=form.raw["received"], heard=False, status=422
        )
    heard = await queries.voices(session, found.referral)
    same = heard and (heard[-1].received, heard[-1].resolved) == (form.value.received, form.value.resolved)
    if not same:
        await actions.hear(session, found.referral, form.value.received, form.value.resolved, now)
    return redirect(request, "feedback", token=token)


@post("/f/{token:str}/renew", name="renew-feedback", opt=PRIVATE, status_code=303)
async def renew_feedback(request: Req, session: Db, settings: Deployment, now: Now, token: FromPath[str]) -> Redirect:
    found = await actions.opened(session, settings.secret, "client", token, now)
    if not found.alive:
        await actions.renew(session, found.link, found.referral, now)
    return redirect(
        request, "feedback", say=_("A new link is on its way, to the address of the first one."), token=token
    )


routes: list[HTTPRouteHandler] = [feedback, feedback_answer, renew_feedback]


async def _page(
    request: Req, session: AsyncSession, referral: Referral, token: str, *, received: str, heard: bool, status: int = 200
) -> Template:  # fmt: skip
    service = (await names(session)).service(await session.get_one(Service, referral.service_id))
    need = await session.get_one(Need, referral.need_id)
    words = await vocabulary(session)
    return page(
        request, "tracking/feedback.html", token=token, received=received if received in labels.RECEIVED else "",
        heard=heard and request.query_params.get("again") is None and not received, service=service,
        need=words.plain(need.term, current_language()), firsts=labels.options(labels.RECEIVED),
        seconds=labels.options(labels.RESOLVED), status=status,
    )  # fmt: skip
