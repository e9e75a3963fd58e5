"""Opening hours of a record, in OpenStreetMap's words."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from opening_hours import validate

from referrals.directory import hours
from referrals.exchange.export.inclusion import osm
from referrals.exchange.export.losses import NO_PLACE, Losses

Tree = Mapping[str, Any]


def first(trees: Iterable[Tree], today: date, losses: Losses) -> str | None:
    """Of the first that says anything: a service's own count before those of its place, on its page too."""
    schedules = next((found for tree in trees if (found := tree.get("schedules"))), ())
    known = hours.of(schedules)
    if words := _in_words(known):
        return words
    told = osm.told(known, today)
    losses.lose("schedule", "id", NO_PLACE, told.left_out)
    return told.text


def _in_words(known: hours.Hours) -> str | None:
    """What nobody here can reckon with may still be OpenStreetMap's way: `We[1] 14:00-16:00; SH off`."""
    if known.rules or known.specials or known.holidays or len(known.others) != 1 or len(known.notes) != 1:
        return None
    (words,) = known.notes
    return words if validate(words) else None
