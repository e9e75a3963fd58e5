"""Opening hours: weekly slots as sentences, open or not, and when next. Pure; speaks the language being spoken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from referrals.kit.db import Json
from referrals.kit.html import clock, listed, locale
from referrals.kit.i18n import gettext as _

DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY_END: Final = time(23, 59)
"""How a slot is written that lasts until midnight."""
_ZONES: Final = {"FR": "Europe/Paris", "GB": "Europe/London", "US": "America/New_York", "CA": "America/Toronto"}


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """`day`: 0 is Monday. A slot that closes before it opens runs into the next day."""

    day: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Opening:
    """Open until `at`, or closed until `at`; None: always open."""

    open: bool
    at: datetime | None


def zone(country: str | None) -> ZoneInfo:
    """The clock on the wall there. Countries of several zones are counted by their most peopled one."""
    return ZoneInfo(_ZONES.get(country or "", "Europe/Paris"))


def slots(weekly: Iterable[Json]) -> tuple[Slot, ...]:
    """From a listing's `slots`."""
    found = {
        Slot(DAYS.index(day), time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"]))
        for row in weekly
        for day in row["days"]
        if day in DAYS
    }
    return tuple(sorted(found))


def opening(week: Sequence[Slot], local: datetime) -> Opening | None:
    """`local` is on the clock of the place. None where no hours are known."""
    if not week:
        return None
    spans = _joined(_spans(week, local))
    if len(spans) == 1 and spans[0][1] - spans[0][0] >= timedelta(days=8):
        return Opening(True, None)
    for begins, ends in spans:
        if local < begins:
            return Opening(False, begins)
        if local < ends:
            return Opening(True, ends)
    return None


def said(now: Opening | None, local: datetime) -> str:
    """`Open until 17:00`, `Opens at 14:00`, `Opens on Tuesday at 9:00`."""
    if now is None:
        return ""
    if now.at is None:
        return _("Open day and night")
    at = clock(now.at.time())
    if now.open:
        return _("Open until %(time)s") % {"time": at if now.at.time() != time(0) else _("midnight")}
    days = (now.at.date() - local.date()).days
    if days == 0:
        return _("Opens at %(time)s") % {"time": at}
    if days == 1:
        return _("Opens tomorrow at %(time)s") % {"time": at}
    return _("Opens on %(day)s at %(time)s") % {"day": _day(now.at.weekday()), "time": at}


def sentences(week: Sequence[Slot]) -> list[str]:
    """`Monday to Friday, 9:00–12:00 and 14:00–17:00`: days with the same hours together, in the order of the week."""
    by_day = {day: tuple(_range(slot) for slot in week if slot.day == day) for day in range(7)}
    groups: dict[tuple[str, ...], list[int]] = {}
    for day, ranges in by_day.items():
        if ranges:
            groups.setdefault(ranges, []).append(day)
    return [
        _("%(days)s, %(hours)s") % {"days": _capital(_days(days)), "hours": listed(list(ranges))}
        for ranges, days in groups.items()
    ]


def _range(slot: Slot) -> str:
    if slot.opens == time(0) and slot.closes in (DAY_END, time(0)):
        return _("day and night")
    closes = _("midnight") if slot.closes in (DAY_END, time(0)) else clock(slot.closes)
    return f"{clock(slot.opens)}–{closes}"


def _days(days: list[int]) -> str:
    if len(days) == 7:
        return _("every day")
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return _("%(first)s to %(last)s") % {"first": _day(days[0]), "last": _day(days[-1])}
    return listed([_day(day) for day in days])


def _day(day: int) -> str:
    name: str = locale().days["format"]["wide"][day]
    return name


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _spans(week: Sequence[Slot], local: datetime) -> list[tuple[datetime, datetime]]:
    """Every slot from yesterday to a week and a day from now, as moments."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    spans = []
    for ahead in range(-1, 9):
        day = midnight + timedelta(days=ahead)
        for slot in week:
            if slot.day == day.weekday():
                begins = day + timedelta(hours=slot.opens.hour, minutes=slot.opens.minute)
                ends = day + timedelta(hours=slot.closes.hour, minutes=slot.closes.minute)
                if slot.closes == DAY_END or slot.closes <= slot.opens:
                    ends = day + timedelta(days=1) if slot.closes == DAY_END else ends + timedelta(days=1)
                spans.append((begins, ends))
    return sorted(spans)


def _joined(spans: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Until midnight and on from midnight is one span."""
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in spans:
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined
