"""A night is one: what lasts until midnight and goes on from midnight is told on the day on which it begins. Pure."""

from collections.abc import Iterable, Sequence
from datetime import time
from typing import Final

from referrals.directory.hours.model import DAY_END, Slot, Span

_NOON: Final = time(12)
"""A night begins after it and is over by then; what lasts longer is two parts of a day."""


def nights(week: Iterable[Slot]) -> list[Slot]:
    """The same week, its nights in one piece."""
    days: list[list[Span]] = [[] for _ in range(7)]
    for slot in sorted(week):
        days[slot.day].append(Span(slot.opens, slot.closes))
    return [
        Slot(day, span.opens, span.closes)
        for day, spans in enumerate(days)
        for span in of_day(spans, days[day - 1], days[(day + 1) % 7])
    ]


def of_day(spans: Sequence[Span], before: Sequence[Span], after: Sequence[Span]) -> tuple[Span, ...]:
    """What is told on one day, with what holds on the day before and on the day after it."""
    told_before = any(map(_evening, before))
    goes_on = next(filter(_morning, after), None)
    return tuple(
        Span(span.opens, goes_on.closes) if goes_on and _evening(span) else span
        for span in spans
        if not (told_before and _morning(span))
    )


def _evening(span: Span) -> bool:
    return span.opens >= _NOON and span.closes in (DAY_END, time(0))


def _morning(span: Span) -> bool:
    return span.opens == time(0) < span.closes <= _NOON


__all__ = ["nights", "of_day"]
