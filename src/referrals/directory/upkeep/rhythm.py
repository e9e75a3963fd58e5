"""When a listing is asked after, when a reminder follows, and when silence is left alone. Pure; all times are days."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

USUAL: Final = 6
"""Months between two checks where nobody chose otherwise."""
RHYTHMS: Final = (1, 3, 6, 12)
PLACES: Final = (14, 30)
"""Days after which a provider may want to be asked about its places apart."""
REMINDERS: Final = (timedelta(days=7), timedelta(days=21))
"""After the first mail of a round. Then nothing more until the next round."""
GRACE: Final = timedelta(days=28)
"""From the day a check was due to the day its lack is shown to everybody: the last reminder has had its week by then."""
WEEK: Final = timedelta(days=7)
"""The least time between two of our mails to one address."""
REPEATABLE: Final = timedelta(days=31)
"""Up to this age "nothing has changed" says the places again; what is older has to be answered anew."""


class Ask(StrEnum):
    FIRST = "first"
    REMINDER = "reminder"
    PLACES = "places"
    """Only whether there is room."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one listing stands. `checked`: its last check, or the day we first saw it."""

    checked: date
    months: int = USUAL
    asked: date | None = None
    """First mail of the present or the last round."""
    asks: int = 0
    places_days: int | None = None
    places_said: date | None = None
    places_asked: date | None = None


def check_by(checked: date, months: int) -> date:
    """The day by which somebody should look again: the same day of a later month, or that month's last."""
    year, month = divmod(checked.year * 12 + checked.month - 1 + months, 12)
    return date(year, month + 1, min(checked.day, monthrange(year, month + 1)[1]))


def is_overdue(by: date | None, today: date) -> bool:
    """Past its date, reminders and all: shown as such, and a curator's matter."""
    return by is not None and today > by + GRACE


def what_to_ask(standing: Standing, today: date) -> Ask | None:
    """What a mail of today would be about, were there one."""
    if today >= next_ask(standing):
        fresh_round = _answered(standing) or standing.asks > len(REMINDERS)
        return Ask.FIRST if fresh_round else Ask.REMINDER
    return Ask.PLACES if _places_are_due(standing, today) else None


def next_ask(standing: Standing) -> date:
    """The earliest day of the next mail about the listing itself."""
    if standing.asked is None or _answered(standing):
        return check_by(standing.checked, standing.months)
    if standing.asks <= len(REMINDERS):
        return standing.asked + REMINDERS[standing.asks - 1]
    return check_by(standing.asked, standing.months)


def may_write(last: date | None, today: date) -> bool:
    """No address gets two of our mails within a week."""
    return last is None or today - last >= WEEK


def _answered(standing: Standing) -> bool:
    return standing.asked is None or standing.checked >= standing.asked


def _places_are_due(standing: Standing, today: date) -> bool:
    """Once after each answer about places, and never again until the next one."""
    days, said, asked = standing.places_days, standing.places_said, standing.places_asked
    if days is None:
        return False
    if said is None:
        return asked is None
    return (asked is None or asked <= said) and today - said >= timedelta(days=days)
