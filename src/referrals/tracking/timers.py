"""Which timers each state has: who is reminded when, when somebody must look, and when time itself answers. Pure.

Every open state has at least one, and so has an attempt that failed, until something is decided for its need. The
receiver's own time to answer stands still while we are the ones who owe: see `answer_time_spent`. The person themselves
is asked and reminded by `outcomes` and `appointments`, through the gateway.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from referrals.tracking.calendars import Calendar
from referrals.tracking.lifecycle import Status

Stage = Literal["answer", "contact", "booking", "review", "progress"]
"""What a service may have its own time for."""


class Rings(StrEnum):
    """What a timer does when its moment comes."""

    RECEIVER = "receiver"
    """The receiver is written to once more."""
    CASE_MANAGER = "case_manager"
    """It stands on the case manager's day; nothing is sent."""
    SUPERVISOR = "supervisor"
    """The supervisor is told that it stands still."""
    SYSTEM = "system"
    """Time answers: an event of its own."""


@dataclass(frozen=True, slots=True)
class Span:
    """`working` days of the calendar of whoever must act, or plain days or hours."""

    working: float = 0
    days: int = 0
    hours: int = 0

    def after(self, start: datetime, calendar: Calendar, spent: timedelta = timedelta()) -> datetime:
        """`spent`: how much of it had passed before."""
        if self.working:
            return calendar.after(start, max(timedelta(days=self.working) - spent, timedelta()))
        return calendar.hours_after(start, self.hours) if self.hours else calendar.days_after(start, self.days)

    @property
    def length(self) -> timedelta:
        return timedelta(days=self.working or self.days, hours=self.hours)


@dataclass(frozen=True, slots=True)
class Rule:
    """One timer of a state. `late`: from then on it counts as late. `again`: it rings after each such span anew."""

    kind: str
    rings: Rings
    urgent: Span | None
    routine: Span | None
    late: bool = False
    again: bool = False
    stage: Stage | None = None
    share: float = 1.0
    """Of a service's own time, where it has one."""
    by: Literal["receiver", "sender"] = "receiver"
    """Whose working days count."""


@dataclass(frozen=True, slots=True)
class Timer:
    kind: str
    due_at: datetime
    late: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """What the timers of a state depend on, as it was when the state was entered."""

    status: str
    urgency: str
    at: datetime
    receiver: Calendar
    sender: Calendar
    promised: date | None = None
    """The day named for the first contact, the review or the return."""
    appointment: datetime | None = None
    spent: timedelta = timedelta()
    """Of the receiver's time to answer."""
    pace: Mapping[str, int] | None = None
    """Stage -> days, where the service has its own."""


def _W(working: float) -> Span:
    return Span(working=working)


def _D(days: int) -> Span:
    return Span(days=days)


def _H(hours: int) -> Span:
    return Span(hours=hours)


_CM, _TO, _UP, _IT = Rings.CASE_MANAGER, Rings.RECEIVER, Rings.SUPERVISOR, Rings.SYSTEM
_UNDECIDED = (
    Rule("decide", _CM, _W(1), _W(2), by="sender"),
    Rule("escalate", _UP, _W(2), _W(4), by="sender"),
)
RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    Status.DRAFT: (Rule("nudge", _CM, _D(14), _D(14), late=True),),
    Status.AWAITING_CONSENT: (
        Rule("ask_again", _CM, None, _D(3)),
        Rule("ask_last", _CM, _D(1), _D(7), late=True),
        Rule("consent_timeout", _IT, _D(14), _D(14)),
    ),
    Status.SENT: (
        Rule("remind", _TO, _H(4), _W(2), stage="answer", share=0.2),
        Rule("remind_again", _TO, _W(1), _W(5), stage="answer", share=0.5, late=True),
        Rule("expire", _IT, _W(2), _W(10), stage="answer"),
    ),
    Status.INFO_REQUESTED: (
        Rule("reply", _CM, _H(4), _W(2), late=True, by="sender"),
        Rule("escalate", _UP, _W(1), _W(5), by="sender"),
        Rule("expire", _IT, _W(10), _W(10), by="sender"),
    ),
    Status.ACCEPTED: (Rule("first_contact", _CM, _W(1), _W(5), late=True, stage="contact"),),
    Status.WAITLISTED: (Rule("review", _CM, _D(7), _D(30), late=True, again=True, stage="review"),),
    Status.SCHEDULED: (
        Rule("ask_attendance", _TO, _D(1), _D(1)),
        Rule("attendance", _CM, _D(2), _D(2), late=True),
    ),
    Status.REBOOKING: (Rule("rebook", _CM, _W(2), _W(5), late=True, stage="booking"),),
    Status.IN_SERVICE: (Rule("progress", _CM, _D(14), _D(30), late=True, again=True, stage="progress"),),
    Status.ON_HOLD: (Rule("resume", _CM, _D(30), _D(30), late=True, again=True),),
    Status.CANCEL_REQUESTED: (Rule("confirm_cancel", _IT, _W(1), _W(5), late=True),),
    Status.COMPLETED: (
        Rule("verdict", _CM, _W(10), _W(10), late=True, by="sender"),
        Rule("escalate", _UP, _W(15), _W(15), by="sender"),
        Rule("auto_close", _IT, _D(30), _D(30)),
    ),
    Status.DECLINED: _UNDECIDED, Status.EXPIRED: _UNDECIDED, Status.CANCELLED: _UNDECIDED, Status.NOT_COMPLETED: _UNDECIDED,
}  # fmt: skip
PROMISED: Final = frozenset({"first_contact", "review", "resume"})
"""Where somebody has named the day: that day counts instead of the span."""
AROUND: Final = frozenset({"ask_attendance", "attendance"})
"""Counted from the appointment."""
LEAST_LEFT: Final = timedelta(days=1)
"""However much time had passed before a question: after our reply there is one working day at least."""


