"""Opening hours in OpenStreetMap's words: `Mo-Fr 09:00-12:00,14:00-17:00; Dec 24-Jan 02 off`. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from referrals.directory.hours import DAY_END, DAYS, MONTHLY, Hours, Rule, Slot, Span, Special

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST = 8
"""Special days told one by one; more of them are a calendar, not opening hours."""


@dataclass(frozen=True, slots=True)
class Told:
    """The text (None: nothing to say), and how many schedules it leaves out."""

    text: str | None
    left_out: int = 0


def told(hours: Hours, today: date) -> Told:
    """What still matters of these hours. Rules that have an end, a rhythm of weeks, or words alone are left out."""
    plain = [rule for rule in hours.rules if _is_plain(rule, today)]
    coming = [one for one in hours.specials if one.yearly or one.last is None or one.last >= today]
    # A rule after a semicolon replaces what was said of its days, one after a comma adds to it.
    week = "; ".join(_week(slot for rule in plain for slot in rule.slots))
    regular = ", ".join(part for part in (week, *(_monthly(rule) for rule in plain if not rule.slots)) if part)
    parts = [regular, *(_special(one) for one in coming[:_LONGEST])]
    if hours.holidays is not None:
        parts += _holidays(hours.holidays.spans, as_usual=hours.holidays.as_usual)
    left_out = len(hours.rules) - len(plain) + len(coming[_LONGEST:]) + len(hours.others)
    return Told("; ".join(filter(None, parts)) or None, left_out)


def _is_plain(rule: Rule, today: date) -> bool:
    begins = any(day is not None and day > today for day in (rule.start, rule.valid_from))
    bounded = begins or any((rule.until, rule.valid_to, rule.count, rule.byweekno, rule.byyearday))
    nth = rule.freq == MONTHLY and rule.interval == 1 and not rule.bymonthday
    return not bounded and (bool(rule.slots) or nth)


def _week(slots: Iterable[Slot]) -> list[str]:
    """Days of the same hours together: `Mo-We,Fr 09:00-12:00,14:00-17:00`."""
    days: dict[int, list[Span]] = {}
    for slot in sorted(set(slots)):
        days.setdefault(slot.day, []).append(Span(slot.opens, slot.closes))
    if len(days) == len(DAYS) and all(spans == [Span(time(0), DAY_END)] for spans in days.values()):
        return ["24/7"]
    same: dict[tuple[Span, ...], list[int]] = {}
    for day, spans in days.items():
        same.setdefault(tuple(spans), []).append(day)
    return [f"{_ranges(of)} {_spans(spans)}" for spans, of in same.items()]


def _ranges(days: list[int]) -> str:
    """`Mo-We,Fr`."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(f"{_DAYS[run[0]]}-{_DAYS[run[-1]]}" if len(run) > 1 else _DAYS[run[0]] for run in runs)


def _monthly(rule: Rule) -> str:
    """`Mo[1],Fr[-1] 09:00-12:00`."""
    named = [f"{_DAYS[DAYS.index(day[-2:])]}" + (f"[{day[:-2]}]" if len(day) > 2 else "") for day in rule.byday]
    return f"{','.join(named)} {_spans((rule.span,))}"


def _special(one: Special) -> str:
    return f"{_dates(one)} {_spans(one.spans) or 'off'}"


def _dates(one: Special) -> str:
    first = _day(one.first, yearly=one.yearly)
    if one.last is None:
        return f"{first}+"
    return first if one.last == one.first else f"{first}-{_day(one.last, yearly=one.yearly)}"


def _day(day: date, *, yearly: bool) -> str:
    named = f"{_MONTHS[day.month - 1]} {day.day:02}"
    return named if yearly else f"{day.year} {named}"


def _holidays(spans: tuple[Span, ...], *, as_usual: bool) -> list[str]:
    if as_usual:
        return []
    return [f"PH {_spans(spans) or 'off'}"]


def _spans(spans: tuple[Span, ...]) -> str:
    return ",".join(f"{span.opens:%H:%M}-{_end(span.closes)}" for span in spans)


def _end(closes: time) -> str:
    return "24:00" if closes == DAY_END else f"{closes:%H:%M}"
