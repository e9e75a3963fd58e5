"""Hours as HSDS schedules and back, without loss. What is convention of ours is written in docs/directory-profile.md."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any, Final

from referrals.directory.hours.model import (
    DAY_END,
    DAYS,
    MONTHLY,
    REASONS,
    WEEKLY,
    Hours,
    PublicHolidays,
    Rule,
    Slot,
    Span,
    Special,
    of_week,
)  # fmt: skip
from referrals.kit.db import Json

COLUMNS: Final = (
    "freq", "interval", "byday", "bymonthday", "byweekno", "byyearday", "wkst", "dtstart", "until", "count",
    "valid_from", "valid_to", "timezone", "opens_at", "closes_at", "description", "notes", "schedule_link",
    "attending_type",
)  # fmt: skip
_MORE: Final = ("description", "notes", "schedule_link", "attending_type", "timezone")
_CLOSED: Final = re.compile(r"(temporarily )?closed(?:: (.+))?", re.IGNORECASE | re.DOTALL)
_HOLIDAYS: Final = re.compile(r"(closed|open|other hours) on (?:public|bank) holidays\.?", re.IGNORECASE)
_OPEN: Final = re.compile(r"other hours(?:: (.+))?", re.IGNORECASE | re.DOTALL)
_BYDAY: Final = re.compile(r"(-?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_YEAR: Final = 12
"""Months: RRULE of HSDS knows weeks and months, so a year is twelve of them."""


def of(rows: Iterable[Mapping[str, Any]]) -> Hours:
    """From schedules, their columns as values or as ISO texts."""
    rules: list[Rule] = []
    dated: dict[tuple[date, date | None, bool, bool, str], list[Span]] = {}
    holidays: PublicHolidays | None = None
    others: list[tuple[tuple[str, str], ...]] = []
    for row in map(_told, rows):
        if found := _HOLIDAYS.fullmatch(row.get("description", "")) if _bare(row) else None:
            holidays = _merged(holidays, found[1].lower(), _span(row))
        elif (special := _special(row)) is not None:
            spans = dated.setdefault(
                (special.first, special.last, special.yearly, special.temporary, special.reason), []
            )
            spans += special.spans
        elif (rule := _rule(row)) is not None:
            rules.append(rule)
        elif row:
            others.append(tuple(sorted(row.items())))
    specials = [
        Special(first, last, tuple(sorted(set(spans))), yearly, reason, temporary)
        for (first, last, yearly, temporary, reason), spans in dated.items()
    ]
    return Hours(tuple(rules), tuple(sorted(_joined(specials), key=_order)), holidays, tuple(others))


def to(hours: Hours) -> list[Json]:
    """As schedules: texts and whole numbers, and nothing that is not said."""
    return [
        *(_of_rule(rule) for rule in hours.rules),
        *(row for special in hours.specials for row in _of_special(special)),
        *(_of_holidays(hours.holidays) if hours.holidays else ()),
        *(_typed(dict(other)) for other in hours.others),
    ]


def listed(slots: Sequence[Mapping[str, Any]], schedule: Sequence[Mapping[str, Any]]) -> Hours:
    """From a listing: its schedule, or where weekly slots say everything, those."""
    return of(schedule) if schedule else of_week(weekly(slots))


def weekly(slots: Iterable[Mapping[str, Any]]) -> tuple[Slot, ...]:
    """From a listing's `slots`."""
    found = {
        Slot(DAYS.index(day), time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"]))
        for row in slots
        for day in row["days"]
        if day in DAYS
    }
    return tuple(sorted(found))


def _told(row: Mapping[str, Any]) -> dict[str, str]:
    """The columns that say something, as texts."""
    return {name: text for name in COLUMNS if (value := row.get(name)) is not None and (text := _text(value))}


def _text(value: object) -> str:
    if isinstance(value, time):
        return value.isoformat("minutes") if not value.second else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value).strip()


def _rule(row: Mapping[str, str]) -> Rule | None:
    """None where any word of it cannot be reckoned with."""
    span, byday = _span(row), _byday(row.get("byday", ""))
    freq = row.get("freq", WEEKLY if byday else "").upper()
    numbers = {name: _numbers(row.get(name, "")) for name in ("bymonthday", "byweekno", "byyearday")}
    dates = {name: _date(row[name]) for name in ("dtstart", "until", "valid_from", "valid_to") if name in row}
    interval, count = _number(row.get("interval", "1")), _number(row["count"]) if "count" in row else 0
    read = span and byday is not None and freq in (WEEKLY, MONTHLY) and None not in (*numbers.values(), *dates.values())
    if not read or span is None or byday is None or not interval or count is None:
        return None
    monthday = numbers["bymonthday"] or ()
    if not (byday or monthday) or (freq == WEEKLY and (monthday or any(len(day) > 2 for day in byday))):
        return None
    return Rule(
        freq=freq, span=span, byday=byday, bymonthday=monthday, interval=interval, start=dates.get("dtstart"),
        until=dates.get("until"), count=count or None, valid_from=dates.get("valid_from"),
        valid_to=dates.get("valid_to"), byweekno=numbers["byweekno"] or (), byyearday=numbers["byyearday"] or (),
        wkst=row.get("wkst"), more=tuple((name, row[name]) for name in _MORE if name in row),
    )  # fmt: skip


def _special(row: Mapping[str, str]) -> Special | None:
    """A dated row: no rhythm but that of the year, and either hours or the word that it is closed."""
    if "dtstart" not in row or any(name in row for name in _NOT_DATED):
        return None
    said, span = row.get("description", ""), _span(row)
    closed, other = _CLOSED.fullmatch(said), _OPEN.fullmatch(said)
    timed = "opens_at" in row or "closes_at" in row
    if timed == bool(closed) or timed != bool(span) or (span and said and not other):
        return None
    why = (closed[2] if closed else other[1] if other else "") or ""
    dates = _yearly(row) if "freq" in row else _dates(row, endless=bool(closed and closed[1]))
    if dates is None:
        return None
    spans = (span,) if span else ()
    return Special(*dates, spans, "freq" in row, _code(why.strip()), temporary=bool(closed and closed[1]))


def _dates(row: Mapping[str, str], *, endless: bool) -> tuple[date, date | None] | None:
    """From one day to another; hours of one date have a day, and only a temporary closure has no end."""
    first, last = _date(row["dtstart"]), _date(row["until"]) if "until" in row else None
    if first is None or ("until" in row and last is None) or "interval" in row or "bymonthday" in row:
        return None
    last = last or (first if "opens_at" in row else None)
    return None if (last is None and not endless) or (last and last < first) else (first, last)


def _yearly(row: Mapping[str, str]) -> tuple[date, date] | None:
    """Every twelve months, on days of one month that follow each other."""
    first, days = _date(row["dtstart"]), _numbers(row.get("bymonthday", "")) or ()
    rhythm = (row["freq"].upper(), row.get("interval")) == (MONTHLY, str(_YEAR)) and "until" not in row
    temporary = row.get("description", "").lower().startswith("temporarily")
    if first is None or not days or not rhythm or temporary or first.day != days[0]:
        return None
    end = _same_month(first, days[-1])
    return (first, end) if end and days == tuple(range(days[0], days[-1] + 1)) else None


_NOT_DATED: Final = (
    "byday", "byweekno", "byyearday", "wkst", "count", "valid_from", "valid_to", "timezone", "notes", "schedule_link",
    "attending_type",
)  # fmt: skip


def _bare(row: Mapping[str, str]) -> bool:
    return not set(row) - {"description", "opens_at", "closes_at"}


def _merged(before: PublicHolidays | None, said: str, span: Span | None) -> PublicHolidays:
    spans = (*(before.spans if before else ()), *((span,) if span and said != "closed" else ()))
    return PublicHolidays(tuple(sorted(set(spans))), as_usual=said == "open" and not spans)


def _of_holidays(holidays: PublicHolidays) -> list[Json]:
    if holidays.as_usual:
        return [{"description": "Open on public holidays"}]
    if not holidays.spans:
        return [{"description": "Closed on public holidays"}]
    return [_spanned(span) | {"description": "Other hours on public holidays"} for span in holidays.spans]


