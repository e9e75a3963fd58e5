"""Several services on one form: read out one after the other, agreed to once, sent at once. Each has an agreement of its own,
with what it may be told and nothing of the others; each can be taken back by itself, or all that was signed together.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from litestar import get, post
from litestar.datastructures import FormMultiDict
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import queries as clients
from referrals.clients.models import Client, ConsentEvidence
from referrals.kit import forms
from referrals.kit.errors import Conflict, NotFound
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.matching import actions, choices, planning, queries, signing
from referrals.matching.actions import Evidence
from referrals.matching.agreement import METHODS, proposed, ticked
from referrals.matching.forms import LASTS, SendForm
from referrals.matching.routes.send import Choice, choice_for, needs_guardian
from referrals.matching.snapshot import snapshot
from referrals.taxonomy.queries import vocabulary

Filled = forms.Filled[SendForm]
OWN = ("before", "after", "sensitivity")
"""Fields that each service has for itself; the others stand once on the form."""
MOST = 6


@get("/people/{client_id:uuid}/together", name="together", guards=[requires_case_manager])
async def together(request: Req, session: Db, actor: Who, now: Now, client_id: FromPath[UUID]) -> Template:
    """Which ones: of the plan, what fits and nobody has been asked for. With `?s=NEED:SERVICE` once each, the form itself."""
    client = await clients.get_client(session, actor, client_id)
    chosen = await _chosen(session, actor, client, request.query_params.getall("s", []), now)
    if chosen:
        key = uuid4().hex
        return await _shown(request, session, client, chosen, [_blank(one, key) for one in chosen], key)
    found, words = await planning.plan(session, actor, client, in_zone(now).date()), await vocabulary(session)
    free = [one for one in found.planned if one.referral is None and one.wanted.match and not one.wanted.match.failures]
    names = await queries.names(session, [one.wanted.match for one in free if one.wanted.match])
    lines = [
        (f"{one.need.id}:{match.offer.service_id}", words.label("need", one.need.term, current_language()), names[match.offer.service_id].service)
        for one in free if (match := one.wanted.match) is not None
    ]  # fmt: skip
    return page(request, "matching/together-which.html", client=client, name=found.cited or client.alias, lines=lines)


@post("/people/{client_id:uuid}/together", name="send-together", guards=[requires_case_manager], status_code=200)
async def send_together(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, client_id: FromPath[UUID]
) -> Template | Redirect:
    client = await clients.get_client(session, actor, client_id)
    data = await request.form()
    chosen = await _chosen(session, actor, client, data.getall("s", []), now)
    if not chosen:
        return redirect(request, "together", say=_("Choose at least one."), kind="attention", client_id=client_id)
    key = str(data.get("key", "")) or uuid4().hex
    filled = [_typed(data, at, key) for at in range(len(chosen))]
    paper = await signing.paper(request, filled[0])
    for one, form in zip(chosen, filled, strict=True):
        _look(one, form)
    if any(form.value is None for form in filled):
        return await _shown(request, session, client, chosen, filled, key, status=422)
    proof = _once(signing.evidence(session, settings, client.id, filled[0].ok, paper, now))
    form_id = uuid5(client.id, key)
    pairs = [f"{one.need.id}:{one.match.offer.service_id}" for one in chosen]
    try:
        async with session.begin_nested():
            for one, form in zip(chosen, filled, strict=True):
                await _send(session, actor, one, form.ok, proof, form_id, now)
    except Conflict as conflict:
        if conflict.code != "already_open":
            raise
        late = _("%(service)s has been asked in the meantime. Nothing was sent yet.") % {"service": one.name.service}
        typed = {pair: form for pair, other, form in zip(pairs, chosen, filled, strict=True) if other is not one}
        if not typed:
            return redirect(request, "person", say=late, kind="attention", client_id=client_id)
        next(iter(typed.values())).refuse("", late)
        client = await clients.get_client(session, actor, client_id)  # what was undone is read anew
        others = await _chosen(session, actor, client, [*typed], now)
        return await _shown(request, session, client, others, [*typed.values()], key, status=409)
    said = ngettext("%(num)d request is on its way.", "%(num)d requests are on their way.", len(chosen))
    return redirect(request, "person", say=said % {"num": len(chosen)}, client_id=client_id)


routes: list[HTTPRouteHandler] = [together, send_together]


async def _chosen(
    session: AsyncSession, actor: Actor, client: Client, pairs: Sequence[str], now: datetime
) -> list[Choice]:
    """Raises NotFound for a need that is not this person's."""
    found = []
    for pair in dict.fromkeys(pairs[:MOST]):
        need, _colon, service = pair.partition(":")
        try:
            one = await choice_for(session, actor, UUID(need), UUID(service), now)
        except ValueError:
            raise NotFound("need") from None
        if one.client.id != client.id:
            raise NotFound("need")
        found.append(one)
    return found


