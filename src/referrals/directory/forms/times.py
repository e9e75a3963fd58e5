"""The pages of hours and of a closure: questions about `schedules`, shown and read by their neighbours."""

from dataclasses import dataclass, replace
from typing import ClassVar

from litestar.datastructures import FormMultiDict

from referrals.directory import hours
from referrals.directory.changes import Values
from referrals.directory.forms import times_typed
from referrals.directory.forms.sheet import Entered, Sheet, day, many, one
from referrals.directory.forms.times_shown import CELLS, CLOCKS, draw, kept_lines
from referrals.directory.hours import (
    Hours,
    Special,
)
from referrals.kit.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Hourly:
    """All of `schedules` but the temporary closures, which have a page of their own."""

    kind: ClassVar[str] = "hours"

    def fields(self, sheet: Sheet) -> tuple[str, ...]:
        return ("schedules",)

    def show(self, sheet: Sheet, present: Values, into: Entered) -> None:
        draw(known(present), into)

    def enter(self, sheet: Sheet, data: FormMultiDict, present: Values, into: Entered) -> None:
        before = known(present)
        for kind in CELLS:
            into.raw[kind] = list(times_typed.typed(data, kind))
        into.raw |= {name: one(data, name) for name in ("typed", "holidays", *(f"ph_{name}" for name in CLOCKS))}
        into.raw["dropped"] = many(data, "dropped")
        into.raw["kept"] = kept_lines(before)
        if not (times_typed.arranged(data, into) or times_typed.read(into, data)):
            into.values["schedules"] = hours.to(times_typed.entered(into, before))


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
        if not into.closed and (into.closed_first or into.closed_last) and not before.closure:
            into.errors["closed"] = _("There are days below. Do you close for a while?")
            return
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
            closed = Special(first, last, reason=times_typed.code(into.closed_reason), temporary=True)
            into.values["schedules"] = hours.to(replace(before, specials=(*others, closed)))


def known(present: Values) -> Hours:
    rows = present.get("schedules")
    return hours.of(rows) if isinstance(rows, list) else Hours()