def _of_rule(rule: Rule) -> Json:
    row = {
        "freq": rule.freq, "interval": rule.interval, "byday": ",".join(rule.byday), "wkst": rule.wkst,
        "bymonthday": _joined_numbers(rule.bymonthday), "byweekno": _joined_numbers(rule.byweekno),
        "byyearday": _joined_numbers(rule.byyearday), "dtstart": _iso(rule.start), "until": _iso(rule.until),
        "count": rule.count, "valid_from": _iso(rule.valid_from), "valid_to": _iso(rule.valid_to),
        **_spanned(rule.span), **_typed(dict(rule.more)),
    }  # fmt: skip
    return {name: row[name] for name in COLUMNS if row.get(name) not in (None, "")}


def _of_special(special: Special) -> list[Json]:
    word = ("Temporarily closed" if special.temporary else "Closed") if special.closed else "Other hours"
    told = {"description": f"{word}: {special.reason}" if special.reason else word}
    spans: list[Json] = [_spanned(span) for span in special.spans] or [{}]
    whens: list[Json] = (
        [
            {"freq": MONTHLY, "interval": _YEAR, "dtstart": first.isoformat(),
             "bymonthday": ",".join(str(day) for day in range(first.day, last.day + 1))}
            for first, last in _by_month(special.first, special.last or special.first)
        ]
        if special.yearly
        else [{"dtstart": special.first.isoformat(), **({"until": special.last.isoformat()} if special.last else {})}]
    )  # fmt: skip
    return [when | span | told for when in whens for span in spans]


def _by_month(first: date, last: date) -> list[tuple[date, date]]:
    """The part of the days that lies in each month."""
    parts = []
    while first <= last:
        end = min(last, (first.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1))
        parts.append((first, end))
        first = end + timedelta(days=1)
    return parts


def _joined(specials: list[Special]) -> list[Special]:
    """Yearly days that end with a month and go on with the next are one."""
    joined: list[Special] = []
    for one in sorted(specials, key=_order):
        before = next((other for other in joined if _goes_on(other, one)), None)
        if before:
            joined[joined.index(before)] = Special(before.first, one.last, one.spans, True, one.reason)
        else:
            joined.append(one)
    return joined


def _goes_on(before: Special, one: Special) -> bool:
    same = before.yearly and one.yearly and (before.spans, before.reason) == (one.spans, one.reason)
    return same and before.last is not None and before.last + timedelta(days=1) == one.first


def _order(special: Special) -> tuple[date, date, bool, str]:
    return special.first, special.last or date.max, special.yearly, special.reason


def _same_month(first: date, day: int) -> date | None:
    """None for the 31st of a month that has none."""
    try:
        return first.replace(day=day)
    except ValueError:
        return None


def _code(reason: str) -> str:
    return reason.lower() if reason.lower() in REASONS else reason


def _span(row: Mapping[str, str]) -> Span | None:
    opens, closes = _time(row.get("opens_at", "")), _time(row.get("closes_at", ""))
    return Span(opens, closes) if opens is not None and closes is not None else None


def _spanned(span: Span) -> Json:
    return {"opens_at": _text(span.opens), "closes_at": _text(span.closes)}


def _byday(text: str) -> tuple[str, ...] | None:
    """`MO,TU`, `1MO,-1FR`; None where a part of it is no such day."""
    parts = [part.strip().upper() for part in text.split(",") if part.strip()]
    found = [_BYDAY.fullmatch(part) for part in parts]
    if not all(found):
        return None
    return tuple(dict.fromkeys(f"{int(one[1])}{one[2]}" if one[1] else one[2] for one in found if one))


def _numbers(text: str) -> tuple[int, ...] | None:
    try:
        return tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        return None


def _joined_numbers(numbers: tuple[int, ...]) -> str:
    return ",".join(str(number) for number in numbers)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and int(text) < 10_000 else None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> time | None:
    """On the clock of the place, whatever offset stands behind it."""
    try:
        return time.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _typed(row: Mapping[str, str]) -> Json:
    """Numbers as numbers again, where they are."""
    found: Json = {}
    for name, text in row.items():
        if name in ("interval", "count") and _number(text) is not None:
            found[name] = int(text)
        elif name == "timezone" and re.fullmatch(r"-?\d+(\.\d+)?", text):
            found[name] = float(text)
        else:
            found[name] = text
    return found


__all__ = ["COLUMNS", "DAY_END", "listed", "of", "to", "weekly"]
