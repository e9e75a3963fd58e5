"""The client's answer by way of the case manager: a script for the telephone, and a paper with a code to take along."""

from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.accounts.models import Role
from referrals.clients import identity
from referrals.clients.models import Client, Need
from referrals.directory.models import Service
from referrals.directory.queries.called import names
from referrals.directory.queries.redirects import standing
from referrals.directory.routes.drawing import qr
from referrals.kit import forms
from referrals.kit.errors import NotFound
from referrals.kit.html import addresses
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, jinja, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions, labels, queries
from referrals.tracking.actions import asking, links, voices
from referrals.tracking.actions.voices import More, Received, Resolved
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral
from referrals.tracking.queries import outcomes
from referrals.tracking.reasons import BARRIERS
from referrals.tracking.routes.feedback import RESPECT
from referrals.tracking.said import case_manager

ASKED_OF = (Status.COMPLETED, Status.CLOSED, Status.NOT_COMPLETED)
"""A service has had its say, so the person may have theirs."""


class SpokenForm(forms.Form):
    """Both taps, and all that may be added, in one page: they say it once, aloud."""

    received: Received
    resolved: Resolved
    barrier: str = ""
    respect: Literal["", "1", "2", "3", "4", "5"] = ""
    call_back: Literal["", "yes", "no"] = ""
    keep: bool = False
    later: bool = False

    def problems(self) -> dict[str, str]:
        if self.barrier not in ("", *BARRIERS, "other"):
            return {"barrier": _("This is not one of the choices.")}
        return {}


class StillForm(forms.Form):
    still: Resolved


@get("/referrals/{referral_id:uuid}/voice", name="client-voice", guards=[requires_case_manager])
async def client_voice(request: Req, session: Db, actor: Who, referral_id: FromPath[UUID]) -> Template:
    found = await _mine(session, actor, referral_id)
    return await _page(request, session, actor, found)


@post("/referrals/{referral_id:uuid}/voice", name="referral-voice", guards=[requires_case_manager], status_code=200)
async def write_voice(
    request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template | Redirect:
    found = await _mine(session, actor, referral_id)
    form = await forms.read(request, SpokenForm)
    if form.value is None:
        return await _page(request, session, actor, found, form=form, status=422)
    said = form.value
    more = More(
        said.barrier or None, int(said.respect) if said.respect else None,
        said.call_back == "yes" if said.call_back else None, said.keep, said.later,
    )  # fmt: skip
    await actions.hear(session, found, said.received, said.resolved, now, more=more, told_to=case_manager(actor))
    await asking.ask_later(session, found, now)
    return redirect(request, "referral", say=_("Written down in their words."), referral_id=referral_id)


@post("/referrals/{referral_id:uuid}/still", name="referral-still", guards=[requires_case_manager], status_code=200)
async def write_still(
    request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template | Redirect:
    """What they say a month or three later."""
    found = await _mine(session, actor, referral_id)
    form = await forms.read(request, StillForm)
    kind = await outcomes.asked_now(session, found)
    if form.value is None:
        return await _page(request, session, actor, found, still=form, status=422)
    if kind in outcomes.LATER:
        later: voices.Later = "month" if kind == "month" else "quarter"
        await voices.hear_later(session, found, later, form.value.still, now, told_to=case_manager(actor))
    return redirect(request, "referral", say=_("Written down in their words."), referral_id=referral_id)


@post("/referrals/{referral_id:uuid}/paper", name="make-paper", guards=[requires_case_manager], status_code=303)
async def make_paper(
    request: Req, session: Db, settings: Deployment, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Redirect:
    """A code is made for the paper; printing it again later gives the same one."""
    found = await _mine(session, actor, referral_id)
    await asking.on_paper(session, settings.secret, found, now)
    return redirect(request, "paper-question", referral_id=referral_id)


@get("/referrals/{referral_id:uuid}/paper", name="paper-question", guards=[requires_case_manager])
async def paper_question(
    request: Req, session: Db, settings: Deployment, actor: Who, now: Now, referral_id: FromPath[UUID]
) -> Template:
    """What they take along. It says neither who they are nor what it was about: whoever finds it learns nothing."""
    found = await _mine(session, actor, referral_id)
    link = await links.living(session, found.id, "client")
    if link is None or link.expires_at <= now or not await asking.has_code(session, link):
        raise NotFound("page")
    url = addresses(jinja(request))
    kind = await outcomes.asked_now(session, found)
    return page(
        request, "tracking/paper-question.html", referral=found, later=kind in outcomes.LATER,
        code=asking.spelled(asking.paper_code(settings.secret, link)), until=link.expires_at,
        square=qr(settings.base_url + url("feedback", token=links.token(settings.secret, link))),
        place=(settings.base_url + url("feedback-code")).partition("://")[2], firsts=labels.options(labels.RECEIVED),
        seconds=labels.options(labels.RESOLVED),
    )  # fmt: skip


routes: list[HTTPRouteHandler] = [client_voice, write_voice, write_still, make_paper, paper_question]


async def _mine(session: AsyncSession, actor: Actor, referral_id: UUID) -> Referral:
    found = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    if found.status not in ASKED_OF:
        raise NotFound("page")
    return found


async def _page(
    request: Req, session: AsyncSession, actor: Actor, found: Referral, *, form: forms.Filled[SpokenForm] | None = None,
    still: forms.Filled[StillForm] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    people = await identity.names(session, [found.client_id])
    service = (await names(session)).service(await session.get_one(Service, await standing(session, found.service_id)))
    need = await session.get_one(Need, found.need_id)
    client = await session.get_one(Client, found.client_id)
    contacts = await identity.contacts(session, found.client_id)
    words = await vocabulary(session)
    kind = await outcomes.asked_now(session, found)
    return page(
        request, "tracking/client-voice.html", referral=found, name=people[found.client_id], service=service,
        need=words.plain(need.term, current_language()), need_label=words.label("need", need.term, current_language()),
        given=people[found.client_id].split(" ")[0], later=kind if kind in outcomes.LATER else "",
        form=form or still or forms.blank(SpokenForm, keep=True), spoken=form or forms.blank(SpokenForm, keep=True),
        still=still or forms.blank(StillForm), phones=[line for line in contacts if line.kind == "phone" and line.safe],
        language=client.language, sender=actor.name, firsts=labels.options(labels.RECEIVED),
        seconds=labels.options(labels.RESOLVED), stills=labels.options(labels.STILL),
        barriers=labels.options(labels.CLIENT_BARRIER), marks=RESPECT, yes_no=labels.options(labels.YES_NO), status=status,
    )  # fmt: skip
