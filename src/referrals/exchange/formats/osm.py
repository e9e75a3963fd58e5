"""Opening hours as OpenStreetMap writes them: a week of slots, where the rules come to one."""

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # its stubs leave the error out

from referrals.exchange.hours import DAYS, LAST_MINUTE, Slot

_ITSELF = re.compile(r"(?:[A-Z][a-z](?:[-,][A-Z][a-z])*\s+|24/7|PH\s|\d{1,2}:\d{2})")
_CHANGES = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|week|easter|SH|sunrise|sunset|dawn|dusk)\b|\[|\d{4}|\"|\|\|"
)
_HOLIDAYS = re.compile(r"\s*;\s*PH\s+(?:off|closed)\s*$|^\s*PH\s+(?:off|closed)\s*;\s*", re.IGNORECASE)
_MONDAY = datetime.combine(date(2026, 11, 16), time())  # any week: hours here know no zone
_MONDAY_AFTER = _MONDAY + timedelta(days=7)


@lru_cache(maxsize=4096)
def weekly(said: str) -> tuple[Slot, ...] | None:
    """`Mo-Fr 08:30-12:30,14:00-18:00; PH off`: the same every week. None when it is not OSM's way, or changes with the season."""
    rules = _HOLIDAYS.sub("", said.strip())
    if not _ITSELF.match(rules) or _CHANGES.search(rules):
        return None
    try:
        hours = OpeningHours(rules)
        intervals = [(begin, end, state) for begin, end, state, _ in hours.intervals(_MONDAY, _MONDAY_AFTER)]
    except (ParserError, ValueError, OverflowError):
        return None
    if any(state == State.UNKNOWN for _, _, state in intervals):
        return None
    days: dict[tuple[time, time], list[str]] = {}
    for begin, end, state in intervals:
        if state == State.OPEN and end is not None:
            for day, opens, closes in _by_day(begin, end):
                days.setdefault((opens, closes), []).append(day)
    return tuple(Slot(tuple(found), opens, closes) for (opens, closes), found in days.items()) or None


def closed_on_holidays(said: str) -> bool:
    return bool(_HOLIDAYS.search(said))


def _by_day(begin: datetime, end: datetime) -> list[tuple[str, time, time]]:
    """What goes on past midnight is two slots; 24 hours are 00:00 to 23:59."""
    found = []
    at = begin
    while at < end:
        midnight = datetime.combine(date(at.year, at.month, at.day) + timedelta(days=1), time())
        last = LAST_MINUTE if end >= midnight else end.time()
        found.append((DAYS[at.weekday()], at.time(), last))
        at = midnight
    return found
