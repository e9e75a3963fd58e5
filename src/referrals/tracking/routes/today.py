"""The case manager's first page: what waits, in order, with the next step on the button. And the supervisor's numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from litestar import get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Template
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.accounts.guards import Who, requires_case_manager, requires_supervisor
from referrals.clients.contacting import again, calls
from referrals.clients.handing import people
from referrals.clients.handing import queries as handing
from referrals.directory.questions.told import answers_for
from referrals.kit.html import Addresses, addresses, ago, day, in_zone
from referrals.kit.i18n import N_, current_language, ngettext
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Db, Now, Req, jinja, page
from referrals.taxonomy.queries import vocabulary
from referrals.taxonomy.vocabulary import Vocabulary
from referrals.tracking import labels, queries, story
from referrals.tracking.afterwards import afterwards, to_close_once_settled
from referrals.tracking.appointments.clocks import in_short
from referrals.tracking.beside import NextBest
from referrals.tracking.calendars import calendar
from referrals.tracking.lifecycle import TERMINAL, Status
from referrals.tracking.models import Referral
from referrals.tracking.next_best import in_a_line, ready_today
from referrals.tracking.queries import Colleague, Day, Task, Times, Waiting
from referrals.tracking.queries.outcomes import after_the_end
from referrals.tracking.renamed import renamed
from referrals.tracking.review_here import ReviewHere, review_here


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the page draws it."""

    title: str
    text: str
    badge: str
    kind: str
    href: str
    action: str
    action_url: str
    next_best: NextBest | None = None
    review: ReviewHere | None = None


@get("/today", name="today", guards=[requires_case_manager])
async def today(request: Req, session: Db, actor: Who, now: Now) -> Template:
    day_, next_ = await ready_today(request, session, await queries.today(session, actor, now), now)
    words = await vocabulary(session)
    url = addresses(jinja(request))
    said = await after_the_end(session, actor)
    differing = to_close_once_settled(said)
    first = next((task for task in day_.tasks if task.referral is not None), None)
    return page(
        request, "tracking/today.html", day=day_, lead=_lead(day_),
        lines=[
            *afterwards(said, words, url),
            *(
                _with_next(_line(task, words, url, now), next_.get(task.need.id)) for task in day_.tasks
                if task.waiting != Waiting.ANSWERED or task.need.id not in differing
            ),
        ],
        moving=[_line(task, words, url, now) for task in day_.moving],
        first=f"{first.name} · {_need(first, words)}" if first else "",
        timeline=await _timeline(session, first, now) if first else [],
        answers=await answers_for(session, actor.id, words, url), calls=await calls.waiting(session, actor), to_ask=await again.to_ask(session, actor, now),
        taken=len(await handing.taken_over(session, actor, now)),
    )  # fmt: skip


@get("/team", name="team", guards=[requires_supervisor])
async def team(request: Req, session: Db, actor: Who, now: Now) -> Template:
    colleagues = await queries.team(session, actor, now)
    there = await people.shown(session, actor, now)
    return page(
        request, "tracking/team.html", lines=[_colleague(one) for one in colleagues], there=there, stuck=sum(one.without_disposition for one in colleagues),
        overdue=sum(one.overdue for one in colleagues), open=sum(one.open for one in colleagues),
    )  # fmt: skip


routes: list[HTTPRouteHandler] = [today, team]


@dataclass(frozen=True, slots=True)
class TeamLine:
    id: UUID
    name: str
    text: str
    badge: str
    kind: str
    people: int


def _colleague(one: Colleague) -> TeamLine:
    """What is late and what stands still, if anything; then what moves."""
    moving = [
        ngettext("%(num)d person", "%(num)d people", one.people) % {"num": one.people},
        ngettext("%(num)d request is under way", "%(num)d requests are under way", one.open) % {"num": one.open},
        ngettext("%(num)d need closed this month", "%(num)d needs closed this month", one.closed_this_month)
        % {"num": one.closed_this_month},
    ]
    late = ngettext("%(num)d is late", "%(num)d are late", one.overdue) % {"num": one.overdue} if one.overdue else ""
    stuck = ngettext("%(num)d need stands still", "%(num)d needs stand still", one.without_disposition) % {
        "num": one.without_disposition
    }
    text = " · ".join([*moving, *([late] if late and one.without_disposition else [])])
    if one.without_disposition:
        return TeamLine(one.id, one.name, text, stuck, "stop", one.people)
    return TeamLine(one.id, one.name, text, late, "attention" if late else "good", one.people)


def _lead(day_: Day) -> str:
    people = ngettext("%(num)d person", "%(num)d people", day_.people) % {"num": day_.people}
    needs = ngettext("%(num)d open need", "%(num)d open needs", day_.open_needs) % {"num": day_.open_needs}
    closed = ngettext("%(num)d closed this month", "%(num)d closed this month", day_.closed_this_month)
    return " · ".join([people, needs, closed % {"num": day_.closed_this_month}])


