"""One text of opening hours as HSDS schedules: a week of slots where every word of it is understood, else the words themselves."""

from typing import Any

from referrals.exchange import hours
from referrals.exchange.formats import osm
from referrals.exchange.hours import Slot

Tree = dict[str, Any]


def slots(said: str) -> tuple[Slot, ...] | None:
    """None where it is not the same every week, or any of it stays unread."""
    return osm.weekly(said) or hours.week(said)


def schedules(id: str, said: str) -> list[Tree]:
    """Their ids begin with `id`. That it is closed on public holidays is said the way our profile of HSDS says it."""
    week = slots(said) if said else None
    if not week:
        return [{"id": id, "description": said}] if said else []
    closed = (
        [{"id": f"{id}:holidays", "description": "Closed on public holidays"}] if osm.closed_on_holidays(said) else []
    )
    return [*(_weekly(f"{id}:{number}", slot) for number, slot in enumerate(week)), *closed]


def _weekly(id: str, slot: Slot) -> Tree:
    return {
        "id": id, "freq": "WEEKLY", "interval": 1, "byday": ",".join(slot.days), "opens_at": f"{slot.opens:%H:%M}",
        "closes_at": f"{slot.closes:%H:%M}",
    }  # fmt: skip
