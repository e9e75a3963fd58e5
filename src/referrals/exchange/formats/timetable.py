"""One text of opening hours as HSDS schedules: a week of slots where every word of it is understood, else the words themselves."""

import re
from typing import Any, Final

from referrals.directory.hours import typed
from referrals.directory.hours.model import WEEKLY
from referrals.exchange import hours
from referrals.exchange.formats import osm
from referrals.exchange.hours import Slot

Tree = dict[str, Any]
_CLOCK: Final = re.compile(r"\b\d{1,2}\s*h(?:eures?)?(?:\s*\d{2})?\b", re.IGNORECASE)


def slots(said: str) -> tuple[Slot, ...] | None:
    """None where it is not the same every week, or any of it stays unread."""
    return osm.weekly(said) or hours.week(said) or _french(said)


def schedules(id: str, said: str) -> list[Tree]:
    """Their ids begin with `id`. That it is closed on public holidays is said the way our profile of HSDS says it."""
    week = slots(said) if said else None
    if not week:
        return [{"id": id, "description": said}] if said else []
    closed = (
        [{"id": f"{id}:holidays", "description": "Closed on public holidays"}] if osm.closed_on_holidays(said) else []
    )
    return [*(_weekly(f"{id}:{number}", slot) for number, slot in enumerate(week)), *closed]


def _french(said: str) -> tuple[Slot, ...] | None:
    """`Lu-Ve 9h-12h`, `du lundi au vendredi de 9h à 12h`: each clock with its `h`, so that `2` is never the afternoon."""
    if not _CLOCK.search(said) or re.search(r"\d|ferm", _CLOCK.sub("", said), re.IGNORECASE):
        return None
    found = typed.read(said)
    if not found.understood or any(rule.freq != WEEKLY for rule in found.rules):
        return None
    if any(rule.span.opens >= rule.span.closes for rule in found.rules):
        return None
    return tuple(Slot(rule.byday, rule.span.opens, rule.span.closes) for rule in found.rules)


def _weekly(id: str, slot: Slot) -> Tree:
    return {
        "id": id, "freq": "WEEKLY", "interval": 1, "byday": ",".join(slot.days), "opens_at": f"{slot.opens:%H:%M}",
        "closes_at": f"{slot.closes:%H:%M}",
    }  # fmt: skip