async def _timeline(session: AsyncSession, task: Task, now: datetime) -> list[story.Item]:
    if task.referral is None:
        return []
    happened = await queries.timeline(session, task.referral)
    changed = await renamed(session, task.referral, task.service)
    return story.told(happened, task.referral, task.need, {}, now, to=_where(task), renamed=changed)


def _need(task: Task, words: Vocabulary) -> str:
    label = words.label("need", task.need.term, current_language())
    return label[:1].lower() + label[1:] if not label[:2].isupper() else label


@dataclass(frozen=True, slots=True)
class Doors:
    """Where a line may lead."""

    match: str
    close: str
    referral: str
    times: str


def _line(task: Task, words: Vocabulary, url: Addresses, now: datetime) -> Line:
    here = url("referral", referral_id=task.referral.id) if task.referral else url("match", need_id=task.need.id)
    times = url("referral-times", referral_id=task.referral.id) if task.referral else here
    doors = Doors(url("match", need_id=task.need.id), url("close-need", need_id=task.need.id), here, times)
    said = LINES[task.waiting](task, doors, now)
    return Line(
        f"{task.name} · {_need(task, words)}",
        _for_whom(task, said.text),
        said.badge,
        said.kind,
        here,
        said.action,
        said.to,
        review=review_here(task.referral, now, to=_where(task), back="today")
        if task.referral is not None and task.waiting == Waiting.SILENCE
        else None,
    )


def _with_next(line: Line, best: NextBest | None) -> Line:
    return line if best is None else replace(line, text=in_a_line(best), next_best=best)


def _for_whom(task: Task, text: str) -> str:
    """Whose person it is, where one stands in."""
    if not task.instead_of:
        return text
    return _("For %(name)s. %(text)s") % {"name": task.instead_of, "text": text}


@dataclass(frozen=True, slots=True)
class Says:
    """What a line says beside whom it is about."""

    text: str
    badge: str
    kind: str
    action: str
    to: str


def _stopped(task: Task, doors: Doors, now: datetime) -> Says:
    assert task.referral is not None
    ended = _OURS if task.reason == UNANSWERED else _ENDED.get(task.referral.status, _NOT_HELPED)
    text = _(ended) % {"service": _where(task)}
    return Says(text, _stopped_badge(task), "stop", _("See others"), doors.match)


_NOT_HELPED = N_("%(service)s could not help. The need is open again: look at what else there is.")
_ENDED: Mapping[str, str] = {
    Status.CANCELLED: N_("%(service)s is no longer asked. The need is open again: look at what else there is."),
    Status.EXPIRED: N_("%(service)s did not answer. The need is open again: look at what else there is."),
    Status.NOT_COMPLETED: N_("At %(service)s it came to nothing. The need is open again: look at what else there is."),
}
"""A service that was taken back from, or that nobody came to, did not fail to help."""
_OURS = N_("A question of %(service)s was not answered in time. The need is open again.")
UNANSWERED: Final = "info_not_provided"


def _question(task: Task, doors: Doors, now: datetime) -> Says:
    text = _("“%(words)s”") % {"words": task.question} if task.question else _where(task)
    return Says(text, _("Question from the service"), "attention", _("Reply"), doors.referral + "#answer")


def _silence(task: Task, doors: Doors, now: datetime) -> Says:
    if task.times == Times.CHOOSING:
        return Says(_not_chosen(task), _status(task), "attention", _("Look"), doors.referral + "#visit")
    return Says(_silent(task, now), _late(task, now), "attention", _("Call"), doors.referral + "#told")


def _not_chosen(task: Task) -> str:
    return _("%(service)s: %(name)s has not chosen yet among the proposed times.") % {
        "service": _where(task),
        "name": task.name,
    }


def _other_times(task: Task, doors: Doors, now: datetime) -> Says:
    assert task.referral is not None
    if task.times == Times.MOVE:
        said = _("%(name)s cannot come to %(service)s on %(moment)s. It stands until another time is chosen.")
    else:
        said = _("None of the times that %(service)s could offer suits %(name)s.")
    where = {"name": task.name, "service": _where(task), "moment": _appointment(task.referral)}
    return Says(said % where, _("Another time wanted"), "attention", _("Propose times"), doors.times)


def _appointment(referral: Referral) -> str:
    return in_short(referral.appointment_at, referral.appointment_zone, calendar(referral.sender_calendar).zone)


def _to_call(task: Task, doors: Doors, now: datetime) -> Says:
    number = task.referral.receiver_phone if task.referral else None
    text = _("%(service)s reads no mail from us: %(number)s.") if number else _("%(service)s reads no mail from us.")
    said = text % {"service": _where(task), "number": number}
    return Says(said, _("To call"), "brand", _("Call"), doors.referral + "#by-phone")


