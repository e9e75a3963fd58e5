"""When services are open, as numbers that every engine and PostgreSQL can look up without reading a schedule. Pure.

The week is cut into quarters of an hour, and those into blocks of one, two, four … as in a tournament: a day from nine to
five is four blocks, and a moment lies in ten. A service is open where one of its blocks is one of the moment's, so that a
lookup of a few numbers answers. Beside the usual week stand the next weeks' days on which something else holds, shut or
open, each with its own blocks. The clock of the place is part of every number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from referrals.directory.hours import DAY_END, NOWHERE, Hours, Span, Where, on, zone

ZONES: Final = (
    "Europe/Paris", "Europe/London", "America/New_York", "America/Toronto", "America/Guadeloupe", "America/Martinique",
    "America/Cayenne", "Indian/Reunion", "America/Miquelon", "Indian/Mayotte", "Pacific/Tahiti", "Pacific/Noumea",
)  # fmt: skip
"""All clocks that `directory.hours` knows. Their places in this list are stored: only ever add at the end."""
AHEAD: Final = 35
"""Days, from the Monday before, that are looked at for something unusual."""
QUARTERS: Final = 96
"""Of an hour in a day."""
_WEEK: Final = 1024
_DAY: Final = 128
_CYCLE: Final = 1024
"""Days after which a day's number comes again: long after it was forgotten."""


