"""What finding asks of a listing, from the listing itself and the day. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from referrals.directory.hours import NOWHERE, Hours, Where
from referrals.directory.listing_facts import At, Mark
from referrals.directory.queries.capacity import FRESH_DAYS
from referrals.directory.search.openings import Openings, openings
from referrals.directory.search.tags import ROOM, WALK_IN, Told, audiences, tags_of

_ROOM_FIRST: Final = 1_000_000
"""More than the number of any day."""


def searched(
    columns: Mapping[str, Any], marks: Sequence[Mark], hours: Hours, places: Sequence[At], status: str, today: date
) -> dict[str, Any]:
    """`columns`: of the listing; `status`: what the provider decided. A service that is not offered now is never open."""
    lately = said_lately(columns, today)
    walk_in = any((mark.taxonomy, mark.code) == ("care-intensity", "drop-in") for mark in marks)
    tags = tags_of(
        Told(
            free=columns["free"],
            room=lately and columns["capacity_status"] == "has-capacity" and columns["capacity_available"] != 0,
            walk_in=walk_in,
            routes=columns["routes"],
            interpreter=columns["interpreter"],
            accessible=[code for code, said in columns["accessibility"].items() if said == "yes"],
            modes=columns["modes"],
            languages=columns["languages"],
            welcomes=columns["welcomes"],
            only_for=audiences(columns["rule"]),
            min_age=columns["min_age"],
            max_age=columns["max_age"],
            formats=columns["formats"],
            funding=columns["funding"],
            practitioner=columns["practitioner"],
        )
    )
    known = openings(hours, _where(places), today) if status == "active" else Openings()
    checked = columns["assured_date"]
    return {
        "tags": list(tags),
        "open_week": list(known.week),
        "open_dated": list(known.dated),
        "open_until": known.until,
        "soon": 0 if WALK_IN in tags else columns["wait_days"] if lately else None,
        "freshness": (_ROOM_FIRST if ROOM in tags else 0) + (checked.toordinal() if checked else 0),
    }


def said_lately(columns: Mapping[str, Any], today: date) -> bool:
    """Whether what was said of places and waiting still counts (see `queries.capacity`)."""
    updated = columns["capacity_updated"]
    said = updated is not None and columns["capacity_status"] is not None
    return bool(said and today - updated.date() <= timedelta(days=FRESH_DAYS))


def _where(places: Sequence[At]) -> Where:
    """The clock and the calendar of its first place that has an address."""
    return next((Where(at.country, at.postcode) for at in places if at.country), NOWHERE)
