"""The receiver's page, put together: the same for a signed link, a letter's code and an account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import agreed_words
from referrals.clients.consent import AFTER_ACCEPTANCE
from referrals.kit import forms
from referrals.kit.crypto import new_token
from referrals.kit.errors import Conflict
from referrals.kit.html import addresses
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Req, jinja, page
from referrals.kit.settings import Settings
from referrals.taxonomy.queries import vocabulary
from referrals.tracking import actions, answers, disclosing, labels, messages, papers, queries, telling_back, unrecorded
from referrals.tracking.actions import codes
from referrals.tracking.actions.codes import Proof
from referrals.tracking.actions.links import Held, Opened
from referrals.tracking.appointments.details import zone_of
from referrals.tracking.appointments.showing import NONE, visits_there
from referrals.tracking.beside import following
from referrals.tracking.calendars import calendar, day_there
from referrals.tracking.goals_shared import shared_goals
from referrals.tracking.inbox.showing import Hand, hand
from referrals.tracking.lifecycle import OPEN, TERMINAL, WAITING, By, Status
from referrals.tracking.models import Referral
from referrals.tracking.queries.receiver import Shown, fields_now
from referrals.tracking.reasons import OTHER
from referrals.tracking.said import Party
from referrals.tracking.telling_back import Telling
from referrals.tracking.unrecorded import Typed

TICKETS = "relais_proof"
MOST_TICKETS = 4


@dataclass(frozen=True, slots=True)
class Back:
    """Where this page lives, for its own links: the same page serves the signed link and the account."""

    page: str
    answer: str
    seen: str
    words: str
    paper: Mapping[UUID, str]
    code: str = ""
    open: str = ""
    waiting: str = ""
    times: str = ""
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whoever has the page before them. `address` is empty for a letter and for an account."""

    back: Back
    proof: Proof
    address: str = ""
    language: str = ""
    account: bool = False
    hand: Hand | None = None
    """With an account: in whose hands it is."""


class WordsForm(forms.Form):
    words: str
    key: str

    def problems(self) -> dict[str, str]:
        return too_long(self.words)


def too_long(words: str, field: str = "words") -> dict[str, str]:
    return {field: _("Please keep it under 2,000 characters.")} if len(words) > messages.LONGEST else {}


async def by_link(
    request: Req, session: AsyncSession, settings: Settings, held: Held, token: str, now: datetime
) -> Reader:
    url = addresses(jinja(request))

    def at(name: str) -> str:
        return url(name, token=token)

    there = await papers.of(session, held.referral.id)
    back = Back(
        page=at("receiver"), answer=at("receiver-answer"), seen=at("receiver-seen"), words=at("receiver-words"),
        paper={one.id: url("receiver-paper", token=token, file_id=one.id) for one in there},
        code=at("receiver-send-code"), open=at("receiver-type-code"), waiting=at("receiver-waiting"),
        times=at("receiver-times"), calendar=at("receiver-calendar"),
    )  # fmt: skip
    proof = await codes.proof(session, settings.secret, tickets(request), held.address, held.referral.id, now)
    return Reader(back, proof, held.address, held.language)


async def by_account(request: Req, session: AsyncSession, referral_id: UUID) -> Reader:
    """They have signed in: that is the second proof."""
    url = addresses(jinja(request))

    def at(name: str) -> str:
        return url(name, referral_id=referral_id)

    there = await papers.of(session, referral_id)
    back = Back(
        page=at("received-one"), answer=at("received-answer"), seen=at("received-seen"), words=at("received-words"),
        paper={one.id: url("received-paper", referral_id=referral_id, file_id=one.id) for one in there},
        times=at("received-times"), calendar=at("received-calendar"),
    )  # fmt: skip
    return Reader(back, Proof.ALL, account=True, hand=await hand(session, referral_id, request.user, url))


def tickets(request: Req) -> list[str]:
    """What this browser has proven so far, the newest first."""
    return [one for one in request.cookies.get(TICKETS, "").split("~") if one][:MOST_TICKETS]


def ended_page(request: Req, found: Held | Opened, renew: str, token: str) -> Template:
    """A link that ran out or was replaced: one button, and no word about whom it was for."""
    by_letter = isinstance(found, Held) and not found.address
    return page(
        request, "tracking/link-ended.html", renew=renew, token=token, replaced=found.replaced, by_letter=by_letter,
        status=410,
    )  # fmt: skip


async def record_answer(
    request: Req, session: AsyncSession, referral: Referral, party: Party, now: datetime, reader: Reader
) -> Template | None:
    """Record what was answered. None when it stands; a page when the form lacks something or somebody was quicker."""
    form = await forms.read(request, answers.FORM[await telling_back.agreed(session, referral, now)])
    if form.value is None:
        return await show(request, session, referral, now, reader, form=form, status=422)
    try:
        repeated = await actions.already_said(session, referral, form.value.key)
        if repeated:
            return None
        if form.value.seen != referral.position:
            raise Conflict("already_answered")
        steps = answers.read(form, referral, party, now, await zone_of(session, referral.service_id))
        if form.errors:
            return await show(request, session, referral, now, reader, form=form, status=422)
        for event, said in steps:
            await actions.act(session, referral, event, party, said, now)
    except Conflict:
        typed = unrecorded.answered(form, form_options(form.raw["event"], referral, now), By.PROVIDER)
        return await show(request, session, referral, now, reader, quicker=True, typed=typed, status=409)
    referral.seen_at = referral.seen_at or now
    return None


