"""Closing a need: the loop ends here, with a verdict and with what it rests on."""

from collections.abc import Mapping
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
from referrals.tracking.actions.voices import delivery
from referrals.tracking.lifecycle import Status
from referrals.tracking.queries.goals import goals_of
from referrals.tracking.queries.outcomes import standing_dispute
from referrals.tracking.reasons import UNMET
from referrals.tracking.routes.goals import LevelsForm, level_options, levels_of
from referrals.tracking.said import case_manager


class VerdictForm(forms.Form):
    verdict: Judgement
    verified_by: Evidence
    unmet_reason: str = ""
    contact_attempts: Literal["", "0", "1", "2", "3"] = ""
    lesson: str = ""
    next_action: str = ""

    def problems(self) -> dict[str, str]:
        if self.verdict == "unmet" and self.unmet_reason not in UNMET:
            return {"unmet_reason": _("Please choose a reason.")}
        return {}


@get("/needs/{need_id:uuid}/close", name="close-need", guards=[requires_case_manager])
async def close_page(request: Req, session: Db, actor: Who, need_id: FromPath[UUID]) -> Template:
    need, client = await get_need(session, actor, need_id)
    return await _page(request, session, actor, need, client, forms.blank(VerdictForm))


@post("/needs/{need_id:uuid}/close", name="close-need-post", guards=[requires_case_manager], status_code=200)
async def close(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template | Redirect:
    need, client = await get_need(session, actor, need_id)
    form = await forms.read(request, VerdictForm)
    reached = await forms.read(request, LevelsForm)
    status = 422
    if form.value is not None:
        status = await _close(session, need, actor, form, levels_of(reached.ok) if reached.value else {}, now)
    if form.value is None:
        return await _page(request, session, actor, need, client, form, reached=reached, status=status)
    return redirect(request, "person", say=_("The need is closed."), client_id=client.id)


routes: list[HTTPRouteHandler] = [close_page, close]


async def _close(
    session: AsyncSession, need: Need, actor: Actor, form: forms.Filled[VerdictForm], levels: Mapping[UUID, int],
    now: datetime,
) -> int:  # fmt: skip
    """The status of the page that shows what is wrong with the form, where anything is."""
    said = form.ok
    try:
        stands = await actions.close_need(
            session, need, case_manager(actor), said.verdict, said.verified_by, now,
            unmet_reason=said.unmet_reason or None if said.verdict == "unmet" else None,
            contact_attempts=int(said.contact_attempts or 0), lesson=said.lesson, next_action=said.next_action,
            levels=levels,
        )  # fmt: skip
        if (stands.verdict, stands.verified_by, stands.lesson, stands.next_action) != (
            said.verdict, said.verified_by, said.lesson, said.next_action
        ):  # fmt: skip
            late = _("Somebody closed this need a moment before: “%(verdict)s”. Yours was not recorded.")
            form.refuse("", late % {"verdict": _(labels.VERDICT[stands.verdict])})
            return 409
    except Refused as refused:
        if refused.code == "evidence":
            why = str(refused.facts["why"])
            form.refuse("verdict" if why == "disputed" else "verified_by", _(labels.AGAINST[why]))
            return 422
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
    return 422


async def _page(
    request: Req, session: AsyncSession, actor: Actor, need: Need, client: Client,
    form: forms.Filled[VerdictForm], *, reached: forms.Filled[LevelsForm] | None = None, status: int = 200,
) -> Template:  # fmt: skip
    tries = await queries.attempts(session, actor, need.id)
    done = next((one for one in reversed(tries) if one.referral.status == Status.COMPLETED), None)
    voices = await queries.voices(session, done.referral) if done else []
    names = await identity.names(session, [client.id])
    words = await vocabulary(session)
    goals = await goals_of(session, need.id)
    disputed = [one for one in [await standing_dispute(session, tried.referral.id) for tried in tries] if one]
    open_one = next((one for one in disputed if one.settled_at is None), None)
    delivered = await delivery(session, done.referral.id) if done else None
    return page(
        request, "tracking/close-need.html", goals=goals, reached=reached, levels=[level_options(one) for one in goals],
        told=_(labels.OUTCOME[delivered.delivery]) if delivered else "", dispute=open_one,
        disputed=_(labels.CONCORDANCE[open_one.kind]) if open_one else "", form=form, need=need, client=client, name=names[client.id],
        need_label=words.label("need", need.term, current_language()), tries=tries, done=done, status=status,
        voice=voices[-1] if voices else None, received=labels.RECEIVED, resolved=labels.RESOLVED,
        verdicts=labels.options(labels.VERDICT), evidence=labels.options(labels.EVIDENCE), unmet=labels.options(labels.UNMET),
        must_ask=done is not None and not voices, attempts_needed=CONTACT_ATTEMPTS, status_label=labels.status_label,
        kinds=labels.KIND, reason_label=labels.reason_label,
    )  # fmt: skip