def _blank(one: Choice, key: str) -> Filled:
    ticks = proposed(one.agreement, one.asks)
    return forms.blank(
        SendForm, key=key, before=ticks, after=ticks, sensitivity=ticked(one.agreement), grantor="self", lasts="12",
        urgency=one.need.urgency,
    )  # fmt: skip


def _typed(data: FormMultiDict, at: int, key: str) -> Filled:
    """The form as it would be for this service alone."""
    shared = {name: data.get(name, "") for name in SendForm.__struct_fields__ if name not in (*OWN, "key")}
    own = {name: data.getall(f"{name}{at}", []) for name in OWN}
    return forms.parse(
        SendForm, {**{name: value for name, value in shared.items() if value}, **own, "key": f"{key}-{at}"}
    )


def _look(one: Choice, form: Filled) -> None:
    """What fits is sent from here; what needs a reason has a form of its own."""
    if form.value is None:
        return
    asked = form.value
    if not set(asked.scope) <= {told.code for told in (*one.agreement.before, *one.agreement.after)}:
        form.refuse("before", _("This is not one of the choices."))
    elif set(asked.sensitivity) != one.to.sensitivity:
        form.refuse(
            "sensitivity", _("The request tells this by itself. Unless they agree to each of these, it cannot be sent.")
        )
    elif one.unwritten or one.match.failures or not (one.match.offer.has_email or one.match.offer.has_phone):
        form.refuse("", _("%(service)s cannot be asked from here: open its own page.") % {"service": one.name.service})
    elif needs_guardian(one.match) and asked.grantor != "representative":
        form.refuse("grantor", _("Somebody who may decide for them has to agree first: say who, and by what right."))


async def _send(
    session: AsyncSession, actor: Actor, one: Choice, agreed: SendForm, proof: Evidence, form_id: UUID, now: datetime
) -> None:
    agreed.urgency = "urgent" if one.need.urgency == "urgent" else agreed.urgency
    picked = await choices.sent(session, actor, one.need, one.match.offer.service_id, None, now)
    kept = snapshot(
        one.asked.person, one.asked.need, one.match, one.asked.today, override=None, position=None, chosen=picked
    )
    ending = one.agreement.ends(agreed.until(now), agreed.ends_with)
    text = one.agreement.text(agreed.scope, agreed.direction, agreed.sensitivity, ending)
    await actions.send(session, actor, one.client, one.need, one.match, agreed, text, kept, now, proof, form_id)


def _once(evidence: Evidence) -> Evidence:
    """One signature behind all of them."""
    written: list[ConsentEvidence | None] = []

    async def write() -> ConsentEvidence | None:
        if not written:
            written.append(await evidence())
        return written[0]

    return write


async def _shown(
    request: Req, session: AsyncSession, client: Client, chosen: Sequence[Choice], filled: Sequence[Filled], key: str, *,
    status: int = 200,
) -> Template:  # fmt: skip
    errors = {
        f"{name}{at}" if name in OWN else name: sentence
        for at, form in enumerate(filled) for name, sentence in form.errors.items()
    }  # fmt: skip
    return page(
        request, "matching/together.html", status=status, client=client, name=chosen[0].asked.cited, form=filled[0],
        errors=errors, key=key, guardian=any(needs_guardian(one.match) for one in chosen),
        parts=[(f"{one.need.id}:{one.match.offer.service_id}", one, form) for one, form in zip(chosen, filled, strict=True)],
        methods=[(code, _(label)) for code, label in METHODS.items()], lasts=[(code, _(label)) for code, label in LASTS.items()],
    )  # fmt: skip