def timers(entered: Entered) -> tuple[Timer, ...]:
    """Every timer of this state, the first to ring first."""
    set_ = [timer for rule in RULES.get(entered.status, ()) if (timer := _timer(rule, entered))]
    return tuple(sorted(set_, key=lambda one: one.due_at))


def late_at(set_: Sequence[Timer]) -> datetime | None:
    """From when on it is late; where that was before already, when time answers. None once the story has ended."""
    return next((one.due_at for one in set_ if one.late), None)


def next_round(entered: Entered, kind: str, rung: datetime) -> Timer | None:
    """What repeats rings again after the same span; None for what rings once."""
    rule = next(rule for rule in RULES[entered.status] if rule.kind == kind)
    span = _span(rule, entered)
    if not rule.again or span is None:
        return None
    return Timer(kind, span.after(rung, _calendar(rule, entered)), rule.late)


def looked_at_again(status: str) -> Rule | None:
    """The timer of a status that goes on for long: again and again somebody looks whether it is still so."""
    return next((rule for rule in RULES.get(status, ()) if rule.again), None)


def rings(status: str, kind: str) -> Rings | None:
    return next((rule.rings for rule in RULES.get(status, ()) if rule.kind == kind), None)


def answer_time_spent(entered: datetime, asked: datetime, receiver: Calendar) -> timedelta:
    """Working time that passed between the two: what the receiver has used of its time before it asked something."""
    return receiver.between(entered, asked)


def _timer(rule: Rule, entered: Entered) -> Timer | None:
    due = _due(rule, entered)
    over = entered.spent and entered.status == Status.SENT and rule.rings is Rings.SYSTEM
    return Timer(rule.kind, due, rule.late or bool(over)) if due else None


def _due(rule: Rule, entered: Entered) -> datetime | None:
    span, calendar = _span(rule, entered), _calendar(rule, entered)
    if span is None:
        return None
    if rule.kind in AROUND:
        due = span.after(entered.appointment or entered.at, calendar)
        return max(due, entered.at) if rule.late or due > entered.at else None
    if rule.kind in PROMISED and entered.promised is not None:
        return calendar.close_of(entered.promised)
    if entered.status == Status.SENT and entered.spent:
        return _rest(rule, span, entered)
    return span.after(entered.at, calendar)


def _rest(rule: Rule, span: Span, entered: Entered) -> datetime | None:
    """After our reply: what is left of the time. A reminder whose time was over before is not sent again."""
    if rule.rings is Rings.SYSTEM:
        return entered.receiver.after(entered.at, max(span.length - entered.spent, LEAST_LEFT))
    if span.hours or span.length <= entered.spent:
        return None
    return span.after(entered.at, entered.receiver, entered.spent)


def _span(rule: Rule, entered: Entered) -> Span | None:
    usual = rule.urgent if entered.urgency == "urgent" else rule.routine
    own = (entered.pace or {}).get(rule.stage or "")
    if usual is None or own is None or usual.hours:
        return usual
    return Span(working=own * rule.share) if usual.working else Span(days=own)


def _calendar(rule: Rule, entered: Entered) -> Calendar:
    return entered.sender if rule.by == "sender" else entered.receiver
