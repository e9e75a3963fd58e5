"""Closing a need: the loop ends here, with a verdict and with what it rests on."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import identity
from referrals.clients.models import Client, Need
from referrals.clients.queries import get_need
from referrals.kit import forms
from referrals.kit.errors import Conflict, Refused
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions, labels, queries
from referrals.tracking.actions.verdict import CONTACT_ATTEMPTS, Evidence, Judgement
from referrals.tracking.lifecycle import Status
from referrals.tracking.reasons import UNMET
from referrals.tracking.said import case_manager


class VerdictForm(forms.Form):
    verdict: Judgement
    verified_by: Evidence
    unmet_reason: str = ""
    contact_attempts: Literal["", "0", "1", "2", "3"] = ""

    def problems(self) -> dict[str, str]:
        if self.verdict == "unmet" and self.unmet_reason not in UNMET:
            return {"unmet_reason": _("Please choose a reason.")}
        if self.verdict == "met" and self.verified_by == "none":
            return {
                "verified_by": _("“Settled” needs somebody’s word: theirs, the service’s, a paper, or what you saw.")
            }
        return {}


@get("/needs/{need_id:uuid}/close", name="close-need", guards=[requires_case_manager])
async def close_page(request: Req, session: Db, actor: Who, need_id: FromPath[UUID]) -> Template:
    need, client = await get_need(session, actor, need_id)
    return await _page(request, session, actor, need, client, forms.blank(VerdictForm))


@post("/needs/{need_id:uuid}/close", name="close-need-post", guards=[requires_case_manager], status_code=200)
async def close(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template | Redirect:
    need, client = await get_need(session, actor, need_id)
    form = await forms.read(request, VerdictForm)
    if form.value is not None:
        await _close(session, need, actor, form, now)
    if form.value is None:
        return await _page(request, session, actor, need, client, form, status=422)
    return redirect(request, "person", say=_("The need is closed."), client_id=client.id)


routes: list[HTTPRouteHandler] = [close_page, close]


async def _close(
    session: AsyncSession, need: Need, actor: Actor, form: forms.Filled[VerdictForm], now: datetime
) -> None:
    said = form.ok
    try:
        await actions.close_need(
            session, need, case_manager(actor), said.verdict, said.verified_by, now,
            unmet_reason=said.unmet_reason or None if said.verdict == "unmet" else None,
            contact_attempts=int(said.contact_attempts or 0),
        )  # fmt: skip
    except Refused as refused:
        if refused.code != "client_voice":
            raise
        sentence = _("Write down what they say, or how often you tried to reach them: at least twice.")
        form.refuse("contact_attempts", sentence)
    except Conflict as conflict:
        if conflict.code != "under_way":
            raise
        form.refuse(
            "verdict", _("A service is still being asked or at work. Withdraw that first, or wait for its end.")
        )


async def _page(
    request: Req, session: AsyncSession, actor: Actor, need: Need, client: Client,
    form: forms.Filled[VerdictForm], status: int = 200,
) -> Template:  # fmt: skip
    tries = await queries.attempts(session, actor, need.id)
    done = next((one for one in reversed(tries) if one.referral.status == Status.COMPLETED), None)
    voices = await queries.voices(session, done.referral) if done else []
    names = await identity.names(session, [client.id])
    words = await vocabulary(session)
    return page(
        request, "tracking/close-need.html", form=form, need=need, client=client, name=names[client.id],
        need_label=words.label("need", need.term, current_language()), tries=tries, done=done, status=status,
        voice=voices[-1] if voices else None, received=labels.RECEIVED, resolved=labels.RESOLVED,
        verdicts=labels.options(labels.VERDICT), evidence=labels.options(labels.EVIDENCE), unmet=labels.options(labels.UNMET),
        must_ask=done is not None and not voices, attempts_needed=CONTACT_ATTEMPTS, status_label=labels.status_label,
        kinds=labels.KIND, reason_label=labels.reason_label,
    )  # fmt: skip
