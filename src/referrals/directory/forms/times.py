"""The page of hours: weeks as rows, months, public holidays, days that are different; and a field to type it all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Any, ClassVar, Final

from litestar.datastructures import FormMultiDict

from referrals.directory import hours
from referrals.directory.changes import Values
from referrals.directory.forms.sheet import Entered, Sheet, clock, day, many, one, pressed
from referrals.directory.hours import (
    DAY_END,
    DAYS,
    MONTHLY,
    REASONS,
    WEEKLY,
    Hours,
    PublicHolidays,
    Rule,
    Span,
    Special,
)
from referrals.kit.i18n import gettext as _
from referrals.kit.i18n import speaking
from referrals.kit.settings import LANGUAGES

MOST: Final = 40
NTH: Final = (1, 2, 3, 4, -1)
_CELLS: Final = {
    "h": ("opens", "closes", "opens2", "closes2", "from", "until"),
    "m": ("nth", "day", "opens", "closes"),
    "s": ("first", "last", "how", "opens", "closes", "opens2", "closes2", "reason", "yearly"),
}
_FIRST: Final = {"h": "days", "m": "nth", "s": "first"}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Hourly:
    """All of `schedules` but the temporary closures, which have a page of their own."""

    kind: ClassVar[str] = "hours"

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return ("schedules",)

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        _draw(known(present), into)

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        before = known(present)
        for kind in _CELLS:
            into.raw[kind] = list(_typed(data, kind))
        into.raw |= {name: one(data, name) for name in ("typed", "holidays", "ph_opens", "ph_closes")}
        into.raw["dropped"] = many(data, "dropped")
        into.raw["kept"] = _kept_lines(before)
        if not (_arranged(data, into) or _read(into, data)):
            into.values["schedules"] = hours.to(_entered(into, before))


@dataclass(frozen=True, slots=True)
class Closure:
    """Closed for a while: from, until, why. One or none."""

    kind: ClassVar[str] = "closure"

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return ("schedules",)

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        there = next(iter(known(present).closure), None)
        into.raw |= {
            "closed": "yes" if there else "", "closed_first": there.first.isoformat() if there else "",
            "closed_last": there.last.isoformat() if there and there.last else "",
            "closed_reason": hours.reason(there) if there else "",
        }  # fmt: skip

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        into.raw |= {name: one(data, name) for name in ("closed", "closed_first", "closed_last", "closed_reason")}
        before = known(present)
        others = tuple(special for special in before.specials if not special.temporary)
        first, last = day(into.closed_first), day(into.closed_last)
        if not into.closed:
            into.values["schedules"] = hours.to(replace(before, specials=others))
            return
        if first is None:
            into.errors["closed_first"] = _("From when? For example 2027-01-15.")
        if into.closed_last and last is None:
            into.errors["closed_last"] = _("Please give a date, for example 2027-01-15.")
        if first and last and last < first:
            into.errors["closed_last"] = _("The end lies before the beginning.")
        if first and not into.errors:
            closed = Special(first, last, reason=_code(into.closed_reason), temporary=True)
            into.values["schedules"] = hours.to(replace(before, specials=(*others, closed)))


def known(present: Values) -> Hours:
    rows = present.get("schedules")
    return hours.of(rows) if isinstance(rows, list) else Hours()


def _draw(there: Hours, into: Entered) -> None:
    weekly, monthly = _sorted(there)
    into.raw |= {
        "h": [*_weeks(weekly), {}] if not weekly else _weeks(weekly),
        "m": [_month(rule) for rule in monthly],
        "s": [_date_row(one) for one in there.specials if not one.temporary],
        "kept": _kept_lines(there), "dropped": [], "typed": "",
    }  # fmt: skip
    holidays = there.holidays
    span = holidays.spans[0] if holidays and holidays.spans else None
    into.raw |= {
        "holidays": "" if holidays is None else "usual" if holidays.as_usual else "other" if span else "closed",
        "ph_opens": _shown(span.opens) if span else "", "ph_closes": _end(span.closes) if span else "",
    }  # fmt: skip


def _sorted(there: Hours) -> tuple[list[Rule], list[Rule]]:
    """The rules that rows can show: weeks, and one day of each month."""
    weekly = [rule for rule in there.rules if rule.weekly and _shows(rule)]
    monthly = [
        rule for rule in there.rules
        if rule.freq == MONTHLY and rule.interval == 1 and not rule.bymonthday and _shows(rule) and len(rule.byday) == 1
        and int(rule.byday[0][:-2] or 0) in NTH and not (rule.start or rule.until or rule.count)
    ]  # fmt: skip
    return weekly, monthly


def _shows(rule: Rule) -> bool:
    return not (rule.byweekno or rule.byyearday or rule.valid_from or rule.valid_to or rule.more or rule.wkst)


def _kept(there: Hours) -> list[Rule]:
    weekly, monthly = _sorted(there)
    return [rule for rule in there.rules if rule not in weekly and rule not in monthly]


def _kept_lines(there: Hours) -> list[tuple[str, str]]:
    """What rows cannot show, as sentences that can be struck out."""
    today = date.min.replace(year=2000)
    lines = [(f"rule-{at}", "; ".join(hours.regular(Hours((rule,)), today)) + "".join(f" · {said}" for name, said in rule.more if name in ("description", "notes")))
             for at, rule in enumerate(_kept(there))]  # fmt: skip
    return lines + [(f"row-{at}", " · ".join(said for _name, said in row)) for at, row in enumerate(there.others)]


def _weeks(rules: Sequence[Rule]) -> list[Row]:
    """Days of the same hours together, two spans a row, the earliest day first."""
    by_season: dict[tuple[date | None, date | None], dict[str, list[Span]]] = {}
    for rule in rules:
        days = by_season.setdefault((rule.start, rule.until), {})
        for code in rule.byday:
            days.setdefault(code, []).append(rule.span)
    rows: list[Row] = []
    for (start, until), days in by_season.items():
        groups: dict[tuple[Span, ...], list[str]] = {}
        for code in sorted(days, key=DAYS.index):
            groups.setdefault(tuple(sorted(set(days[code]))), []).append(code)
        for spans, codes in groups.items():
            for at in range(0, len(spans), 2):
                rows.append({"days": codes, **_two(spans[at : at + 2]), "from": _iso(start), "until": _iso(until)})
    return rows


def _month(rule: Rule) -> Row:
    code = rule.byday[0]
    return {"nth": code[:-2], "day": code[-2:], "opens": _shown(rule.span.opens), "closes": _end(rule.span.closes)}


def _date_row(special: Special) -> Row:
    return {
        "first": special.first.isoformat(), "last": _iso(special.last if special.last != special.first else None),
        "how": "closed" if special.closed else "open", "reason": hours.reason(special),
        "yearly": "yes" if special.yearly else "", **_two(special.spans[:2]),
    }  # fmt: skip


def _two(spans: Sequence[Span]) -> Row:
    told: Row = {}
    for at, span in enumerate(spans):
        told |= {f"opens{at + 1 if at else ''}": _shown(span.opens), f"closes{at + 1 if at else ''}": _end(span.closes)}
    return told


def _typed(data: FormMultiDict, kind: str) -> list[Row]:
    rows = []
    for at in range(MOST):
        row: Row = {name: one(data, f"{kind}{at}_{name}") for name in _CELLS[kind]}
        if kind == "h":
            row["days"] = [code for code in many(data, f"h{at}_days") if code in DAYS]
        if any(f"{kind}{at}_{name}" in data for name in (*_CELLS[kind], "days")):
            rows.append(row)
    return rows


def _blank(row: Row) -> bool:
    return not any(value for name, value in row.items() if name not in ("how", "nth", "day"))


def _arranged(data: FormMultiDict, into: Entered) -> bool:
    """A row more, a row less, a row once again for other days: the form comes back, nothing is saved."""
    add, remove, copy = pressed(data, "add"), pressed(data, "remove"), pressed(data, "copy")
    kind = next(iter(add or remove or copy), "")
    if kind not in _CELLS:
        return False
    rows = into.raw[kind]
    at = (
        int(next(iter((remove or copy)[1:2]), "0") or 0)
        if (remove or copy)[1:2] and (remove or copy)[1].isdecimal()
        else 0
    )
    into.again = True
    if add:
        rows.append({})
        into.focus = f"{kind}{len(rows) - 1}_{_FIRST[kind]}"
    elif remove and at < len(rows):
        del rows[at]
        into.focus, into.said = f"add-{kind}", _("Row %(number)s taken out. Save to make it so.") % {"number": at + 1}
    elif copy and at < len(rows):
        rows.insert(at + 1, {**rows[at], "days": []})
        into.focus, into.said = (
            f"h{at + 1}_days",
            _("The same hours again in row %(number)s: tick its days.") % {"number": at + 2},
        )
    return True


def _read(into: Entered, data: FormMultiDict) -> bool:
    """What was typed in one line becomes rows, which are looked at before they are saved."""
    if not into.typed:
        return False
    found = hours.read(into.typed)
    into.focus = "typed"
    if not found.understood:
        words = ", ".join(f"“{word}”" for word in found.unread) or _("nothing")
        into.errors["typed"] = _(
            "We could not read: %(words)s. Write days and hours, for example: Mon-Fri 9-12, 14-17."
        ) % {"words": words}
        return True
    weekly = [rule for rule in found.rules if rule.freq == WEEKLY]
    into.raw["h"] = _weeks(weekly)
    into.raw["m"] = [
        *into.raw["m"],
        *(_month(replace(rule, byday=(code,))) for rule in found.rules if rule.freq == MONTHLY for code in rule.byday),
    ]
    into.again, into.raw["typed"] = True, ""
    into.raw["understood"] = hours.told(Hours(found.rules), date.min.replace(year=2000))
    into.focus = "understood"
    return True


def _entered(into: Entered, before: Hours) -> Hours:
    """The rows as hours; what is wrong with a row names it."""
    rules = [rule for at, row in enumerate(into.raw["h"]) if not _blank(row) for rule in _weekly(at, row, into)]
    _overlaps(rules, into)
    rules_ = [rule for _at, rule in rules]
    rules_ += [rule for at, row in enumerate(into.raw["m"]) if not _blank(row) and (rule := _monthly(at, row, into))]
    rules_ += [rule for at, rule in enumerate(_kept(before)) if f"rule-{at}" not in into.dropped]
    specials = [one for at, row in enumerate(into.raw["s"]) if not _blank(row) and (one := _dated(at, row, into))]
    others = tuple(row for at, row in enumerate(before.others) if f"row-{at}" not in into.dropped)
    return Hours(_together(rules_), (*specials, *before.closure), _holidays(into), others)


def _weekly(at: int, row: Row, into: Entered) -> list[tuple[int, Rule]]:
    spans = _spans("h", at, row, into)
    start, until = _bounds(at, row, into)
    if not row["days"]:
        _refuse(into, "h", at, "days", _("Which days? Tick at least one."))
    return [(at, Rule(WEEKLY, span, tuple(row["days"]), start=start, until=until)) for span in spans if row["days"]]


def _bounds(at: int, row: Row, into: Entered) -> tuple[date | None, date | None]:
    found = {name: day(row[name]) for name in ("from", "until")}
    for name, value in found.items():
        if row[name] and value is None:
            _refuse(into, "h", at, name, _("Please give a date, for example 2027-01-15."))
    if found["from"] and found["until"] and found["until"] < found["from"]:
        _refuse(into, "h", at, "until", _("The end lies before the beginning."))
    return found["from"], found["until"]


def _monthly(at: int, row: Row, into: Entered) -> Rule | None:
    spans = _spans("m", at, row, into)
    nth = row["nth"] if row["nth"] in {str(number) for number in NTH} else ""
    if not nth or row["day"] not in DAYS:
        _refuse(into, "m", at, "nth", _("Which day of the month? For example the first Monday."))
        return None
    return Rule(MONTHLY, spans[0], (f"{nth}{row['day']}",)) if spans else None


def _dated(at: int, row: Row, into: Entered) -> Special | None:
    first, last = day(row["first"]), day(row["last"]) if row["last"] else day(row["first"])
    if first is None:
        _refuse(into, "s", at, "first", _("Which day? For example 2027-01-15."))
    if row["last"] and last is None:
        _refuse(into, "s", at, "last", _("Please give a date, for example 2027-01-15."))
    if first and last and last < first:
        _refuse(into, "s", at, "last", _("The end lies before the beginning."))
    spans = _spans("s", at, row, into) if row["how"] == "open" else []
    if first is None or last is None or last < first or (row["how"] == "open" and not spans):
        return None
    return Special(first, last, tuple(sorted(set(spans))), bool(row["yearly"]), _code(row["reason"]))


def _spans(kind: str, at: int, row: Row, into: Entered) -> list[Span]:
    """One or two spans; the second may be left empty."""
    found = []
    for more in ("", "2"):
        typed = row.get(f"opens{more}", ""), row.get(f"closes{more}", "")
        if more and not any(typed):
            continue
        opens, closes = clock(typed[0]), clock(typed[1])
        if opens is None:
            _refuse(into, kind, at, f"opens{more}", _("From when? For example 9:00."))
        elif closes is None or closes == opens != time(0):
            _refuse(into, kind, at, f"closes{more}", _("Until when? For example 17:00."))
        else:
            found.append(Span(opens, DAY_END if closes == time(0) else closes))
    return found


def _overlaps(rules: Sequence[tuple[int, Rule]], into: Entered) -> None:
    """Two rows that speak of the same hour of the same day, in the same season."""
    seen: list[tuple[int, str, Rule]] = []
    for at, rule in rules:
        for code in rule.byday:
            other = next(
                (
                    a
                    for a, c, r in seen
                    if c == code and (r.start, r.until) == (rule.start, rule.until) and _meet(r.span, rule.span)
                ),
                None,
            )
            if other is not None:
                _refuse(into, "h", at, "opens", _("These hours overlap with row %(number)s.") % {"number": other + 1})
            seen.append((at, code, rule))


def _meet(one_: Span, other: Span) -> bool:
    ends = [time.max if span.closes <= span.opens else span.closes for span in (one_, other)]
    return one_.opens < ends[1] and other.opens < ends[0]


def _holidays(into: Entered) -> PublicHolidays | None:
    how = into.holidays
    if how == "other":
        opens, closes = clock(into.ph_opens), clock(into.ph_closes)
        if opens is None or closes is None or opens == closes:
            into.errors["ph_opens"] = _("Public holidays: from when until when? For example 9:00 and 12:00.")
            return None
        return PublicHolidays((Span(opens, DAY_END if closes == time(0) else closes),))
    return {"closed": PublicHolidays(), "usual": PublicHolidays(as_usual=True)}.get(how)


def _together(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Weekly rules of the same hours and season are one."""
    found: dict[Rule, set[str]] = {}
    for rule in rules:
        bare = replace(rule, byday=()) if rule.weekly and _shows(rule) else rule
        found.setdefault(bare, set()).update(rule.byday)
    return tuple(
        replace(rule, byday=tuple(sorted(days, key=lambda code: DAYS.index(code[-2:]))))
        if not rule.byday and not rule.bymonthday
        else rule
        for rule, days in found.items()
    )


def _refuse(into: Entered, kind: str, at: int, name: str, sentence: str) -> None:
    row = {
        "h": _("Row %(number)s: %(problem)s"),
        "m": _("Month, row %(number)s: %(problem)s"),
        "s": _("Other days, row %(number)s: %(problem)s"),
    }
    into.errors.setdefault(f"{kind}{at}_{name}", row[kind] % {"number": at + 1, "problem": sentence})


def _code(reason: str) -> str:
    """The code of a reason that was chosen in either language; else the words."""
    for language in LANGUAGES:
        with speaking(language):
            for code, label in REASONS.items():
                if _(label).lower() == reason.lower():
                    return code
    return reason


def _shown(at: time) -> str:
    return f"{at:%H:%M}"


def _end(closes: time) -> str:
    return "00:00" if closes == DAY_END else f"{closes:%H:%M}"


def _iso(found: date | None) -> str:
    return found.isoformat() if found else ""
