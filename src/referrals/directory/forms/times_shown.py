"""Hours as the rows of a form: what stands, for whoever changes it."""

from collections.abc import Sequence
from datetime import date, time
from typing import Any, Final

from referrals.directory import hours
from referrals.directory.forms.sheet import Entered
from referrals.directory.hours import (
    DAY_END,
    DAYS,
    MONTHLY,
    Hours,
    Rule,
    Span,
    Special,
)

NTH: Final = (1, 2, 3, 4, -1)
CLOCKS: Final = ("opens", "closes", "opens2", "closes2")
"""Two pairs of times: a break at noon is the second."""
CELLS: Final = {
    "h": (*CLOCKS, "from", "until"),
    "m": ("nth", "day", "opens", "closes"),
    "s": ("first", "last", "how", *CLOCKS, "reason", "yearly"),
}
Row = dict[str, Any]


def draw(there: Hours, into: Entered) -> None:
    weekly, monthly = _sorted(there)
    into.raw |= {
        "h": [*weeks(weekly), {}] if not weekly else weeks(weekly),
        "m": [month(rule) for rule in monthly],
        "s": [row for one in there.specials if not one.temporary for row in _date_rows(one)],
        "kept": kept_lines(there), "dropped": [], "typed": "",
    }  # fmt: skip
    holidays = there.holidays
    spans = holidays.spans if holidays else ()
    into.raw |= {f"ph_{name}": "" for name in CLOCKS} | {f"ph_{name}": said for name, said in _two(spans[:2]).items()}
    into.raw["holidays"] = "" if holidays is None else "usual" if holidays.as_usual else "other" if spans else "closed"


def _sorted(there: Hours) -> tuple[list[Rule], list[Rule]]:
    """The rules that rows can show: weeks, and one day of each month."""
    weekly = [rule for rule in there.rules if rule.weekly and shows(rule)]
    monthly = [
        rule for rule in there.rules
        if rule.freq == MONTHLY and rule.interval == 1 and not rule.bymonthday and shows(rule) and len(rule.byday) == 1
        and int(rule.byday[0][:-2] or 0) in NTH and not (rule.start or rule.until or rule.count)
    ]  # fmt: skip
    return weekly, monthly


def shows(rule: Rule) -> bool:
    return not (rule.byweekno or rule.byyearday or rule.valid_from or rule.valid_to or rule.more or rule.wkst)


def kept(there: Hours) -> list[Rule]:
    weekly, monthly = _sorted(there)
    return [rule for rule in there.rules if rule not in weekly and rule not in monthly]


def kept_lines(there: Hours) -> list[tuple[str, str]]:
    """What rows cannot show, as sentences that can be struck out."""
    today = date.min.replace(year=2000)
    lines = [(f"rule-{at}", "; ".join(hours.regular(Hours((rule,)), today)) + "".join(f" · {said}" for name, said in rule.more if name in ("description", "notes")))
             for at, rule in enumerate(kept(there))]  # fmt: skip
    return lines + [(f"row-{at}", " · ".join(said for _name, said in row)) for at, row in enumerate(there.others)]


def weeks(rules: Sequence[Rule]) -> list[Row]:
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


def month(rule: Rule) -> Row:
    code = rule.byday[0]
    return {"nth": code[:-2], "day": code[-2:], "opens": _shown(rule.span.opens), "closes": _end(rule.span.closes)}


def _date_rows(special: Special) -> list[Row]:
    """One row, and one more for every two spans that it has no room for."""
    told = {
        "first": special.first.isoformat(), "last": _iso(special.last if special.last != special.first else None),
        "how": "closed" if special.closed else "open", "reason": hours.reason(special),
        "yearly": "yes" if special.yearly else "",
    }  # fmt: skip
    return [told | _two(special.spans[at : at + 2]) for at in range(0, max(len(special.spans), 1), 2)]


def _two(spans: Sequence[Span]) -> Row:
    told: Row = {}
    for at, span in enumerate(spans):
        told |= {f"opens{at + 1 if at else ''}": _shown(span.opens), f"closes{at + 1 if at else ''}": _end(span.closes)}
    return told


def _shown(at: time) -> str:
    return f"{at:%H:%M}"


def _end(closes: time) -> str:
    return "00:00" if closes == DAY_END else f"{closes:%H:%M}"


def _iso(found: date | None) -> str:
    return found.isoformat() if found else ""
