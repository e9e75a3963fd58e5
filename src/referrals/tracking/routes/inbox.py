"""The inbox of a receiver with an account: queues, filters, whose hands a request is in, and answering several at once."""

from collections.abc import Mapping, Sequence
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
from referrals.accounts.guards import Who, requires_provider
from referrals.accounts.models import Role
from referrals.kit import forms
from referrals.kit.crypto import new_token
from referrals.kit.errors import Conflict, NotFound
from referrals.kit.html import addresses, short_day
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, jinja, page, redirect
from referrals.kit.text import fold
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary
from referrals.tracking import answers, labels, queries
from referrals.tracking.calendars import day_there
from referrals.tracking.heard_told import heard_by
from referrals.tracking.inbox import asked, in_hand, several
from referrals.tracking.inbox.asked import Ask, Queue
from referrals.tracking.inbox.several import Result, Several
from referrals.tracking.lifecycle import TERMINAL, By
from referrals.tracking.queries.inbox import MOST_COUNTED, Inbox, Received

QUEUES: Mapping[Queue, str] = {
    Queue.ANSWER: N_("To answer"), Queue.ASKED: N_("You asked"), Queue.UNDER_WAY: N_("Under way"),
    Queue.WAITING_LIST: N_("Waiting list"), Queue.DONE: N_("What is over"),
}  # fmt: skip
EMPTY: Mapping[Queue, tuple[str, str]] = {
    Queue.ANSWER: (N_("Everything is answered"), N_("New requests come in here, the urgent ones first.")),
    Queue.ASKED: (N_("No question is open"), N_("What you asked a sender stands here until they have answered.")),
    Queue.UNDER_WAY: (N_("Nothing is under way"), N_("Whomever you say yes to stands here until it is done.")),
    Queue.WAITING_LIST: (N_("Nobody is waiting"), N_("Whomever you put on the waiting list stands here.")),
    Queue.DONE: (N_("Nothing is over yet"), N_("What is done, declined or taken back stands here.")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row as the page draws it."""

    id: UUID
    title: str
    text: str
    kind: str
    badges: tuple[tuple[str, str], ...]
    href: str
    picked: str
    accept: str = ""
    decline: str = ""
    result: Result | None = None


class OneForm(forms.Form):
    """`seen`: in whose hands the page showed it."""

    to: str
    seen: str = ""


@get("/my-services/referrals", name="received", guards=[requires_provider])
async def received(request: Req, session: Db, actor: Who, now: Now) -> Template:
    return await _page(request, session, actor, now, asked.read(request.query_params))


@post("/my-services/referrals/several", name="answer-several", guards=[requires_provider], status_code=200)
async def answer_several(request: Req, session: Db, actor: Who, now: Now) -> Template:
    """The page comes back with a line for each: what stands, and what does not and why."""
    form = await forms.read(request, Several)
    ask = asked.read(request.query_params)
    if form.value is None:
        return await _page(request, session, actor, now, ask, form=form, status=422)
    results = await several.do(session, actor, form.value, now)
    return await _page(request, session, actor, now, ask, results=results, done=form.value.do)


@post(
    "/my-services/referrals/{referral_id:uuid}/in-hand", name="take-in-hand", guards=[requires_provider],
    status_code=303,
)  # fmt: skip
async def take(request: Req, session: Db, actor: Who, now: Now, referral_id: FromPath[UUID]) -> Redirect:
    """One click: it is mine now, or a colleague's, or nobody's again."""
    referral = await queries.get(session, actor, referral_id, Role.PROVIDER_EDITOR)
    form = await forms.read(request, OneForm)
    if form.value is None:
        said, kind = _("Please choose a colleague."), "attention"
        return redirect(request, "received-one", say=said, kind=kind, referral_id=referral_id)
    to, seen = form.value.to, form.value.seen
    try:
        if to == in_hand.NOBODY:
            await in_hand.put_back(session, referral, actor, now, seen=seen)
            return redirect(request, "received-one", say=_("It is nobody’s now."), referral_id=referral_id)
        whom = actor.id if to == "me" else _colleague(to)
        await in_hand.give(session, referral, whom, actor, now, seen=seen)
    except Conflict:
        said = _("A colleague has taken it in hand a moment before. Take it over if you wish.")
        return redirect(request, "received-one", say=said, kind="attention", referral_id=referral_id)
    name = (await accounts.names(session, [whom])).get(whom, "")
    said = _("It is in your hands now.") if whom == actor.id else _("%(name)s has it in hand now.") % {"name": name}
    return redirect(request, "received-one", say=said, referral_id=referral_id)


routes: list[HTTPRouteHandler] = [received, answer_several, take]


def _colleague(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("colleague") from None


async def _page(
    request: Req, session: AsyncSession, actor: Actor, now: datetime, ask: Ask, *,
    form: forms.Filled[Several] | None = None, results: Sequence[Result] = (), done: str = "", status: int = 200,
) -> Template:  # fmt: skip
    words = await vocabulary(session)
    inbox = await queries.received(session, actor, now, ask, _needs(ask.words, words))
    url = addresses(jinja(request))
    became = {one.referral_id: one for one in results}
    lines = [_line(one, inbox, words, url, actor, now, became.get(one.referral.id)) for one in inbox.rows]
    return page(
        request, "tracking/received.html", status=status, ask=ask, inbox=inbox, lines=lines, Queue=Queue, most=MOST_COUNTED,
        tabs=_tabs(inbox, ask, url), empty=[_(text) for text in EMPTY[ask.queue]],
        here=url("answer-several", query=ask.query()), waits=answers.waits(), results=_told(results, lines),
        went=len(results) - len(several.failed(results)), failed=len(several.failed(results)), done=done,
        form=form or forms.blank(Several, key=new_token()), picks=list(form.raw["pick"]) if form else [],
        reasons=labels.options(labels.DECLINE), services=_services(inbox), whose=_whose(inbox, actor),
        colleagues=[(str(one.id), one.name) for one in inbox.colleagues],
        bulk=_bulk(ask), pager=_pager(inbox, ask, url), heard_here=await heard_by(session, actor),
    )  # fmt: skip


def _needs(typed: str, words: Vocabulary) -> list[str]:
    """The needs whose name in the reader's language holds these words."""
    sought = fold(typed)
    if not sought:
        return []
    spoken = current_language()
    return [term.code for term in words if term.taxonomy == "need" and sought in fold(term.label(spoken))]


def _line(
    one: Received, inbox: Inbox, words: Vocabulary, url: Any, actor: Actor, now: datetime, result: Result | None
) -> Line:
    referral, spoken = one.referral, current_language()
    service = one.service.text("name", spoken)
    need = words.label("need", one.need, spoken) if one.need else ""
    title = " · ".join(part for part in (one.name, need) if part) or service
    href = url("received-one", referral_id=referral.id)
    open_ = referral.status not in TERMINAL
    text = [service] if title != service else []
    text += [one.area] if one.area else []
    text += [_("received on %(day)s") % {"day": short_day(day_there(referral.calendar, referral.sent_at))}]
    text += (
        [_("answer by %(day)s") % {"day": short_day(day_there(referral.calendar, referral.due_at))}]
        if referral.status == "sent" and referral.due_at
        else []
    )
    why = labels.reason_label(one.event or "", one.reason)
    text += [why] if why and not open_ else []
    may = {choice.event for choice in answers.choices(referral, By.PROVIDER)}
    return Line(
        referral.id, title, " · ".join(text), _kind(one, now), tuple(_badges(one, inbox, actor, now)), href,
        several.picked(referral, one.in_hand), f"{href}?answer=accept" if "accept" in may else "",
        f"{href}?answer=decline" if "decline" in may else "", result,
    )  # fmt: skip


def _late(one: Received, now: datetime) -> bool:
    return one.referral.status not in TERMINAL and one.referral.due_at is not None and one.referral.due_at <= now


def _kind(one: Received, now: datetime) -> str:
    if one.referral.status in TERMINAL:
        return labels.KIND.get(one.referral.status, "plain")
    return "stop" if one.referral.urgency == "urgent" else "attention" if _late(one, now) else "brand"


def _badges(one: Received, inbox: Inbox, actor: Actor, now: datetime) -> list[tuple[str, str]]:
    """What tells rows of one queue apart: how pressing, where it stands, in whose hands."""
    referral = one.referral
    found = [(_("Urgent"), "stop")] if referral.urgency == "urgent" and referral.status not in TERMINAL else []
    found += [(_("Late"), "attention")] if _late(one, now) else []
    if referral.status != "sent":
        found.append((labels.receiver_label(referral.status), labels.KIND.get(referral.status, "plain")))
    if one.in_hand:
        mine = one.in_hand == actor.id
        found.append((_("Mine"), "good") if mine else (inbox.names.get(one.in_hand, _("A former colleague")), "plain"))
    return found


def _tabs(inbox: Inbox, ask: Ask, url: Any) -> list[dict[str, object]]:
    return [
        {
            "title": _(label), "subtitle": _count(inbox.counts.get(queue)), "current": queue is ask.queue,
            "url": url("received", query=ask.at(queue).query()),
        }
        for queue, label in QUEUES.items()
    ]  # fmt: skip


def _count(number: int | None) -> str:
    if number is None:
        return ""
    return _("%(most)d and more") % {"most": MOST_COUNTED} if number == MOST_COUNTED else str(number)


def _services(inbox: Inbox) -> list[tuple[str, str]]:
    return [(str(one.id), one.text("name", current_language())) for one in inbox.services]


def _whose(inbox: Inbox, actor: Actor) -> list[tuple[str, str]]:
    others = [(str(one.id), one.name) for one in inbox.colleagues if one.id != actor.id]
    return [("mine", _("In my hands")), ("nobody", _("In nobody’s hands")), *others]


def _bulk(ask: Ask) -> list[tuple[str, str]]:
    """What may be done with several of this queue at once."""
    can = {
        "accept_waitlist": _("Put on the waiting list"), "decline": _("Decline, with one reason"),
        "assign": _("Give to a colleague"),
    }  # fmt: skip
    fits = {Queue.ANSWER: tuple(can), Queue.ASKED: tuple(can), Queue.DONE: ()}
    return [(code, can[code]) for code in fits.get(ask.queue, ("assign",))]


@dataclass(frozen=True, slots=True)
class Told:
    title: str
    href: str
    why: str


def _told(results: Sequence[Result], lines: Sequence[Line]) -> list[Told]:
    """What failed, by the row's own words; a row that is not on this page any more has none."""
    by_id = {line.id: line for line in lines}
    return [
        Told(line.title if (line := by_id.get(one.referral_id)) else _("A request"), line.href if line else "", one.why)
        for one in results if one.why
    ]  # fmt: skip


def _pager(inbox: Inbox, ask: Ask, url: Any) -> tuple[str, str, str] | None:
    if inbox.previous is None and inbox.next is None:
        return None
    back = url("received", query=ask.query(before=inbox.previous)) if inbox.previous else ""
    on = url("received", query=ask.query(after=inbox.next)) if inbox.next else ""
    return "", back, on
