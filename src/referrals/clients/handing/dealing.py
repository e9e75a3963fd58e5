"""Pure: from which moment to which somebody stands in, and how people are shared out among several colleagues."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from referrals.kit.html import ZONE

LONGEST: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Period:
    """From the beginning of a day to the end of another. `until` is the first moment that is no longer in it."""

    since: datetime
    until: datetime


def period(first: date, last: date) -> Period:
    return Period(
        datetime.combine(first, time(), ZONE), datetime.combine(last + timedelta(days=1), time(), ZONE),
    )  # fmt: skip


def last_day(until: datetime) -> date:
    """The last day on which somebody stands in, as people say it."""
    return (until.astimezone(ZONE) - timedelta(seconds=1)).date()


def dealt(weights: Mapping[UUID, int], to: Sequence[UUID]) -> dict[UUID, UUID]:
    """Person -> colleague: those with the most open needs first, each to whoever has the least so far."""
    load = dict.fromkeys(to, 0)
    given: dict[UUID, UUID] = {}
    for person, weight in sorted(weights.items(), key=lambda one: (-one[1], str(one[0]))):
        whom = min(load, key=lambda id: (load[id], to.index(id)))
        given[person] = whom
        load[whom] += weight + 1
    return given
