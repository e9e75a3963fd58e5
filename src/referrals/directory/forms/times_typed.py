"""Rows that somebody filled in as hours: a row more or less, a line that is read, and what is wrong with a row."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from typing import Final

from litestar.datastructures import FormMultiDict

from referrals.directory import hours
from referrals.directory.forms.sheet import Entered, clock, closing, day, many, one, pressed
from referrals.directory.forms.times_shown import CELLS, NTH, Row, kept, month, shows, weeks
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
_FIRST: Final = {"h": "days", "m": "nth", "s": "first"}


def typed(data: FormMultiDict, kind: str) -> list[Row]:
    rows = []
    for at in range(MOST):
        row: Row = {name: one(data, f"{kind}{at}_{name}") for name in CELLS[kind]}
        if kind == "h":
            row["days"] = [code for code in many(data, f"h{at}_days") if code in DAYS]
        if any(f"{kind}{at}_{name}" in data for name in (*CELLS[kind], "days")):
            rows.append(row)
    return rows


def _blank(row: Row) -> bool:
    return not any(value for name, value in row.items() if name not in ("how", "nth", "day"))


def arranged(data: FormMultiDict, into: Entered) -> bool:
    """A row more, a row less, a row once again for other days: the form comes back, nothing is saved."""
    add, remove, copy = pressed(data, "add"), pressed(data, "remove"), pressed(data, "copy")
    kind = next(iter(add or remove or copy), "")
    if kind not in CELLS:
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


def read(into: Entered, data: FormMultiDict) -> bool:
    """What was typed in one line becomes rows, which are looked at before they are saved."""
    if not into.typed:
        return False
    found = hours.read(into.typed)
    into.focus = "typed"
    if not found.understood:
        words = ", ".join(_("“%(words)s”") % {"words": word} for word in found.unread) or _("nothing")
        into.errors["typed"] = _(
            "We could not read: %(words)s. Write days and hours, for example: Mon-Fri 9-12, 14-17."
        ) % {"words": words}
        return True
    weekly = [rule for rule in found.rules if rule.freq == WEEKLY]
    into.raw["h"] = weeks(weekly)
    months = [
        month(replace(rule, byday=(code,))) for rule in found.rules if rule.freq == MONTHLY for code in rule.byday
    ]
    into.raw["m"] = months or into.raw["m"]
    into.again, into.raw["typed"] = True, ""
    into.raw["understood"] = hours.told(Hours(found.rules), date.min.replace(year=2000))
    into.focus = "understood"
    return True


def entered(into: Entered, before: Hours) -> Hours:
    """The rows as hours; what is wrong with a row names it."""
    rules = [rule for at, row in enumerate(into.raw["h"]) if not _blank(row) for rule in _weekly(at, row, into)]
    _overlaps(rules, into)
    rules_ = [rule for _at, rule in rules]
    rules_ += [rule for at, row in enumerate(into.raw["m"]) if not _blank(row) and (rule := _monthly(at, row, into))]
    rules_ += [rule for at, rule in enumerate(kept(before)) if f"rule-{at}" not in into.dropped]
    specials = [one for at, row in enumerate(into.raw["s"]) if not _blank(row) and (one := _dated(at, row, into))]
    others = tuple(row for at, row in enumerate(before.others) if f"row-{at}" not in into.dropped)
    return Hours(_together(rules_), (*_same_days(specials), *before.closure), _holidays(into, before), others)


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
    return Special(first, last, tuple(sorted(set(spans))), bool(row["yearly"]), code(row["reason"]))


def _same_days(specials: Sequence[Special]) -> list[Special]:
    """Two rows about the same days are one: morning and afternoon may stand apart."""
    found: dict[tuple[date, date | None, bool, bool], Special] = {}
    for special in specials:
        key = special.first, special.last, special.yearly, special.closed
        before = found.get(key, special)
        spans = tuple(sorted({*before.spans, *special.spans}))
        found[key] = replace(before, spans=spans, reason=before.reason or special.reason)
    return list(found.values())


def _spans(kind: str, at: int, row: Row, into: Entered) -> list[Span]:
    """One or two spans; the second may be left empty."""
    found = []
    for more in ("", "2"):
        typed = row.get(f"opens{more}", ""), row.get(f"closes{more}", "")
        if more and not any(typed):
            continue
        opens = clock(typed[0])
        closes = closing(typed[1], opens)
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
            besides = next(
                (a for a, c, r in seen if c == code and _both_count(r, rule) and _meet(r.span, rule.span)), None
            )
            if other is None and besides is not None:
                _refuse(
                    into, "h", at, "opens",
                    _("Row %(number)s counts in this season too, and its hours overlap with these. Have it end before, and begin again after in a row of its own.")
                    % {"number": besides + 1},
                )  # fmt: skip
            seen.append((at, code, rule))


def _both_count(one_: Rule, other: Rule) -> bool:
    """Some days lie in the seasons of both."""
    begins = max(one_.start or date.min, other.start or date.min)
    return begins <= min(one_.until or date.max, other.until or date.max)


def _meet(one_: Span, other: Span) -> bool:
    ends = [time.max if span.closes <= span.opens else span.closes for span in (one_, other)]
    return one_.opens < ends[1] and other.opens < ends[0]


def _holidays(into: Entered, before: Hours) -> PublicHolidays | None:
    """What the form has no room for stays: more than two spans come from a source alone."""
    how = into.holidays
    if how == "other":
        spans = []
        for more in ("", "2"):
            typed = into.raw[f"ph_opens{more}"], into.raw[f"ph_closes{more}"]
            if more and not any(typed):
                continue
            opens = clock(typed[0])
            closes = closing(typed[1], opens)
            if opens is None or closes is None or opens == closes:
                into.errors[f"ph_opens{more}"] = _("Public holidays: from when until when? For example 9:00 and 12:00.")
                return None
            spans.append(Span(opens, DAY_END if closes == time(0) else closes))
        return PublicHolidays((*spans, *(before.holidays.spans[2:] if before.holidays else ())))
    return {"closed": PublicHolidays(), "usual": PublicHolidays(as_usual=True)}.get(how)


def _together(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Weekly rules of the same hours and season are one."""
    found: dict[Rule, set[str]] = {}
    for rule in rules:
        bare = replace(rule, byday=()) if rule.weekly and shows(rule) else rule
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


def code(reason: str) -> str:
    """The code of a reason that was chosen in either language; else the words."""
    for language in LANGUAGES:
        with speaking(language):
            for code, label in REASONS.items():
                if _(label).lower() == reason.lower():
                    return code
    return reason
