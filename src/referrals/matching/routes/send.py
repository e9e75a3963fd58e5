"""Sending a chosen service: what will be told, with whose agreement, and why if something does not fit."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.actor import Actor
from referrals.accounts.guards import Who, requires_case_manager
from referrals.clients import contact, identity, notices
from referrals.clients import queries as clients
from referrals.clients.models import Client, Need
from referrals.directory.queries import redirects
from referrals.kit import forms
from referrals.kit.errors import Conflict, NotFound
from referrals.kit.html import in_zone
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Deployment, Now, Req, page, redirect
from referrals.kit.settings import Settings
from referrals.matching import actions, cards, choices, queries, signing
from referrals.matching.agreement import ALONE, METHODS, Agreement, agreement, proposed, speaking, ticked
from referrals.matching.constraints import Class
from referrals.matching.following.carrying import begun, named_in
from referrals.matching.forms import LASTS, OVERRIDES, SendForm
from referrals.matching.listing_wrong import tell_the_directory
from referrals.matching.models import Choice as Chosen
from referrals.matching.person_line import person_line
from referrals.matching.queries import Asked, Name
from referrals.matching.scoring import Match
from referrals.matching.snapshot import snapshot
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary
from referrals.tracking import disclosing
from referrals.tracking.disclosing import Receiver
from referrals.tracking.models import Referral


@dataclass(frozen=True, slots=True)
class Instead:
    """What stands first among those that fit, where the chosen one has no place."""

    title: str
    organization: str
    service_id: UUID


@dataclass(frozen=True, slots=True)
class Choice:
    """Everything about one service chosen for one need."""

    client: Client
    need: Need
    asked: Asked
    match: Match
    name: Name
    agreement: Agreement
    words: Vocabulary
    instead: Instead | None
    theirs: Chosen | None
    """What they chose for this need themselves, this one or another."""
    other: Instead | None
    """What they chose instead of this one."""
    to: Receiver
    asks: tuple[str, ...] | None
    """The fields that the service said it needs."""
    unwritten: tuple[str, ...]
    """Notices that must go with it and that nobody has written."""
    reachable: bool
    """Whether they can be asked by a link of their own."""


@get("/needs/{need_id:uuid}/send/{service_id:uuid}", name="send", guards=[requires_case_manager])
async def send(
    request: Req, session: Db, actor: Who, now: Now, need_id: FromPath[UUID], service_id: FromPath[UUID]
) -> Template | Redirect:
    if there := await redirects.kept(session, service_id):
        return redirect(request, "send", need_id=need_id, service_id=there)
    choice = await choice_for(session, actor, need_id, service_id, now)
    form = forms.blank(
        SendForm, key=uuid4().hex, before=proposed(choice.agreement, choice.asks),
        after=proposed(choice.agreement, choice.asks), sensitivity=ticked(choice.agreement),
        grantor="self", lasts="12", urgency=choice.need.urgency,
        override_reason="client_choice" if choice.theirs and choice.theirs.service_id == service_id else None,
    )  # fmt: skip
    if before := await named_in(request, session, actor, need_id):
        form = begun(form, [told.code for told in choice.agreement.after], before)
    return await _form_page(request, choice, form)


@post("/needs/{need_id:uuid}/send/{service_id:uuid}", name="send-it", guards=[requires_case_manager], status_code=200)
async def send_it(
    request: Req, session: Db, actor: Who, now: Now, settings: Deployment, need_id: FromPath[UUID],
    service_id: FromPath[UUID],
) -> Template | Redirect:  # fmt: skip
    if there := await redirects.kept(session, service_id):
        said = _("This service has a single page now. Please look at it once more before you send.")
        return redirect(request, "send", say=said, kind="attention", need_id=need_id, service_id=there)
    try:
        choice = await choice_for(session, actor, need_id, service_id, now)
    except NotFound as gone:
        if gone.code != "service":
            raise
        said = _("This service has left the directory in the meantime. Nothing was sent; these are the others.")
        return redirect(request, "match", say=said, kind="attention", need_id=need_id)
    form = await forms.read(request, SendForm)
    paper = await signing.paper(request, form)
    if form.value is not None:
        _look_at_all_of_it(choice, form)
    if form.value is None:
        return await _form_page(request, choice, form, status=422)
    agreed = form.value
    try:
        async with session.begin_nested():
            referral = await _send(request, session, settings, actor, choice, agreed, paper, now)
    except Conflict as conflict:
        if conflict.code != "already_open":
            raise
        form.refuse("", _("This service already has an open request for this need."))
        choice = await choice_for(session, actor, need_id, service_id, now)  # what was undone is read anew
        return await _form_page(request, choice, form, status=409)
    wrong = choice.match.failures and agreed.override_reason == "data_wrong"
    told = await tell_the_directory(session, actor, choice.match, agreed.wrong, agreed.key, now) if wrong else ""
    if agreed.method == "link":
        sentence = _("Their link is on its way. Nothing goes to the service before they agree.")
        return redirect(request, "referral", say=sentence, referral_id=referral.id)
    said = (
        _("Sent to %(service)s. You are told as soon as they answer.")
        if referral.channel == "link"
        else _("Ready. %(service)s is reached by telephone: the number and what to say are below.")
    )
    sentence = " ".join(filter(None, [said % {"service": choice.name.service}, told]))
    return redirect(request, "referral", say=sentence, referral_id=referral.id)


async def _send(
    request: Req, session: AsyncSession, settings: Settings, actor: Actor, choice: Choice, agreed: SendForm,
    paper: bytes, now: datetime,
) -> Referral:  # fmt: skip
    """Raises Conflict("already_open") where another window was quicker."""
    service_id = choice.match.offer.service_id
    chosen = _theirs(choice) or await choices.sent(session, actor, choice.need, service_id, agreed.override_reason, now)
    kept = snapshot(
        choice.asked.person, choice.asked.need, choice.match, choice.asked.today, override=agreed.override_reason,
        position=_position(request), chosen=chosen,
    )  # fmt: skip
    ending = choice.agreement.ends(agreed.until(now), agreed.ends_with)
    text = choice.agreement.text(agreed.scope, agreed.direction, agreed.sensitivity, ending)
    proof = signing.evidence(session, settings, choice.client.id, agreed, paper, now)
    return await actions.send(session, actor, choice.client, choice.need, choice.match, agreed, text, kept, now, proof)


async def choice_for(session: AsyncSession, actor: Actor, need_id: UUID, service_id: UUID, now: datetime) -> Choice:
    """Everything about one service chosen for one need. Raises NotFound."""
    need, client = await clients.get_need(session, actor, need_id)
    today, words = in_zone(now).date(), await vocabulary(session)
    asked = await queries.asked(session, client, need, today)
    match = await queries.match_one(session, asked, service_id)
    name = await queries.name_of(session, service_id)
    who = await identity.read(session, client.id)
    contacts = await identity.contacts(session, client.id)
    age = clients.age_on(client, who, today)
    with speaking(client.language):
        read_out = await queries.name_of(session, service_id)
    to = await disclosing.receiving(session, client.id, need, service_id, match.offer.organization_id, now)
    told = agreement(client, need, who, contacts, age, read_out.service, read_out.organization, words, to.sensitivity)
    instead = await _instead(session, asked, service_id) if _no_room(match) else None
    latest = await choices.latest(session, actor, need.id)
    theirs = latest if latest is not None and latest.chosen_by == "client" else None
    other = await _other_choice(session, theirs, service_id)
    spoken = await disclosing.language_of(session, service_id, actor.language)
    return Choice(
        client, need, asked, match, name, told, words, instead, theirs, other, to,
        await disclosing.asks(session, service_id), tuple(await disclosing.unwritten(session, to, spoken)),
        await contact.reachable(session, client.id),
    )  # fmt: skip


def _theirs(choice: Choice) -> Chosen | None:
    """Their own choice, where it is this service."""
    here = choice.theirs is not None and choice.theirs.service_id == choice.match.offer.service_id
    return choice.theirs if here else None


async def _other_choice(session: AsyncSession, theirs: Chosen | None, service_id: UUID) -> Instead | None:
    """What they chose, where it is another service that is still there."""
    if theirs is None or theirs.service_id == service_id:
        return None
    try:
        name = await queries.name_of(session, theirs.service_id)
    except NotFound:
        return None
    return Instead(name.service, name.organization, theirs.service_id)


def _no_room(match: Match) -> bool:
    """They said lately that they are full, or that nobody begins there in time."""
    return match.finding("H11").excludes


async def _instead(session: AsyncSession, asked: Asked, service_id: UUID) -> Instead | None:
    found = (await queries.proposals(session, asked))[0]
    best = next((one for one in found.ranked if one.offer.service_id != service_id), None)
    if best is None:
        return None
    name = await queries.name_of(session, best.offer.service_id)
    return Instead(name.service, name.organization, best.offer.service_id)


def _look_at_all_of_it(choice: Choice, form: forms.Filled[SendForm]) -> None:
    """What only a look at the match can tell."""
    asked = form.ok
    offered = {told.code for told in (*choice.agreement.before, *choice.agreement.after)}
    if not set(asked.scope) <= offered:
        form.refuse("before", _("This is not one of the choices."))
    elif set(asked.sensitivity) != choice.to.sensitivity:
        form.refuse(
            "sensitivity", _("The request tells this by itself. Unless they agree to each of these, it cannot be sent.")
        )
    elif choice.unwritten:
        form.refuse("", _("Nothing can be sent there yet: the reason is above."))
    elif asked.method == "link" and not choice.reachable:
        form.refuse(
            "method", _("There is no safe way to send them a link. Mark one as safe first, or ask them in another way.")
        )
    elif _blocked(choice.match):
        form.refuse("", _("This service cannot take them: the reason is above."))
    elif needs_guardian(choice.match) and asked.grantor != "representative":
        form.refuse("grantor", _("Somebody who may decide for them has to agree first: say who, and by what right."))
    elif choice.match.failures and asked.override_reason is None:
        form.refuse("override_reason", _("Please say why you send it all the same."))


def needs_guardian(match: Match) -> bool:
    """Theirs is an age at which somebody else agrees, and the file does not say that anybody has."""
    return match.finding("H16").code == "guardian_consent"


def _blocked(match: Match) -> bool:
    return any(finding.cls is Class.ABSOLUTE for finding in match.failures)


def _position(request: Req) -> int | None:
    asked = request.query_params.get("position", "")
    return int(asked) if asked.isdigit() and len(asked) < 4 else None


def _methods(choice: Choice) -> list[tuple[str, str]]:
    here = [(code, _(label)) for code, label in METHODS.items()]
    return [*here, ("link", _(ALONE))] if choice.reachable else here


async def _form_page(request: Req, choice: Choice, form: forms.Filled[SendForm], *, status: int = 200) -> Template:
    match, words = choice.match, choice.words
    whole = cards.missed if match.failures else cards.card
    return page(
        request, "matching/send.html", status=status, form=form, client=choice.client, need=choice.need,
        name=choice.asked.cited, person_line=person_line(choice.client, choice.asked.person, words),
        card=whole(match, _position(request) or 0, choice.name, choice.asked.person, words), to_ask=cards.all_checks(match, words),
        blocked=_blocked(match), failing=bool(match.failures), guardian=needs_guardian(match), agreement=choice.agreement, named=choice.name,
        need_label=words.label("need", choice.need.term, current_language()), position=_position(request),
        only_phone=not match.offer.has_email, unreachable=not match.offer.has_email and not match.offer.has_phone,
        methods=_methods(choice), unwritten=[_(notices.TITLES[code]) for code in choice.unwritten],
        overrides=[(code, _(label)) for code, label in OVERRIDES.items()],
        lasts=[(code, _(label)) for code, label in LASTS.items()], no_room=_no_room(match), instead=choice.instead,
        theirs=choices.told(choice.theirs, choice.asked.cited) if choice.theirs and _theirs(choice) else "",
        other_choice=choice.other, full=match.finding("H11").code == "full", said_on=match.finding("H11").dated,
    )  # fmt: skip
