"""While somebody is asked to agree by their own link: ask again, or write down what they said instead."""

from typing import Literal
from uuid import UUID

from litestar import post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.accounts.models import Role
from referrals.clients import contact
from referrals.clients.models import Consent, ConsentRequest
from referrals.kit import forms
from referrals.kit.errors import Conflict
from referrals.kit.i18n import gettext as _
from referrals.kit.jobs import enqueue
from referrals.kit.pages import Db, Now, Req, redirect
from referrals.matching import agreeing
from referrals.tracking import queries
from referrals.tracking.actions import consenting
from referrals.tracking.lifecycle import Status
from referrals.tracking.models import Referral
from referrals.tracking.said import case_manager


class SaidForm(forms.Form):
    """What they said aloud. A yes needs somebody who heard it."""

    answer: Literal["yes", "no"]
    witness: str = ""


class AllTheSameForm(forms.Form):
    override_reason: Literal["spoken", "client_choice", "local_knowledge", "relationship", "data_wrong"]


@post(
    "/referrals/{referral_id:uuid}/ask-again",
    name="referral-ask-again",
    guards=[requires_case_manager],
    status_code=303,
)
async def ask_again(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    referral, asked = await _waiting(session, actor, referral_id)
    if not consenting.still_asked(asked, referral, now) or not await contact.reachable(session, referral.client_id):
        said = _("There is no safe way to write to them now. Ask them when you see them, and write it down here.")
        return redirect(request, "referral", say=said, kind="attention", referral_id=referral_id)
    await enqueue(session, "tracking.ask_consent", once=f"ask_consent:{asked.id}", request_id=str(asked.id))
    return redirect(request, "referral", say=_("Their link is on its way once more."), referral_id=referral_id)


@post("/referrals/{referral_id:uuid}/said", name="referral-said", guards=[requires_case_manager], status_code=303)
async def said(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    referral, asked = await _waiting(session, actor, referral_id)
    form = await forms.read(request, SaidForm)
    if form.value is None or (form.value.answer == "yes" and not form.value.witness):
        told = _("Please say whether they agree, and for a yes who heard it.")
        return redirect(request, "referral", say=told, kind="attention", referral_id=referral_id, anchor="asked")
    if form.value.answer == "no":
        await consenting.say_no(session, asked, referral, case_manager(actor), now)
        return redirect(request, "referral", say=_("Written down. Nothing was sent."), referral_id=referral_id)
    it = await agreeing.question(session, asked, referral, now)
    await agreeing.agreed_aloud(session, it, form.value.witness, case_manager(actor), now)
    if referral.status == Status.AWAITING_CONSENT:
        told = _("Written down. It does not fit any more as things stand: look at it below.")
        return redirect(request, "referral", say=told, kind="attention", referral_id=referral_id)
    return redirect(request, "referral", say=_("Written down, and sent."), referral_id=referral_id)


@post(
    "/referrals/{referral_id:uuid}/send-agreed",
    name="referral-send-agreed",
    guards=[requires_case_manager],
    status_code=303,
)
async def send_agreed(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    """They agreed, and meanwhile something stands in the way: sent all the same, with a reason."""
    referral, asked = await _waiting(session, actor, referral_id)
    form = await forms.read(request, AllTheSameForm)
    given = await session.get(Consent, asked.consent_id) if asked.consent_id else None
    if form.value is None or given is None:
        told = _("Please say why you send it all the same.")
        return redirect(request, "referral", say=told, kind="attention", referral_id=referral_id, anchor="asked")
    it = await agreeing.question(session, asked, referral, now)
    kept = await agreeing.fits_now(session, it, now, override=form.value.override_reason)
    if kept is None:
        told = _("This service cannot take them as things stand. Take it back, and choose another one.")
        return redirect(request, "referral", say=told, kind="attention", referral_id=referral_id)
    await consenting.send_agreed(session, referral, given, kept, case_manager(actor), now, words=asked.words)
    return redirect(request, "referral", say=_("Sent with their agreement."), referral_id=referral_id)


routes: list[HTTPRouteHandler] = [ask_again, said, send_agreed]


async def _waiting(session: AsyncSession, actor: Actor, referral_id: UUID) -> tuple[Referral, ConsentRequest]:
    """Raises Conflict("no_longer_asked") where nothing is asked any more."""
    referral = await queries.get(session, actor, referral_id, Role.CASE_MANAGER)
    asked = await consenting.last_asked(session, referral)
    if asked is None or referral.status != Status.AWAITING_CONSENT:
        raise Conflict("no_longer_asked")
    return referral, asked
