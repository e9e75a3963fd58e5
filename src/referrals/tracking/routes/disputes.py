"""Where service and person tell it differently: both voices side by side, and how it was settled. And what did not last."""

from uuid import UUID

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts import queries as accounts
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import identity
from referrals.clients.models import Need
from referrals.directory.models import Service
from referrals.directory.queries.called import names
from referrals.directory.queries.redirects import standing
from referrals.kit import forms
from referrals.kit.errors import Conflict, Refused
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, page, redirect
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import dispositions, labels
from referrals.tracking.actions import voices
from referrals.tracking.outcomes.concordance import SETTLEMENTS, Concordance
from referrals.tracking.queries import outcomes
from referrals.tracking.queries.outcomes import BothVoices
from referrals.tracking.said import case_manager


class SettleForm(forms.Form):
    settled_as: str
    words: str = ""


@get("/disputes/{dispute_id:uuid}", name="dispute", guards=[requires_case_manager])
async def dispute(request: Req, session: Db, actor: Who, dispute_id: FromPath[UUID]) -> Template:
    found = await outcomes.get_dispute(session, actor, dispute_id)
    return await _page(request, session, found, forms.blank(SettleForm))


@post("/disputes/{dispute_id:uuid}", name="settle-dispute", guards=[requires_case_manager], status_code=200)
async def settle(request: Req, session: Db, actor: Who, now: Now, dispute_id: FromPath[UUID]) -> Template | Redirect:
    found = await outcomes.get_dispute(session, actor, dispute_id)
    form = await forms.read(request, SettleForm)
    if form.value is not None:
        try:
            await voices.settle(
                session, found.dispute, form.value.settled_as, case_manager(actor), now, words=form.value.words
            )
        except Refused:
            form.refuse("settled_as", _("Please choose one."))
        except Conflict:
            form.refuse("", _("Somebody settled it a moment before; below is how."))
            return await _page(request, session, found, form, status=409)
    if form.value is None:
        return await _page(request, session, found, form, status=422)
    return redirect(request, "dispute", say=_("It is settled. Now it counts again."), dispute_id=dispute_id)


@post("/still/{lasting_id:uuid}/open", name="open-again", guards=[requires_case_manager], status_code=303)
async def open_again(request: Req, session: Db, actor: Who, now: Now, lasting_id: FromPath[UUID]) -> Redirect:
    """What was settled is there again: the need opens, and what was before stays as it was."""
    said, referral = await outcomes.get_lasting(session, actor, lasting_id)
    await voices.look_after(session, said, now)
    need = await _need(session, referral.need_id)
    try:
        await dispositions.reopen(session, need, now)
    except Conflict:
        return redirect(request, "match", say=_("The need is open already."), need_id=need.id)
    return redirect(request, "match", say=_("The need is open again."), need_id=need.id)


@post("/still/{lasting_id:uuid}/noted", name="lasting-noted", guards=[requires_case_manager], status_code=303)
async def noted(request: Req, session: Db, actor: Who, now: Now, lasting_id: FromPath[UUID]) -> Redirect:
    said, referral = await outcomes.get_lasting(session, actor, lasting_id)
    await voices.look_after(session, said, now)
    return redirect(request, "referral", say=_("Noted."), referral_id=referral.id)


routes: list[HTTPRouteHandler] = [dispute, settle, open_again, noted]


async def _need(session: AsyncSession, need_id: UUID) -> Need:
    return await session.get_one(Need, need_id)


async def _page(
    request: Req, session: AsyncSession, found: BothVoices, form: forms.Filled[SettleForm], status: int = 200
) -> Template:
    referral, dispute_ = found.referral, found.dispute
    people = await identity.names(session, [referral.client_id])
    service = (await names(session)).service(
        await session.get_one(Service, await standing(session, referral.service_id))
    )
    need = await _need(session, referral.need_id)
    words = await vocabulary(session)
    settled_by = await accounts.names(session, [dispute_.settled_by]) if dispute_.settled_by else {}
    kind = Concordance(dispute_.kind)
    return page(
        request, "tracking/dispute.html", form=form, both=found, dispute=dispute_, referral=referral, service=service,
        name=people[referral.client_id], need=need, need_label=words.label("need", need.term, current_language()),
        title=_(labels.CONCORDANCE[kind]), told=_service_says(found), heard=_person_says(found),
        settlements=labels.options(labels.SETTLED, SETTLEMENTS[kind]), frozen=kind is Concordance.DISPUTE,
        settled=_(labels.SETTLED[dispute_.settled_as]) if dispute_.settled_as else "",
        settled_by=settled_by.get(dispute_.settled_by, "") if dispute_.settled_by else "", status=status,
    )  # fmt: skip


def _service_says(found: BothVoices) -> list[tuple[str, str]]:
    told = found.told
    if told is None:
        return []
    lines = [(_("Did they get the help?"), _(labels.OUTCOME[told.delivery]))]
    if told.reason and told.reason in labels.NOT_COMPLETED:
        lines.append((_("Why not all of it?"), _(labels.NOT_COMPLETED[told.reason])))
    if told.sessions is not None:
        lines.append((_("Sessions"), str(told.sessions)))
    if told.next_step:
        lines.append((_("What comes next?"), _(labels.NEXT_STEP[told.next_step])))
    return lines


def _person_says(found: BothVoices) -> list[tuple[str, str]]:
    heard = found.heard
    if heard is None:
        return []
    lines = [
        (_("Did they get the help?"), _(labels.RECEIVED[heard.received])),
        (_("Is it settled for them?"), _(labels.RESOLVED[heard.resolved])),
    ]
    if heard.barrier:
        lines.append((_("What stood in the way?"), _(labels.CLIENT_BARRIER[heard.barrier])))
    if heard.respect is not None:
        lines.append((_("Respectful and clear"), _("%(mark)s of 5") % {"mark": heard.respect}))
    if heard.call_back is not None:
        lines.append((_("May we call?"), _("Yes") if heard.call_back else _("No")))
    return lines
