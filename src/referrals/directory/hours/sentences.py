"""Hours as people say them, in the language being spoken."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from babel.dates import format_date

from referrals.directory.hours.model import DAY_END, DAYS, MONTHLY, REASONS, WEEKLY, Hours, Rule, Slot, Span, Special
from referrals.directory.hours.nights import nights
from referrals.directory.hours.when import Opening
from referrals.kit.html import clock, listed, locale
from referrals.kit.i18n import N_, current_language, ngettext
from referrals.kit.i18n import gettext as _

_NTH: Final = {
    1: N_("first"), 2: N_("second"), 3: N_("third"), 4: N_("fourth"), 5: N_("fifth"), -1: N_("last"),
    -2: N_("last but one"),
}  # fmt: skip
_NEAR: Final = 300
"""Days for which a date needs no year."""
_LONG: Final = 180
"""Days after which the last one could be taken for one before the first."""


def said(now: Opening | None, local: datetime) -> str:
    """`Open until 17:00`, `Opens at 14:00`, `Opens on Tuesday at 9:00`, `Closed until 5 January (holidays)`."""
    if now is None:
        return ""
    if now.open:
        return _open(now)
    if now.why is not None:
        return _closed(now.why, now.at, local)
    return _opens(now.at, local) if now.at else _("Not open now")


def while_closed(now: Opening | None) -> Opening | None:
    """What may be said of a service that is closed for now: until when, where its hours tell, and never that it is open."""
    return now if now is not None and now.why is not None else None


def told(hours: Hours, today: date) -> list[str]:
    """All of it that still matters: weeks, months, seasons, public holidays, days to come that are different."""
    return [*regular(hours, today), *different(hours, today)]


def regular(hours: Hours, today: date) -> list[str]:
    """What comes back, season by season."""
    seasons: dict[tuple[date | None, date | None], list[Rule]] = {}
    for rule in hours.rules:
        begins, ends = _latest(rule.start if rule.weekly else None, rule.valid_from), _earliest(rule)
        if ends is None or ends >= today:
            seasons.setdefault((begins if begins and begins > today else None, ends), []).append(rule)
    lines = []
    for (begins, ends), rules in sorted(seasons.items(), key=lambda pair: (pair[0][0] or today, pair[0][1] or today)):
        lines += [_capital(_season(begins, ends, line, today)) for line in _rules(rules)]
    return lines


def different(hours: Hours, today: date) -> list[str]:
    """Public holidays, and days that are not as usual."""
    lines = [of_holidays(hours)] if hours.holidays else []
    coming = [one for one in hours.specials if one.yearly or one.last is None or one.last >= today]
    return lines + [special(one, today) for one in coming]


def of_holidays(hours: Hours) -> str:
    if hours.holidays is None:
        return ""
    if hours.holidays.as_usual:
        return _("Open on public holidays too")
    if not hours.holidays.spans:
        return _("Closed on public holidays")
    return _("On public holidays, %(hours)s") % {"hours": ranges(hours.holidays.spans)}


def special(one: Special, today: date) -> str:
    """`Closed from 24 December to 2 January (holidays)`, `On 14 July, 9:00–12:00`."""
    years = one.last is not None and not one.yearly and (one.last - one.first).days > _LONG
    when = {"first": day_of(one.first, today, yearly=one.yearly, year=years), "hours": ranges(one.spans)}
    if one.last is None:
        line = (
            _("Closed from %(first)s on, until further notice")
            if one.first > today
            else _("Closed until further notice")
        )
    elif one.last == one.first:
        line = _("Closed on %(first)s") if one.closed else _("On %(first)s, %(hours)s")
    else:
        when["last"] = day_of(one.last, today, yearly=one.yearly, year=years)
        line = _("Closed from %(first)s to %(last)s") if one.closed else _("From %(first)s to %(last)s, %(hours)s")
    line %= when
    line = _("%(line)s, every year") % {"line": line} if one.yearly else line
    return _("%(line)s (%(reason)s)") % {"line": line, "reason": reason(one)} if one.reason else line


def reason(one: Special) -> str:
    return _(REASONS[one.reason]) if one.reason in REASONS else one.reason


def sentences(week: Sequence[Slot]) -> list[str]:
    """`Monday to Friday, 9:00–12:00 and 14:00–17:00`: days with the same hours together, in the order of the week."""
    return [_capital(line) for line in _weekly(week)]


def ranges(spans: Iterable[Span]) -> str:
    """`9:00–12:00 and 14:00–17:00`."""
    return listed([_range(span) for span in spans])


def weekday(day: int) -> str:
    name: str = locale().days["format"]["wide"][day]
    return name


def day_of(day: date, today: date, *, yearly: bool = False, year: bool = False) -> str:
    """`5 January`, with its `year` where that is far away. In French the first of a month is `1er`."""
    near = not year and (yearly or abs((day - today).days) < _NEAR)
    text = str(format_date(day, "d MMMM" if near else "d MMMM y", locale=locale()))
    return "1er" + text[1:] if day.day == 1 and current_language() == "fr" else text


def _open(now: Opening) -> str:
    if now.at is None:
        return _("Open day and night")
    return _("Open until %(time)s") % {"time": clock(now.at.time()) if now.at.time() != time(0) else _("midnight")}


def _opens(at: datetime, local: datetime) -> str:
    days, when = (at.date() - local.date()).days, {"time": clock(at.time())}
    if days == 0:
        return _("Opens at %(time)s") % when
    if days == 1:
        return _("Opens tomorrow at %(time)s") % when
    if days < 7:
        return _("Opens on %(day)s at %(time)s") % {**when, "day": weekday(at.weekday())}
    return _("Opens on %(date)s at %(time)s") % {**when, "date": day_of(at.date(), local.date())}


def _closed(why: Special, at: datetime | None, local: datetime) -> str:
    """Closed by a date. Until when: until it opens again, or as long as it was said."""
    again = at.date() if at else why.last + timedelta(days=1) if why.last else None
    if again is None:
        line = _("Closed until further notice")
    elif (again - local.date()).days == 1:
        line = _("Closed until tomorrow")
    else:
        line = _("Closed until %(date)s") % {"date": day_of(again, local.date())}
    return _("%(line)s (%(reason)s)") % {"line": line, "reason": reason(why)} if why.reason else line


def _rules(rules: Sequence[Rule]) -> list[str]:
    """Weekly ones together, then the others in their order, those of the same hours in a month as one."""
    plain = tuple(sorted({slot for rule in rules for slot in rule.slots}))
    return _weekly(plain) + [_rule(rule) for rule in _months(rule for rule in rules if not rule.weekly)]


def _months(rules: Iterable[Rule]) -> list[Rule]:
    """`the second Saturday` and `the fourth Saturday` are told together, the earliest first."""
    found: dict[Rule, list[str]] = {}
    for rule in rules:
        joins = rule.freq == MONTHLY and not rule.bymonthday
        days = found.setdefault(replace(rule, byday=()) if joins else rule, [])
        days += [code for code in rule.byday if code not in days]
    return [
        replace(rule, byday=tuple(sorted(days, key=_in_month) if rule.freq == MONTHLY else days))
        for rule, days in found.items()
    ]


def _in_month(code: str) -> tuple[int, int]:
    """The weekdays of one kind together, first to last."""
    number = int(code[:-2] or 0)
    return DAYS.index(code[-2:]), number if number >= 0 else 9 - number


def _weekly(week: Sequence[Slot]) -> list[str]:
    told = nights(week)
    by_day = {day: tuple(_range(slot) for slot in told if slot.day == day) for day in range(7)}
    groups: dict[tuple[str, ...], list[int]] = {}
    for day, hours in by_day.items():
        if hours:
            groups.setdefault(hours, []).append(day)
    return [
        _("%(days)s, %(hours)s") % {"days": _days(days), "hours": listed(list(hours))} for hours, days in groups.items()
    ]


def _rule(rule: Rule) -> str:
    if rule.freq == WEEKLY:
        days = listed([weekday(DAYS.index(code)) for code in rule.byday])
        every = (
            _("every second week") if rule.interval == 2 else _("every %(number)s weeks") % {"number": rule.interval}
        )
        if rule.interval == 1:
            return _("%(days)s, %(hours)s") % {"days": days, "hours": _range(rule.span)}
        return _("%(days)s %(rhythm)s, %(hours)s") % {"days": days, "rhythm": every, "hours": _range(rule.span)}
    days = listed([*_nths(rule.byday), *(_numbered(day) for day in rule.bymonthday)])
    said = {"days": days, "hours": _range(rule.span), "number": rule.interval}
    if rule.interval == 1:
        several = len(rule.byday) + len(rule.bymonthday)
        return ngettext("the %(days)s of the month, %(hours)s", "the %(days)s of the month, %(hours)s", several) % said
    if rule.interval == 2:
        return _("the %(days)s of every second month, %(hours)s") % said
    return _("the %(days)s, every %(number)s months, %(hours)s") % said


def _nths(byday: Sequence[str]) -> list[str]:
    """`first and third Tuesday`."""
    numbers: dict[str, list[str]] = {}
    for code in byday:
        number = int(code[:-2]) if code[:-2] else 0
        numbers.setdefault(weekday(DAYS.index(code[-2:])), []).append(
            _(_NTH[number]) if number in _NTH else str(number or "")
        )
    return [
        ngettext("%(which)s %(day)s", "%(which)s %(day)s", len(which)) % {"which": listed(which), "day": day}
        if any(which)
        else day
        for day, which in numbers.items()
    ]


def _numbered(day: int) -> str:
    """`15th`; in French `15`, and `1er`."""
    if day < 0:
        return _("last day") if day == -1 else _("last day but %(number)s") % {"number": -day - 1}
    if current_language() == "fr":
        return "1er" if day == 1 else str(day)
    ending = "th" if 10 < day % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _season(begins: date | None, ends: date | None, line: str, today: date) -> str:
    when = {"line": line, "first": day_of(begins, today) if begins else "", "last": day_of(ends, today) if ends else ""}
    if begins and ends:
        return _("From %(first)s to %(last)s: %(line)s") % when
    if begins:
        return _("From %(first)s on: %(line)s") % when
    return _("Until %(last)s: %(line)s") % when if ends else line


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day), default=None)


def _earliest(rule: Rule) -> date | None:
    return min((day for day in (rule.until, rule.valid_to) if day), default=None)


def _range(span: Span | Slot) -> str:
    if span.opens == time(0) and span.closes in (DAY_END, time(0)):
        return _("day and night")
    closes = _("midnight") if span.closes in (DAY_END, time(0)) else clock(span.closes)
    return f"{clock(span.opens)}–{closes}"


def _days(days: list[int]) -> str:
    if len(days) == 7:
        return _("every day")
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return _("%(first)s to %(last)s") % {"first": weekday(days[0]), "last": weekday(days[-1])}
    return listed([weekday(day) for day in days])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
