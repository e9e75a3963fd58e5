"""Asking up to three one after the other, by themselves, as the person agreed to: the order, what is read out, stopping."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from litestar import get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import consent, identity, notices
from referrals.clients import queries as clients
from referrals.clients.models import Client, Need
from referrals.kit import forms
from referrals.kit.errors import Conflict
from referrals.kit.html import in_zone
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.matching import queries, signing
from referrals.matching.agreement import METHODS, Agreement, agreement, proposed, speaking, ticked
from referrals.matching.following import finding, in_turn
from referrals.matching.following.attempts import attempts_for
from referrals.matching.following.carrying import begun, carried
from referrals.matching.following.rule import tried
from referrals.matching.forms import LASTS, SendForm
from referrals.matching.models import InTurn
from referrals.matching.queries import Asked, Name
from referrals.matching.scoring import Match
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import disclosing

OFFERED: Final = 6
"""Services among which the three are chosen."""
OPENING: Final = N_(
    "I agree that these are asked one after the other, in this order, each only when the one before has said no or has not answered: %(services)s. Each of them is told the following about me, so that it can say whether it can help."
)
PLACES: Final[Mapping[str, str]] = {"1": N_("First"), "2": N_("Second"), "3": N_("Third")}


class InTurnForm(SendForm, kw_only=True):
    """As the form for one service, for two or three in their order."""

    s: list[str]


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who could be asked, on the page where the order is chosen."""

    service_id: UUID
    name: Name
    place: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is about to be agreed to."""

    client: Client
    need: Need
    asked: Asked
    order: tuple[UUID, ...]
    names: tuple[Name, ...]
    agreement: Agreement
    sensitivity: frozenset[str]
    unwritten: tuple[str, ...]
    guardian: bool


@get("/needs/{need_id:uuid}/in-turn", name="in-turn", guards=[requires_case_manager])
async def in_turn_page(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Template | Redirect:
    """First the order; once it is in the address, what is read to the person."""
    need, client = await clients.get_need(session, actor, need_id)
    fitting = await _fitting(session, client, need, now)
    order = _order(request, fitting)
    if len(order) < 2:
        return await _choose(request, session, client, need, fitting, chosen=bool(request.query_params))
    chosen = await _chosen(session, client, need, order, fitting, now)
    form = forms.blank(
        InTurnForm, key=uuid4().hex, before=proposed(chosen.agreement), after=proposed(chosen.agreement),
        sensitivity=ticked(chosen.agreement), grantor="self", lasts="12", urgency=need.urgency, s=order,
    )  # fmt: skip
    if before := await carried(session, actor, need.id):
        form = begun(form, [told.code for told in chosen.agreement.after], before)
    return _form_page(request, chosen, form)


@post("/needs/{need_id:uuid}/in-turn", name="begin-in-turn", guards=[requires_case_manager], status_code=200)
async def begin(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, need_id: FromPath[UUID]
) -> Template | Redirect:
    need, client = await clients.get_need(session, actor, need_id)
    form = await forms.read(request, InTurnForm)
    fitting = await _fitting(session, client, need, now)
    order = [UUID(one) for one in form.raw["s"] if _is_uuid(one)][: in_turn.MOST]
    if len(order) < 2 or not {*order} <= {match.offer.service_id for match in fitting}:
        said = _("One of them does not fit any more as things stand today. Please choose again.")
        return redirect(request, "in-turn", say=said, kind="attention", need_id=need.id)
    chosen = await _chosen(session, client, need, order, fitting, now)
    paper = await signing.paper(request, form)  # type: ignore[arg-type]  # a form with one field more
    if form.value is not None:
        _look_at_all_of_it(chosen, form)
    if form.value is None:
        return _form_page(request, chosen, form, status=422)
    agreed = form.value
    try:
        async with session.begin_nested():
            proof = await signing.evidence(session, settings, client.id, agreed, paper, now)()
            ending = chosen.agreement.ends(agreed.until(now))
            given = await consent.grant(
                session, client, recipients=order, scope=agreed.scope, method=agreed.method,
                text=chosen.agreement.text(agreed.scope, agreed.direction, agreed.sensitivity, ending),
                language=client.language, direction=agreed.direction, recorded_by=actor.id, now=now,
                grantor=agreed.grantor, authority=agreed.authority or None, expires_at=agreed.until(now),
                recipient_type="named_list", sensitivity=agreed.sensitivity, evidence=proof,
            )  # fmt: skip
            wanted = in_turn.Wanted(agreed.message, agreed.urgency)
            turn = await in_turn.begin(session, actor, need, order, given, wanted, now)
    except Conflict:
        # Pressed twice, or two at once: one list is running.
        return redirect(request, "person", client_id=client.id)
    if turn.asked == 0:
        said = _("Nobody was asked: look at the first one and send it yourself.")
        return redirect(request, "send", say=said, kind="attention", need_id=need.id, service_id=order[0])
    said = _("Sent to %(service)s. Whoever comes next is asked by itself, one after the other.")
    return redirect(request, "person", say=said % {"service": chosen.names[0].service}, client_id=client.id)


@post("/needs/{need_id:uuid}/in-turn/stop", name="stop-in-turn", guards=[requires_case_manager], status_code=303)
async def stop_in_turn(request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID]) -> Redirect:
    """Whoever was asked already stays asked; nobody more is, by itself."""
    need, client = await clients.get_need(session, actor, need_id)
    if turn := await in_turn.running(session, need.id):
        await in_turn.stop(session, turn, now)
    said = _("Nobody more is asked by itself. Whoever was asked already can still answer.")
    return redirect(request, "person", say=said, client_id=client.id)


routes: list[HTTPRouteHandler] = [in_turn_page, begin, stop_in_turn]


async def _fitting(session: AsyncSession, client: Client, need: Need, now: datetime) -> list[Match]:
    """Who could be asked by mail today, in the order of the proposals."""
    asked = await queries.asked(session, client, need, in_zone(now).date())
    found = (await queries.proposals(session, replace(asked, others=asked.others[: finding.BESIDE])))[0]
    attempts = (await attempts_for(session, [need.id])).get(need.id, [])
    others = finding.untried(found, tried(attempts, now))
    return [one for one in others if one.offer.has_email][:OFFERED]


def _order(request: Req, fitting: Sequence[Match]) -> list[UUID]:
    """As the address says: `p-<service>=1`. Two with the same place: neither is surely meant."""
    places: dict[str, list[UUID]] = {}
    for match in fitting:
        asked = request.query_params.get(f"p-{match.offer.service_id}", "")
        if asked in PLACES:
            places.setdefault(asked, []).append(match.offer.service_id)
    if any(len(ids) > 1 for ids in places.values()):
        return []
    return [places[place][0] for place in PLACES if place in places]


async def _choose(
    request: Req, session: AsyncSession, client: Client, need: Need, fitting: Sequence[Match], *, chosen: bool
) -> Template:
    names, words = await queries.names(session, fitting), await vocabulary(session)
    lines = [
        Line(match.offer.service_id, names[match.offer.service_id], str(place) if place <= in_turn.MOST else "")
        for place, match in enumerate(fitting, start=1)
    ]
    who = await identity.names(session, [client.id])
    running = await in_turn.running(session, need.id)
    called = await queries.names_of(session, running.service_ids) if running else {}
    return page(
        request, "matching/in-turn-order.html", client=client, need=need, name=who[client.id], lines=lines,
        places=[(code, _(label)) for code, label in PLACES.items()], unclear=chosen,
        need_label=words.label("need", need.term, current_language()), running=running, listed=_listed(running, called),
        status=422 if chosen else 200,
    )  # fmt: skip


def _listed(running: InTurn | None, called: Mapping[UUID, Name]) -> list[tuple[Name, str]]:
    """Who was asked of a list that runs, and who comes."""
    order = running.service_ids if running else []
    return [
        (called[id], _("was asked") if running and place <= running.asked else _("comes by itself"))
        for place, id in enumerate(order, start=1) if id in called
    ]  # fmt: skip


async def _chosen(
    session: AsyncSession, client: Client, need: Need, order: Sequence[UUID], fitting: Sequence[Match], now: datetime
) -> Chosen:
    today, words = in_zone(now).date(), await vocabulary(session)
    asked = await queries.asked(session, client, need, today)
    by_id = {match.offer.service_id: match for match in fitting}
    who, contacts = await identity.read(session, client.id), await identity.contacts(session, client.id)
    given_away: frozenset[str] = frozenset()
    unwritten: list[str] = []
    for id in order:
        to = await disclosing.receiving(session, client.id, need, id, by_id[id].offer.organization_id, now)
        given_away |= to.sensitivity
        unwritten += await disclosing.unwritten(session, to, await disclosing.language_of(session, id, client.language))
    with speaking(client.language):
        read_out = await queries.names_of(session, order)
        listed = "; ".join(
            f"{place}. {read_out[id].service} ({read_out[id].organization})" for place, id in enumerate(order, 1)
        )
        opening = _(OPENING) % {"services": listed}
    told = agreement(client, need, who, contacts, clients.age_on(client, who, today), "", "", words, given_away)
    names = await queries.names_of(session, order)
    return Chosen(
        client, need, asked, tuple(order), tuple(names[id] for id in order), replace(told, opening=opening), given_away,
        tuple(dict.fromkeys(unwritten)), any(by_id[id].finding("H16").code == "guardian_consent" for id in order),
    )  # fmt: skip


def _look_at_all_of_it(chosen: Chosen, form: forms.Filled[InTurnForm]) -> None:
    asked = form.ok
    offered = {told.code for told in (*chosen.agreement.before, *chosen.agreement.after)}
    if not set(asked.scope) <= offered or asked.method == "link":
        form.refuse("before", _("This is not one of the choices."))
    elif set(asked.sensitivity) != chosen.sensitivity:
        form.refuse(
            "sensitivity", _("The request tells this by itself. Unless they agree to each of these, it cannot be sent.")
        )
    elif chosen.unwritten:
        form.refuse("", _("Nothing can be sent there yet: the reason is above."))
    elif chosen.guardian and asked.grantor != "representative":
        form.refuse("grantor", _("Somebody who may decide for them has to agree first: say who, and by what right."))


def _form_page(request: Req, chosen: Chosen, form: forms.Filled[InTurnForm], *, status: int = 200) -> Template:
    return page(
        request, "matching/in-turn.html", status=status, form=form, client=chosen.client, need=chosen.need,
        name=chosen.asked.cited, names=chosen.names, order=chosen.order, agreement=chosen.agreement,
        guardian=chosen.guardian, methods=[(code, _(label)) for code, label in METHODS.items()],
        unwritten=[_(notices.TITLES[code]) for code in chosen.unwritten],
        lasts=[(code, _(LASTS[code])) for code in ("3", "6", "12")],
    )  # fmt: skip


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
