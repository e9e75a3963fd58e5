"""Working days of France, the United Kingdom and Canada, each with its parts, and the time of day there. Pure.

A working day lasts from midnight to midnight: what was asked on a Tuesday at three and may take two working days is due
on Thursday at three. What arrives on a day off has arrived at nine on the next working day.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

OPENS: Final = time(9)
CLOSES: Final = time(17)
"""A promised day is over when offices close."""
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`FR`, `FR-57`, `GB-SCT`, `CA-QC`: which days are worked there, and which zone its clocks follow."""

    code: str

    @property
    def zone(self) -> ZoneInfo:
        return _zone(self.code)

    def works(self, day: date) -> bool:
        return day.weekday() < 5 and day not in _holidays(self.code, day.year)

    def after(self, start: datetime, working: timedelta) -> datetime:
        """`working` later; one day of it is one working day."""
        at = self._arrived(start)
        whole, rest = divmod(working, DAY)
        day = at.date()
        for _ in range(whole):
            day = self._next(day)
        end = datetime.combine(day, at.time()) + rest
        if not self.works(end.date()):
            end = datetime.combine(self._next(end.date()), end.time())
        return self._moment(end)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time has passed; what `after` adds to `start` to come to `end`."""
        first, last = self._arrived(start), self._arrived(end)
        if last <= first:
            return timedelta()
        days, day = 0, first.date()
        while day < last.date():
            day = self._next(day)
            days += 1
        clocks = datetime.combine(first.date(), last.time()) - first
        return days * DAY + clocks

    def hours_after(self, start: datetime, hours: float) -> datetime:
        """So many hours later; where nobody works then, at nine on the next working day."""
        return self._moment(self._arrived(self._arrives(start) + timedelta(hours=hours)))

    def days_after(self, start: datetime, days: int) -> datetime:
        """The same time of day so many days later, whether clocks changed meanwhile or not."""
        return self._moment(start.astimezone(self.zone).replace(tzinfo=None) + timedelta(days=days))

    def close_of(self, day: date) -> datetime:
        return self._moment(datetime.combine(day, CLOSES))

    def open_of(self, day: date) -> datetime:
        """When offices open on that day, or on the next that is worked."""
        return self._arrives(datetime.combine(day, OPENS, self.zone))

    def _arrives(self, start: datetime) -> datetime:
        """In UTC, where hours are hours."""
        return self._moment(self._arrived(start))

    def _arrived(self, start: datetime) -> datetime:
        """On the clock of the wall there, moved to the next working morning where it fell on a day off."""
        local = start.astimezone(self.zone).replace(tzinfo=None, fold=0)
        return local if self.works(local.date()) else datetime.combine(self._next(local.date()), OPENS)

    def _moment(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def _next(self, day: date) -> date:
        day += DAY
        while not self.works(day):
            day += DAY
        return day


def of_place(country: str | None, postcode: str | None, otherwise: str = "FR") -> str:
    """The calendar's code for an address; `otherwise` where it does not say its country or says one that we do not keep."""
    known = (country or otherwise).upper()
    if known not in _PART:
        known = otherwise if otherwise in _PART else "FR"
        postcode = None
    part = _PART[known](_letters(postcode))
    return f"{known}-{part}" if part else known


def _letters(postcode: str | None) -> str:
    return (postcode or "").upper().replace(" ", "")


def _of_france(postcode: str) -> str:
    """Alsace and Moselle have two days more; each of the territories overseas has its own."""
    return _FRENCH.get(postcode[:3], "") or _FRENCH.get(postcode[:2], "") if len(postcode) == 5 else ""


def _of_the_united_kingdom(postcode: str) -> str:
    area = postcode[:2] if postcode[1:2].isalpha() else postcode[:1]
    return _BRITISH.get(area, "ENG")


def _of_canada(postcode: str) -> str:
    if postcode[:1] == "X":
        return "NU" if postcode[:3] in ("X0A", "X0B", "X0C") else "NT"
    return _CANADIAN.get(postcode[:1], "")


_PART = {"FR": _of_france, "GB": _of_the_united_kingdom, "CA": _of_canada}
_FRENCH = {"57": "57", "67": "6AE", "68": "6AE", "971": "971", "972": "972", "973": "973", "974": "974", "976": "976"}
_BRITISH = {
    **dict.fromkeys(("AB", "DD", "DG", "EH", "FK", "G", "HS", "IV", "KA", "KW", "KY", "ML", "PA", "PH", "TD", "ZE"), "SCT"),
    **dict.fromkeys(("CF", "LD", "LL", "NP", "SA"), "WLS"), "BT": "NIR",
}  # fmt: skip
_CANADIAN = {
    "A": "NL", "B": "NS", "C": "PE", "E": "NB", "G": "QC", "H": "QC", "J": "QC", "K": "ON", "L": "ON", "M": "ON",
    "N": "ON", "P": "ON", "R": "MB", "S": "SK", "T": "AB", "V": "BC", "Y": "YT",
}  # fmt: skip
_ZONES: Final = {
    "FR": "Europe/Paris", "FR-971": "America/Guadeloupe", "FR-972": "America/Martinique", "FR-973": "America/Cayenne",
    "FR-974": "Indian/Reunion", "FR-976": "Indian/Mayotte", "GB": "Europe/London", "CA": "America/Toronto",
    "CA-NL": "America/St_Johns", "CA-NS": "America/Halifax", "CA-PE": "America/Halifax", "CA-NB": "America/Moncton",
    "CA-MB": "America/Winnipeg", "CA-SK": "America/Regina", "CA-AB": "America/Edmonton", "CA-BC": "America/Vancouver",
    "CA-YT": "America/Whitehorse", "CA-NT": "America/Yellowknife", "CA-NU": "America/Iqaluit",
}  # fmt: skip
"""Where a part has several zones, the one in which most people live."""


def day_there(code: str, at: datetime | None) -> date | None:
    """Which day that moment falls on, on the clock of that calendar."""
    return at.astimezone(calendar(code).zone).date() if at else None


@cache
def calendar(code: str) -> Calendar:
    return Calendar(code)


@cache
def _zone(code: str) -> ZoneInfo:
    return ZoneInfo(_ZONES.get(code) or _ZONES[code.partition("-")[0]])


@cache
def _holidays(code: str, year: int) -> frozenset[date]:
    country, _, part = code.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
