"""One referral, for the case manager: its story, what happens next, and what can be written down now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.accounts.models import Role
from referrals.clients import contact, identity
from referrals.clients.models import Need
from referrals.kit import forms
from referrals.kit.crypto import new_token
from referrals.kit.errors import Conflict
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions, answers, labels, own_words, queries, story, telling_back, unrecorded
from referrals.tracking.actions import consenting, links
from referrals.tracking.appointments.details import zone_of
from referrals.tracking.appointments.showing import lead as visit_lead
from referrals.tracking.appointments.told_back import visits_for_sender
from referrals.tracking.beside import following
from referrals.tracking.calling import desk
from referrals.tracking.decision_here import decision_here, lead
from referrals.tracking.goals_shared import all_goals
from referrals.tracking.lifecycle import TERMINAL, UNSENT, WAITING, By, Status, may
from referrals.tracking.models import ClientVoice, Referral
from referrals.tracking.next_best import next_here
from referrals.tracking.outcome_here import lead as outcome_lead
from referrals.tracking.outcome_here import outcome_here
from referrals.tracking.reasons import OTHER, WITHDRAWALS
from referrals.tracking.renamed import renamed
from referrals.tracking.review_here import review_here
from referrals.tracking.routes.between import Between, between
from referrals.tracking.routes.receiver_page import form_options
from referrals.tracking.said import Party, Said, case_manager
from referrals.tracking.unrecorded import Typed


class ReplyForm(forms.Form):
    words: str
    key: str
    seen: int


class WithdrawForm(forms.Form):
    MISSING = {"reason": N_("Please choose a reason.")}
    reason: str
    key: str
    to_service: str = ""

    def problems(self) -> dict[str, str]:
        return {"to_service": _("Please write a few words.")} if self.reason == OTHER and not self.to_service else {}


class MistakeForm(forms.Form):
    MISSING = {"mistake": N_("Please choose a reason.")}
    mistake: str
    key: str
    note: str = ""

    def problems(self) -> dict[str, str]:
        return {"note": _("Please write a few words.")} if self.mistake == OTHER and not self.note else {}


class CallOffForm(forms.Form):
    MISSING = {"off_reason": N_("Please choose a reason.")}
    appointment: UUID
    off_reason: str
    off_words: str = ""

    def problems(self) -> dict[str, str]:
        return {"off_words": _("Please write a few words.")} if self.off_reason == OTHER and not self.off_words else {}


@get("/referrals/{referral_id:uuid}", name="referral", guards=[requires_case_manager])
async def referral(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template:
    found = await mine(session, actor, referral_id)
    return await show(request, session, found, now)


@post("/referrals/{referral_id:uuid}/told", name="referral-told", guards=[requires_case_manager], status_code=200)
async def told(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template | Redirect:
    """What the receiver said by telephone or letter, marked as such on the timeline."""
    found = await mine(session, actor, referral_id)
    form = await forms.read(request, answers.FORM[await telling_back.agreed(session, found, now)])
    party = Party(By.ON_BEHALF, actor.id, form.raw["told_by"])
    if form.value is not None and not await actions.already_said(session, found, form.value.key):
        try:
            if form.value.seen != found.position:
                raise Conflict("already_answered")
            steps = answers.read(form, found, party, now, await zone_of(session, found.service_id))
            for event, said in steps if not form.errors else []:
                await actions.act(session, found, event, party, said, now)
        except Conflict:
            typed = unrecorded.answered(form, form_options(form.raw["event"], found, now), By.ON_BEHALF)
            return await show(request, session, found, now, quicker=True, typed=typed, status=409)
    if form.errors:
        return await show(request, session, found, now, form=form, status=422)
    return redirect(request, "referral", say=_("Written down, as they told you."), referral_id=referral_id)


@post("/referrals/{referral_id:uuid}/reply", name="referral-reply", guards=[requires_case_manager], status_code=200)
async def reply(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template | Redirect:
    found = await mine(session, actor, referral_id)
    form = await forms.read(request, ReplyForm)
    if form.value is None:
        return await show(request, session, found, now, reply=form, status=422)
    said = Said(words=form.value.words, key=form.value.key, seen=form.value.seen)
    try:
        await actions.act(session, found, "provide_info", case_manager(actor), said, now)
    except Conflict:
        typed = unrecorded.fields(form, ["words"])
        return await show(request, session, found, now, quicker=True, typed=typed, status=409)
    return redirect(
        request, "referral", say=_("Your reply is on its way. The clock runs again."), referral_id=referral_id
    )


@post(
    "/referrals/{referral_id:uuid}/withdraw", name="referral-withdraw", guards=[requires_case_manager], status_code=200
)
async def withdraw(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template | Redirect:
    found = await mine(session, actor, referral_id)
    form = await forms.read(request, WithdrawForm)
    if form.value is None:
        return await show(request, session, found, now, withdrawal=form, status=422)
    try:
        await actions.withdraw(
            session,
            found,
            case_manager(actor),
            form.value.reason,
            now,
            words=form.value.to_service,
            key=form.value.key,
        )
    except Conflict:
        typed = unrecorded.fields(form, ["reason", "to_service"], {"reason": labels.options(labels.CANCEL)})
        return await show(request, session, found, now, quicker=True, typed=typed, status=409)
    said = _("It is withdrawn.") if found.status == Status.CANCELLED else _("The service is asked to put an end to it.")
    return redirect(request, "referral", say=said, referral_id=referral_id)


@post("/referrals/{referral_id:uuid}/void", name="referral-void", guards=[requires_case_manager], status_code=200)
async def void(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Template | Redirect:
    found = await mine(session, actor, referral_id)
    form = await forms.read(request, MistakeForm)
    if form.value is None:
        return await show(request, session, found, now, mistake=form, status=422)
    said = Said(form.value.mistake, words=form.value.note, key=form.value.key)
    try:
        await actions.act(session, found, "void", case_manager(actor), said, now)
    except Conflict:
        typed = unrecorded.fields(form, ["mistake", "note"], {"mistake": labels.options(labels.VOID)})
        return await show(request, session, found, now, quicker=True, typed=typed, status=409)
    return redirect(
        request, "referral", say=_("It is marked as a mistake and counts no more."), referral_id=referral_id
    )


@post("/referrals/{referral_id:uuid}/link", name="referral-link", guards=[requires_case_manager], status_code=303)
async def new_link(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    found = await mine(session, actor, referral_id)
    link = await links.living(session, found.id, "receiver")
    if link is not None:
        await actions.renew(session, link, found, now)
    return redirect(request, "referral", say=_("A new link is on its way to the service."), referral_id=referral_id)


routes: list[HTTPRouteHandler] = [referral, told, reply, withdraw, void, new_link]


async def mine(session: AsyncSession, actor: Actor, referral_id: UUID) -> Referral:
    return await queries.get(session, actor, referral_id, Role.CASE_MANAGER)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the client said last, in words."""

    received: str
    resolved: str


def _heard(voices: Sequence[ClientVoice]) -> Heard | None:
    if not voices:
        return None
    said = voices[-1]
    return Heard(labels.voice(labels.RECEIVED, said.received), labels.voice(labels.RESOLVED, said.resolved))


async def show(
    request: Req, session: AsyncSession, found: Referral, now: datetime, *, form: forms.Filled[Any] | None = None,
    reply: forms.Filled[ReplyForm] | None = None, withdrawal: forms.Filled[WithdrawForm] | None = None,
    mistake: forms.Filled[MistakeForm] | None = None, calling_off: forms.Filled[CallOffForm] | None = None,
    quicker: bool = False, typed: Sequence[Typed] = (), status: int = 200, side: Between | None = None,
) -> Template:  # fmt: skip
    key = new_token()
    about = await queries.shown(session, found, now)
    need = await session.get_one(Need, found.need_id)
    decision = await decision_here(session, found, need)
    outcome = await outcome_here(session, found)
    names = await identity.names(session, [found.client_id])
    words = await vocabulary(session)
    happened = await queries.timeline(session, found)
    actors = await accounts.names(session, [id for one in happened for id in (one.actor_id, one.for_id) if id])
    asked = form.raw["event"] if form else request.query_params.get("told", "") if not quicker else ""
    telling = await telling_back.agreed(session, found, now)
    voices = await queries.voices(session, found)
    question = next((one.words.get("question") for one in happened if one.kind == "ask_info"), None)
    visits = await visits_for_sender(session, found, now)
    withdrawable = any(may(By.CASE_MANAGER, event, found.status) for event in ("cancel", "request_cancel"))
    return page(
        request, "tracking/referral.html", status=status, referral=found, about=about, need=need,
        name=names[found.client_id], need_label=words.label("need", need.term, current_language()),
        status_label=labels.status_label(found.status), kind=labels.KIND.get(found.status, "plain"),
        next_step=lead(decision) or outcome_lead(found, outcome) or visit_lead(visits, names[found.client_id]) or story.next_step(found, now), timeline=story.told(happened, found, need, actors, now, to=about.service.text("name", current_language()), renamed=await renamed(session, found, about.service, about.organization)), quicker=quicker, unrecorded=typed,
        overdue=story.overdue(found, now), lacking=await following(request).lacking(session, found),
        choices=answers.choices(found, By.ON_BEHALF), chosen=answers.choice(found, By.ON_BEHALF, asked, telling),
        form=form or answers.blank(found, key, asked, now), options=form_options(asked, found, now, telling), codes_alone=telling is telling_back.Telling.CODES,
        goals=await all_goals(session, found) if asked == "complete" else [],
        question=question if found.status == Status.INFO_REQUESTED else None,
        reply=reply or forms.blank(ReplyForm, key=key, seen=found.position),
        withdrawal=withdrawal or forms.blank(WithdrawForm, key=key), mistake=mistake or forms.blank(MistakeForm, key=key),
        calling_off=calling_off or forms.blank(CallOffForm),
        withdrawals=labels.options(labels.CANCEL, WITHDRAWALS), mistakes=labels.options(labels.VOID),
        heard=_heard(voices), asked_safely=found.status == Status.COMPLETED and await contact.reachable(session, found.client_id), outcome=outcome, withdrawable=withdrawable, completed=found.status == Status.COMPLETED,
        voidable=may(By.CASE_MANAGER, "void", found.status), over=found.status in TERMINAL, waiting=found.status in WAITING,
        by_phone=found.channel == "phone" and found.status not in TERMINAL | UNSENT,
        next_best=await next_here(request, session, found, now), in_turn=await following(request).in_turn(session, found), decision=decision,
        asked=await consenting.last_asked(session, found) if found.status == Status.AWAITING_CONSENT else None,
        reasons_to_send=labels.options(labels.OVERRIDE), renewable=await links.living(session, found.id, "receiver") is not None and found.status not in TERMINAL,
        between=side or await between(session, found, now),
        desk=await desk(session, found, current_language(), now) if found.channel == "phone" else None,
        visits=visits, reachable=visits.offer is not None and await contact.reachable(session, found.client_id), visit_reasons=labels.options(labels.APPOINTMENT),
        visit_barriers=labels.options(own_words.BARRIER),
        review=review_here(found, now, to=about.service.text("name", current_language())),
    )  # fmt: skip
