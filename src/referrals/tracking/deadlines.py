"""When whoever must act next should have acted, and when the house stops waiting. Pure.

Days marked `working` are Mondays to Fridays; public holidays come with the calendars of the four countries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from referrals.tracking.lifecycle import TERMINAL, Status

END_OF_DAY = time(17, tzinfo=UTC)
"""Until an organization can say where it is, a promised day is over at the close of a western European office."""


@dataclass(frozen=True, slots=True)
class Span:
    working: int = 0
    days: int = 0
    hours: int = 0

    def since(self, start: datetime) -> datetime:
        end = start + timedelta(days=self.days, hours=self.hours)
        left = self.working
        while left or (self.hours and end.weekday() > 4):
            end += timedelta(days=1)
            left -= left > 0 and end.weekday() < 5
        return end


@dataclass(frozen=True, slots=True)
class Timer:
    """`due`: the next one to act is late. `ends`: nobody waits any longer and the story goes on by itself."""

    due: Span
    ends: Span | None = None


URGENT, ROUTINE = 0, 1
TIMERS: Mapping[str, tuple[Timer, Timer]] = {
    Status.DRAFT:            (Timer(Span(days=14)), Timer(Span(days=14))),
    Status.AWAITING_CONSENT: (Timer(Span(days=1), Span(days=14)), Timer(Span(days=7), Span(days=14))),
    Status.SENT:             (Timer(Span(working=1), Span(working=2)), Timer(Span(working=5), Span(working=10))),
    Status.INFO_REQUESTED:   (Timer(Span(hours=4), Span(working=10)), Timer(Span(working=2), Span(working=10))),
    Status.ACCEPTED:         (Timer(Span(working=1)), Timer(Span(working=5))),
    Status.WAITLISTED:       (Timer(Span(days=7)), Timer(Span(days=30))),
    Status.SCHEDULED:        (Timer(Span(days=2)), Timer(Span(days=2))),
    Status.REBOOKING:        (Timer(Span(working=2)), Timer(Span(working=5))),
    Status.IN_SERVICE:       (Timer(Span(days=14)), Timer(Span(days=30))),
    Status.ON_HOLD:          (Timer(Span(days=30)), Timer(Span(days=30))),
    Status.CANCEL_REQUESTED: (Timer(Span(working=1), Span(working=1)), Timer(Span(working=5), Span(working=5))),
    Status.COMPLETED:        (Timer(Span(working=10), Span(days=30)), Timer(Span(working=10), Span(days=30))),
}  # fmt: skip

PROMISED = frozenset({Status.ACCEPTED, Status.WAITLISTED, Status.ON_HOLD})
"""Where somebody has named the day: that day counts instead of the timer."""


def due(status: str, urgency: str, since: datetime, promised: date | datetime | None = None) -> datetime | None:
    """When this status, entered at `since`, calls for somebody. None once the story has ended.

    `promised`: the day named for the first contact, the review or the return; for `scheduled` the appointment itself,
    after which its outcome is asked two days later.
    """
    if status in TERMINAL:
        return None
    timer = _timer(status, urgency)
    if promised is None:
        return timer.due.since(since)
    named = promised if isinstance(promised, datetime) else datetime.combine(promised, END_OF_DAY)
    if status == Status.SCHEDULED:
        return timer.due.since(named)
    return named if status in PROMISED else timer.due.since(since)


def ends(status: str, urgency: str, since: datetime) -> datetime | None:
    """When silence itself becomes the answer; None where it never does."""
    if status in TERMINAL:
        return None
    span = _timer(status, urgency).ends
    return span.since(since) if span else None


def _timer(status: str, urgency: str) -> Timer:
    return TIMERS[status][URGENT if urgency == "urgent" else ROUTINE]