def _outcome(task: Task, doors: Doors, now: datetime) -> Says:
    visit = task.referral
    appointment = _appointment(visit) if visit else ""
    text = _("The appointment at %(service)s was on %(moment)s.") % {
        "moment": appointment,
        "service": _where(task),
    }
    return Says(text, _("How did it go?"), "attention", _("Ask"), doors.referral + "#told")


def _answered(task: Task, doors: Doors, now: datetime) -> Says:
    return Says(_both_voices(task), _("To close"), "good", _("Close"), doors.close)


def _done(task: Task, doors: Doors, now: datetime) -> Says:
    text = _("%(service)s says “done”. %(name)s has not been heard yet.") % {"service": _where(task), "name": task.name}
    return Says(text, _("To hear"), "good", _("Write down what they say"), doors.referral + "#voice")


def _unsent(task: Task, doors: Doors, now: datetime) -> Says:
    return Says(_where(task), _status(task), "brand", _("Open it"), doors.match)


def _themselves(task: Task, doors: Doors, now: datetime) -> Says:
    text = _("After %(service)s could not help, %(name)s wanted to see to it themselves.") % {
        "service": _where(task),
        "name": task.name,
    }
    return Says(text, _("How did it go?"), "attention", _("Say what became of it"), doors.close)


def _reopened(task: Task, doors: Doors, now: datetime) -> Says:
    return Says(
        _("It was closed, and it is there again."), _("Opened again"), "brand", _("Find a service"), doors.match
    )


def _no_referral(task: Task, doors: Doors, now: datetime) -> Says:
    return Says(_waiting_since(task, now), _("No service asked yet"), "brand", _("Find a service"), doors.match)


def _moving(task: Task, doors: Doors, now: datetime) -> Says:
    assert task.referral is not None
    if task.referral.status in TERMINAL:
        return Says(_("They see to it themselves."), _status(task), "plain", _("Open it"), doors.referral)
    choosing = task.times == Times.CHOOSING and task.referral.status != Status.SCHEDULED
    text = _not_chosen(task) if choosing else f"{_where(task)} · {story.next_step(task.referral, now)}"
    return Says(text, _status(task), labels.KIND.get(task.referral.status, "plain"), _("Open it"), doors.referral)


LINES: Mapping[Waiting, Callable[[Task, Doors, datetime], Says]] = {
    Waiting.STOPPED: _stopped, Waiting.QUESTION: _question, Waiting.TIMES: _other_times,
    Waiting.CALL: _to_call, Waiting.SILENCE: _silence, Waiting.OUTCOME: _outcome,
    Waiting.ANSWERED: _answered, Waiting.DONE: _done, Waiting.UNSENT: _unsent, Waiting.NO_REFERRAL: _no_referral,
    Waiting.THEMSELVES: _themselves, Waiting.REOPENED: _reopened,
    Waiting.MOVING: _moving,
}  # fmt: skip


def _status(task: Task) -> str:
    return labels.status_label(task.referral.status) if task.referral else ""


def _where(task: Task) -> str:
    return task.service.text("name", current_language()) if task.service else ""


def _stopped_badge(task: Task) -> str:
    assert task.referral is not None
    status = labels.status_label(task.referral.status)
    why = labels.reason_label(task.event or "", task.reason)
    if task.reason == UNANSWERED:
        return why
    if not why or task.referral.status == Status.EXPIRED:
        return status
    return _("%(status)s: %(why)s") % {"status": status, "why": why[:1].lower() + why[1:]}


def _silent(task: Task, now: datetime) -> str:
    assert task.referral is not None
    if (review := review_here(task.referral, now, to=_where(task))) is not None:
        return review.question
    where = {"service": _where(task), "day": day(task.referral.due_at)}
    if task.referral.status == Status.SENT:
        return _("%(service)s should have answered by %(day)s.") % where
    return _("%(service)s: something was due by %(day)s.") % where


def _late(task: Task, now: datetime) -> str:
    assert task.referral is not None
    days = story.days_late(task.referral.due_at, now)
    if task.referral.status != Status.SENT:
        return labels.status_label(task.referral.status)
    if days == 0:
        return _("No answer yet")
    return ngettext("No answer, %(num)d day late", "No answer, %(num)d days late", days) % {"num": days}


def _both_voices(task: Task) -> str:
    said = {
        "service": _where(task), "name": task.name, "received": labels.voice(labels.RECEIVED, task.received),
        "resolved": labels.voice(labels.RESOLVED, task.resolved),
    }  # fmt: skip
    return _("%(service)s says “done”. %(name)s: got the help, %(received)s; settled, %(resolved)s.") % said


def _waiting_since(task: Task, now: datetime) -> str:
    since = ago(task.need.created_at, in_zone(now).date())
    if task.need.need_by:
        return _("Opened %(ago)s, wished for before %(day)s.") % {"ago": since, "day": day(task.need.need_by)}
    return _("Opened %(ago)s.") % {"ago": since}