async def show(
    request: Req, session: AsyncSession, referral: Referral, now: datetime, reader: Reader, *,
    form: forms.Filled[Any] | None = None, words_form: forms.Filled[WordsForm] | None = None, quicker: bool = False,
    typed: Sequence[Typed] = (), code_problem: str = "", status: int = 200,
) -> Template:  # fmt: skip
    about = await queries.shown(session, referral, now)
    kept_back = reader.proof is Proof.NONE and identifies(about)
    if reader.proof is Proof.NONE:
        about = without_identity(about)
    words = await vocabulary(session)
    spoken = current_language()
    asked = form.raw["event"] if form else request.query_params.get("answer", "") if not quicker else ""
    telling = await telling_back.agreed(session, referral, now)
    chosen = answers.choice(referral, By.PROVIDER, asked, telling)
    agreed = about.agreed and referral.status in OPEN
    lines = await messages.thread(session, referral, "receiver", identified="no" if kept_back else "yes")
    seen = await papers.visible(session, referral, now, identified="no" if kept_back else "yes") if agreed else []
    offered = answers.choices(referral, By.PROVIDER)
    visits = await visits_there(session, referral, now) if agreed else NONE
    large = answers.MAIN - ({"schedule"} if visits.offer and visits.offer.times else set())  # it is the person's turn
    waiting_codes = await codes.living(session, reader.address, referral.id, now) if kept_back else []
    return page(
        request, "tracking/received-one.html" if reader.account else "tracking/receiver.html",
        fragment="tracking/_receiver.html", status=status, referral=referral, about=about, back=reader.back,
        quicker=quicker, unrecorded=typed, chosen=chosen, form=form or answers.blank(referral, new_token(), asked, now),
        lacking=await following(request).lacking(session, referral),
        main=[one for one in offered if one.event in large],
        more=[one for one in offered if one.event not in large],
        options=form_options(asked, referral, now, telling), codes_alone=telling is Telling.CODES, need_label=words.label("need", about.need, spoken) if about.need else "",
        funding=[words.label("funding", code, spoken) for code in about.funding],
        goals=await shared_goals(session, referral, now) if chosen and chosen.event == "complete" and not kept_back and reader.proof is not Proof.NONE else [],
        visits=visits,
        thread=lines if agreed else [], reply=_reply(lines) if agreed and referral.status == Status.SENT else None, papers=seen, by_link=not reader.account,
        writes=referral.status in OPEN - {Status.SENT} and telling is Telling.EVERYTHING, words_form=words_form or forms.blank(WordsForm, key=new_token()),
        errors=(form.errors if form else {}) or (words_form.errors if words_form else {}) or ({"code": code_problem} if code_problem else {}),
        unseen=await disclosing.unseen(session, referral, _seen_by(about.fields, reader)), told=agreed_words.fields(about.fields),
        zone=calendar(referral.calendar).zone, received=day_there(referral.calendar, referral.sent_at), due=day_there(referral.calendar, referral.due_at),
        hand=reader.hand, kept_back=kept_back, code_waits=bool(waiting_codes), code_problem=code_problem, sent_to=masked(reader.address),
        waiting=referral.status in WAITING, status_label=labels.receiver_label, open=referral.status not in TERMINAL,
    )  # fmt: skip


def _reply(lines: Sequence[messages.Line]) -> messages.Line | None:
    """What was answered to their question, where that is the last word."""
    return lines[-1] if lines and lines[-1].by != "receiver" else None


async def read_by(session: AsyncSession, referral: Referral, reader: Reader, now: datetime) -> None:
    """The visible page was before somebody's eyes: what of the person it showed is written down, the first time."""
    shown = await fields_now(session, referral, now)
    await disclosing.viewed(session, referral, _seen_by(shown, reader), now)


def _seen_by(fields: frozenset[str], reader: Reader) -> frozenset[str]:
    return fields - set(AFTER_ACCEPTANCE) if reader.proof is Proof.NONE else fields


NOBODY = {
    "name": None, "birth_date": None, "phones": (), "emails": (), "address": None, "notes": None,
}  # fmt: skip
"""What only somebody sees who has proven twice who they are."""


def identifies(about: Shown) -> bool:
    return any(getattr(about, field) for field in NOBODY)


def without_identity(about: Shown) -> Shown:
    return replace(about, name=None, birth_date=None, phones=(), emails=(), address=None, notes=None)


_JOINED = "\u2060…\u2060"
"""No line ends beside it."""


def masked(address: str) -> str:
    """`d…k@carrick.example.org`: enough to know which mailbox to look into."""
    name, at, host = address.partition("@")
    last = name[-1:] if len(name) > 2 else ""
    return f"{name[:1]}{_JOINED}{last}{at}{host}" if at else ""


def form_options(
    event: str, referral: Referral, now: datetime, telling: Telling = Telling.EVERYTHING
) -> dict[str, list[tuple[str, str]]]:
    """The choices inside the form of an answer. Another reason is said in words, where words may be said."""
    reasons, there = labels.REASONS.get(event, {}), calendar(referral.calendar)
    offered = [code for code in reasons if code != OTHER or telling is Telling.EVERYTHING]
    return {
        "reason": labels.options(reasons, offered), "barrier": labels.options(labels.BARRIER),
        "outcome": labels.options(labels.OUTCOME), "why_not": labels.options(labels.NOT_ALL),
        "next_step": labels.options(labels.NEXT_STEP), "channel": labels.options(labels.CHANNEL),
        "pick": answers.days_ahead(referral.urgency, now.astimezone(there.zone).date(), there), "wait": answers.waits(),
    }  # fmt: skip