@dataclass(frozen=True, slots=True)
class Openings:
    """`week`: blocks of the usual week; `dated`: days that are different, each by itself and with its blocks.

    `until`: the day up to which the dates are known; None where no day will ever be different.
    """

    week: tuple[int, ...] = ()
    dated: tuple[int, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """Open is whoever has one of `dated`, or one of `week` and none of `different`."""

    week: tuple[int, ...]
    dated: tuple[int, ...]
    different: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OpenAt:
    """A moment; or, without a time zone, an hour that strikes everywhere on the clock of the place."""

    at: datetime

    def keys(self) -> Keys:
        return _keys(self.at.replace(minute=self.at.minute // 15 * 15, second=0, microsecond=0))


def openings(hours: Hours, where: Where, today: date) -> Openings:
    """What is usual this week, and what is different within the next weeks. The same on all days of a week."""
    if not hours.known:
        return Openings()
    monday = today - timedelta(days=today.weekday())
    clock = ZONES.index(zone(where.country, where.postcode).key)
    return _openings(hours, clock, NOWHERE if _is_plain(hours) else where, monday)


def is_open(known: Openings, at: OpenAt) -> bool:
    """What the numbers say; every engine must say the same."""
    keys = at.keys()
    if set(keys.dated).intersection(known.dated):
        return True
    return bool(set(keys.week).intersection(known.week)) and not set(keys.different).intersection(known.dated)


def wait_minutes(known: Openings, at: OpenAt) -> int | None:
    """Until it is open next, 0 where it is; within a week, to a quarter of an hour. None where it is not, or nobody knows."""
    if not known.week and not known.dated:
        return None
    clock = (known.week[0] // (2 * _WEEK)) if known.week else (known.dated[0] >> 8) // _CYCLE
    local = at.at.astimezone(ZoneInfo(ZONES[clock])) if at.at.tzinfo else at.at
    now = local.hour * 4 + local.minute // 15
    usual = [_span(block % (2 * _WEEK), _WEEK) for block in known.week]
    for ahead in range(8):
        day = local.date() + timedelta(days=ahead)
        key = _dated(clock, day, 0)
        if key in known.dated:
            spans = [_span(block & 0xFF, _DAY) for block in known.dated if block >> 8 == key >> 8 and block & 0xFF]
        else:
            start = day.weekday() * QUARTERS
            spans = [(begin - start, end - start) for begin, end in usual if begin < start + QUARTERS and end > start]
        later = [max(begin, 0) for begin, end in spans if ahead or end > now]
        if later:
            return max(ahead * QUARTERS + min(later) - now, 0) * 15
    return None


@lru_cache(maxsize=4096)
def _openings(hours: Hours, clock: int, where: Where, today: date) -> Openings:
    """Many services keep the same hours."""
    usual = {day: _usual(hours, today, day) for day in range(7)}
    weekly = [(day * QUARTERS + begin, day * QUARTERS + end) for day, spans in usual.items() for begin, end in spans]
    week = tuple(clock * 2 * _WEEK + block for block in _blocks(weekly, _WEEK))
    if _is_plain(hours):
        return Openings(week)
    dated: list[int] = []
    for ahead in range(-1, AHEAD):
        day = today + timedelta(days=ahead)
        if (spans := _really(hours, day, where)) != usual[day.weekday()]:
            dated += [_dated(clock, day, 0), *(_dated(clock, day, block) for block in _blocks(spans, _DAY))]
    return Openings(week, tuple(dated), today + timedelta(days=AHEAD - 1))


@lru_cache(maxsize=64)
def _keys(at: datetime) -> Keys:
    week: list[int] = []
    dated: list[int] = []
    different: list[int] = []
    for number, name in enumerate(ZONES):
        local = at.astimezone(ZoneInfo(name)) if at.tzinfo else at
        quarter = local.hour * 4 + local.minute // 15
        week += [number * 2 * _WEEK + block for block in _around(local.weekday() * QUARTERS + quarter, _WEEK)]
        dated += [_dated(number, local.date(), block) for block in _around(quarter, _DAY)]
        different.append(_dated(number, local.date(), 0))
    return Keys(tuple(week), tuple(dated), tuple(different))


def _is_plain(hours: Hours) -> bool:
    """Every week the same for ever."""
    said = hours.specials or (hours.holidays and not hours.holidays.as_usual)
    always = all(
        rule.weekly and not (rule.start or rule.until or rule.valid_from or rule.valid_to) for rule in hours.rules
    )
    return always and not said


def _usual(hours: Hours, today: date, day: int) -> list[tuple[int, int]]:
    """The quarters of one day of the week (0 is Monday), by what comes back every week now."""

    def holds(of: int) -> list[Span]:
        return [
            rule.span
            for rule in hours.rules
            if any(slot.day == of for slot in rule.slots)
            and _now(rule.start, rule.valid_from, rule.until, rule.valid_to, today)
        ]

    return _merged([*_into_next(holds((day - 1) % 7)), *_of_day(holds(day))])


def _now(start: date | None, known_from: date | None, until: date | None, known_to: date | None, today: date) -> bool:
    begins, ends = [day for day in (start, known_from) if day], [day for day in (until, known_to) if day]
    return all(day <= today for day in begins) and all(day >= today for day in ends)


def _really(hours: Hours, day: date, where: Where) -> list[tuple[int, int]]:
    before, itself = on(hours, day - timedelta(days=1), where).spans, on(hours, day, where).spans
    return _merged([*_into_next(before), *_of_day(itself)])


def _of_day(spans: Iterable[Span]) -> Iterator[tuple[int, int]]:
    """Whole quarters only: nobody shall stand before a door that opens in ten minutes."""
    for span in spans:
        begin = _quarter(span.opens, up=14)
        yield begin, QUARTERS if _over_midnight(span) else _quarter(span.closes)


def _into_next(spans: Iterable[Span]) -> Iterator[tuple[int, int]]:
    """The part after midnight."""
    return ((0, _quarter(span.closes)) for span in spans if _over_midnight(span) and span.closes != DAY_END)


def _over_midnight(span: Span) -> bool:
    return span.closes == DAY_END or span.closes <= span.opens


def _quarter(at: time, up: int = 0) -> int:
    return (at.hour * 60 + at.minute + up) // 15


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _blocks(spans: Iterable[tuple[int, int]], leaves: int) -> list[int]:
    """The fewest blocks that hold exactly these quarters; block 1 is everything, 2n and 2n + 1 the halves of n."""
    found: list[int] = []
    for begin, end in _merged(spans):
        low, high = begin + leaves, end + leaves
        while low < high:
            if low % 2:
                found.append(low)
                low += 1
            if high % 2:
                high -= 1
                found.append(high)
            low //= 2
            high //= 2
    return sorted(found)


def _span(block: int, leaves: int) -> tuple[int, int]:
    """The quarters of a block."""
    wide = 1
    while block < leaves:
        block, wide = block * 2, wide * 2
    return block - leaves, block - leaves + wide


def _around(quarter: int, leaves: int) -> Iterator[int]:
    """Every block that a quarter lies in."""
    block = quarter + leaves
    while block:
        yield block
        block //= 2


def _dated(clock: int, day: date, block: int) -> int:
    """Block 0: the day as such is different."""
    return ((clock * _CYCLE + day.toordinal() % _CYCLE) << 8) | block
