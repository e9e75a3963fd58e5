"""When somebody is free in the week: rows as people fill them in, read into stretches and shown again. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from typing import Any, Final

from litestar.datastructures import FormMultiDict

from referrals.kit.db import Json
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

DAYS: Final[Mapping[str, str]] = {
    "MO": N_("Monday"), "TU": N_("Tuesday"), "WE": N_("Wednesday"), "TH": N_("Thursday"), "FR": N_("Friday"),
    "SA": N_("Saturday"), "SU": N_("Sunday"),
}  # fmt: skip
MOST: Final = 14
"""Rows that a page takes."""
Row = dict[str, Any]
"""`days`, `opens` and `closes` as they were typed."""
_CLOCK = re.compile(r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?)?\s*([ap]m)?")


def typed(data: FormMultiDict, name: str = "r") -> list[Row]:
    """Rows that say something; an empty one is no row. `name` begins the names of their fields."""
    rows = []
    for at in range(MOST):
        days = [code for code in data.getall(f"{name}{at}_days", []) if code in DAYS]
        opens, closes = (str(data.get(f"{name}{at}_{end}", "")).strip()[:20] for end in ("opens", "closes"))
        if days or opens or closes:
            rows.append({"days": days, "opens": opens, "closes": closes})
    return rows


def read(rows: Sequence[Row], errors: dict[str, str], name: str = "r") -> list[Json]:
    """The rows as stretches; what is wrong with one is said at its field."""
    found = [_read(at, row, errors, name) for at, row in enumerate(rows)]
    return [stretch for stretch in found if stretch]


def shown(slots: Sequence[Mapping[str, Any]]) -> list[Row]:
    return [{"days": list(slot["days"]), "opens": slot["opens"], "closes": slot["closes"]} for slot in slots]


def said(slots: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """`Monday to Friday, 18:00–21:00`, one for each row."""
    for slot in slots:
        yield _("%(days)s, %(opens)s–%(closes)s") % {
            "days": _days(slot["days"]), "opens": slot["opens"], "closes": slot["closes"],
        }  # fmt: skip


def day_options() -> list[tuple[str, str]]:
    return [(code, _(name)) for code, name in DAYS.items()]


def _read(at: int, row: Row, errors: dict[str, str], name: str) -> Json | None:
    opens, closes = clock(row["opens"]), clock(row["closes"])
    if not row["days"]:
        errors[f"{name}{at}_days"] = _("Row %(number)s: which days?") % {"number": at + 1}
    for end, value in (("opens", opens), ("closes", closes)):
        if value is None:
            errors[f"{name}{at}_{end}"] = _("Row %(number)s: please give times, for example 18:00 and 21:00.") % {
                "number": at + 1
            }
    if opens is None or closes is None or not row["days"]:
        return None
    if closes <= opens:
        errors[f"{name}{at}_closes"] = _("Row %(number)s ends before it begins. A night is two rows.") % {
            "number": at + 1
        }
        return None
    return {"days": row["days"], "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}"}


def clock(text: str) -> time | None:
    """`9`, `9h`, `9 h 30`, `09:30`, `6pm`; `24` is the last minute of the day."""
    match = _CLOCK.fullmatch(text.strip().lower())
    if not match:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if (hour, minute) == (24, 0):
        return time(23, 59)
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _days(codes: Sequence[str]) -> str:
    """Three in a row or more as a stretch."""
    order = list(DAYS)
    at = sorted(order.index(code) for code in codes)
    if len(at) > 2 and at == list(range(at[0], at[-1] + 1)):
        return _("%(first)s to %(last)s") % {"first": _(DAYS[order[at[0]]]), "last": _(DAYS[order[at[-1]]])}
    return ", ".join(_(DAYS[order[one]]) for one in at)
