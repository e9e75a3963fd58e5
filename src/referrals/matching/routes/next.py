"""One click after a refusal: the next one is asked with everything that was typed before, if what was agreed to allows it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries as clients
from referrals.clients.models import Client, Consent, Need
from referrals.directory.queries import called, redirects
from referrals.kit import forms
from referrals.kit.errors import NotFound, Refused
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, redirect
from referrals.matching import queries
from referrals.matching.actions import sent_with
from referrals.matching.following import in_turn
from referrals.matching.following.attempts import attempts_for
from referrals.matching.following.carrying import AFTER, Carried, agreements, carried, covering, receiving
from referrals.matching.following.rule import tried
from referrals.matching.following.sending import Step, send_on
from referrals.matching.scoring import Match

GUARDIAN: Final = "guardian_consent"


class NextForm(forms.Form):
    after: UUID | None = None
    """The attempt whose words are carried on: pressed twice, it is sent once."""


@post("/needs/{need_id:uuid}/next/{service_id:uuid}", name="send-next", guards=[requires_case_manager], status_code=303)
async def send_next(
    request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID], service_id: FromPath[UUID]
) -> Redirect:
    need, client = await clients.get_need(session, actor, need_id)
    there = await redirects.standing(session, service_id)
    form = await forms.read(request, NextForm)
    before = await carried(session, actor, need.id, form.value.after if form.value else None)
    key = f"next:{before.referral.id}:{there}" if before else ""
    if before and (already := await sent_with(session, actor, need.id, key)):
        return redirect(request, "referral", referral_id=already.id)
    step = await _step(session, client, need, there, now)
    if step is None:
        said = _("This service is listed no longer. Here is what else there is.")
        return redirect(request, "match", say=said, kind="attention", need_id=need.id)
    given = await _given(session, step)
    agreed = await _agreed(session, step, given, before, now) if before else None
    name = await queries.name_of(session, there)
    if before is None or agreed is None or step.match.failures or await _asked_before(session, need, there, now):
        said, kind = _why_the_form(step.match, name.service, agreed)
        if before and agreed is None and (moved := await _in_other_hands(session, step, given, before, now)):
            said = _moved(name, moved)
        query = {AFTER: before.referral.id} if before else {}
        return redirect(request, "send", say=said, kind=kind, need_id=need.id, service_id=there, query=query)
    if turn := await in_turn.running(session, need.id):
        await in_turn.stop(session, turn, now)
    try:
        async with session.begin_nested():
            referral = await send_on(session, actor, step, agreed, before.message, before.referral.urgency, key, now)
    except Refused:
        said, kind = _why_the_form(step.match, name.service, None)
        query = {AFTER: before.referral.id}
        return redirect(request, "send", say=said, kind=kind, need_id=need.id, service_id=there, query=query)
    told = (
        _("Sent to %(service)s, under what they have agreed to. You are told as soon as they answer.")
        if referral.channel == "link"
        else _("Ready. %(service)s is reached by telephone: the number and what to say are below.")
    )
    return redirect(request, "referral", say=told % {"service": name.service}, referral_id=referral.id)


async def _step(session: AsyncSession, client: Client, need: Need, service_id: UUID, now: datetime) -> Step | None:
    """On today's data; None where it is listed no longer."""
    asked = await queries.asked(session, client, need, in_zone(now).date())
    try:
        return Step(client, need, asked, await queries.match_one(session, asked, service_id))
    except NotFound:
        return None


async def _given(session: AsyncSession, step: Step) -> list[Consent]:
    """What they agreed to, where whoever had to agree did."""
    given = (await agreements(session, [step.client.id])).get(step.client.id, [])
    if step.match.finding("H16").code == GUARDIAN:
        given = [one for one in given if one.grantor == "representative"]
    return given


async def _agreed(
    session: AsyncSession, step: Step, given: Sequence[Consent], before: Carried, now: datetime
) -> Consent | None:
    """The one that lets this service be told as much as the one before. For one that was merged it holds, in the same hands."""
    id = step.match.offer.service_id
    one_with = (await redirects.each_one_with(session, [id]))[id]
    to = receiving(step.match, step.need, step.asked.person, one_with)
    return covering(given, step.client.id, to, before.consent.scope if before.consent else (), now)


async def _in_other_hands(
    session: AsyncSession, step: Step, given: Sequence[Consent], before: Carried, now: datetime
) -> str:
    """The service that they did agree to, which is listed as this one now, of another organization; empty where there is none."""
    to = receiving(step.match, step.need, step.asked.person)
    scope = before.consent.scope if before.consent else ()
    for old in await redirects.in_other_hands(session, step.match.offer.service_id):
        recipient = replace(to.recipient, service_id=old.id, organization_id=old.organization_id)
        if covering(given, step.client.id, replace(to, recipient=recipient), scope, now):
            return (await called.names(session)).service(old).text("name", current_language())
    return ""


def _moved(name: queries.Name, old: str) -> str:
    return _(
        "They agreed to %(old)s. It is listed as %(service)s now, and %(organization)s is another organization: that asks for an agreement of its own. All the rest is filled in."
    ) % {"old": old, "service": name.service, "organization": name.organization}


async def _asked_before(session: AsyncSession, need: Need, service_id: UUID, now: datetime) -> bool:
    """They said no to this very need: asking them again is a thought of its own, not one click."""
    return service_id in tried((await attempts_for(session, [need.id])).get(need.id, []), now)


def _why_the_form(match: Match, service: str, agreed: Consent | None) -> tuple[str, str]:
    if match.failures:
        return _("%(service)s does not fit as things stand today. Why, is below.") % {"service": service}, "attention"
    if agreed is None:
        return _("All of it is filled in. Only the agreement for %(service)s is left to record.") % {
            "service": service
        }, "good"
    return _("They were asked for this need before. Look at it once more."), "attention"


__all__ = ["send_next"]
