"""The clock on the wall where somebody is expected, and a moment in words. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location

from referrals.directory import hours
from referrals.kit.html import ZONE, clock, locale, short_day, written_day
from referrals.kit.i18n import gettext as _

_CANADIAN: Final = {
    "A": "America/St_Johns", "B": "America/Halifax", "C": "America/Halifax", "E": "America/Moncton",
    "G": "America/Toronto", "H": "America/Toronto", "J": "America/Toronto", "K": "America/Toronto",
    "L": "America/Toronto", "M": "America/Toronto", "N": "America/Toronto", "P": "America/Toronto",
    "R": "America/Winnipeg", "S": "America/Regina", "T": "America/Edmonton", "V": "America/Vancouver",
    "X": "America/Yellowknife", "Y": "America/Whitehorse",
}  # fmt: skip
"""First letter of a postcode -> the clock of most of the province."""
_NUNAVUT: Final = ("X0A", "X0B", "X0C")


class NoSuchTime(ValueError):
    """The clocks go forward over it: no clock on that wall ever shows this time."""


def zone_at(country: str | None, postcode: str | None) -> ZoneInfo:
    """The clock there. Where nothing is known of the place it is ours."""
    code = (postcode or "").upper().strip()
    if country == "CA" and code:
        name = "America/Iqaluit" if code.startswith(_NUNAVUT) else _CANADIAN.get(code[:1], "America/Toronto")
        return ZoneInfo(name)
    return hours.zone(country, postcode)


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which the clock there shows this, in UTC. Shown twice: the first time. Raises NoSuchTime."""
    local = datetime.combine(day, at, zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime
    return moment


def days_before(moment: datetime, days: int, at: time, zone: ZoneInfo) -> datetime:
    """So many days earlier by the calendar on that wall, at this hour: 24 hours are not always a day."""
    return datetime.combine(moment.astimezone(zone).date() - timedelta(days=days), at, zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class When:
    """A moment in words: `day` and `time` apart for large letters, `note` where the reader's own clock shows another time."""

    day: str
    time: str
    note: str = ""

    def __str__(self) -> str:
        text = _("%(day)s at %(time)s") % {"day": self.day, "time": self.time}
        return f"{text} ({self.note})" if self.note else text


def told(moment: datetime, zone: ZoneInfo, reader: ZoneInfo = ZONE) -> When:
    """As people say it: `Friday 27 November`, `14:30`; the place's own time, and that it is so where it matters."""
    local = moment.astimezone(zone)
    notes = []
    if local.utcoffset() != moment.astimezone(reader).utcoffset():
        notes.append(_("local time in %(city)s") % {"city": city(zone)})
    if _shown_twice(local):
        notes.append(_("after the clocks go back") if local.fold else _("before the clocks go back"))
    return When(written_day(local.date(), "EEEE d MMMM"), _unbroken(clock(local.time())), ", ".join(notes))


def in_short(moment: datetime | None, zone: str | None, reader: ZoneInfo = ZONE) -> str:
    """`4 Dec at 14:30` on the clock there, with its town where the reader's shows another time."""
    if moment is None:
        return ""
    there = ZoneInfo(zone) if zone else ZONE
    when = told(moment, there, reader)
    text = _("%(day)s at %(time)s") % {"day": short_day(moment.astimezone(there).date()), "time": when.time}
    return f"{text} ({when.note})" if when.note else text


def whose_clock(zone: ZoneInfo, moments: Sequence[datetime], reader: ZoneInfo) -> str:
    """Said once beside several times: whose clock they are on, where the reader's shows another for any of them."""
    differ = any(one.astimezone(zone).utcoffset() != one.astimezone(reader).utcoffset() for one in moments)
    return _("local time in %(city)s") % {"city": city(zone)} if differ else ""


def city(zone: ZoneInfo) -> str:
    """The town after which the clock is named, in the language being spoken."""
    return get_timezone_location(zone, locale=locale(), return_city=True)


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _shown_twice(local: datetime) -> bool:
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
