"""How to get there: what lies near, and a link that opens the telephone's own map. No map of anybody else's is asked."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from referrals.directory.queries.places import PlaceShown
from referrals.kit.geo import Km, LatLon, distance
from referrals.kit.html import km, listed
from referrals.kit.i18n import gettext as _
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.places.words import called

AROUND: Final = 0.25
"""Degrees of latitude that are looked at: some 28 km."""
_THERE: Final = Km(1)
"""Nearer than this to the middle of a town is in it."""
_NAMED: Final = 3
_LARGE: Final = 5_000
"""Inhabitants of a town that people from elsewhere know."""


@dataclass(frozen=True, slots=True)
class Way:
    """Beside one place. `link`: a `geo:` address, which the device opens itself; both empty for a confidential place."""

    link: str
    nearby: str


def way(place: PlaceShown, places: PlaceIndex) -> Way:
    if place.confidential or place.kind == "virtual":
        return Way("", "")
    exact = place.point if not place.approximate else None
    return Way(_link(place, exact), _nearby(exact, places) if exact else "")


def _link(place: PlaceShown, exact: LatLon | None) -> str:
    """The point with its name, or the address to look for; nothing where there is neither street nor point."""
    said = ", ".join(part for part in (*place.address, place.line) if part)
    if exact:
        at = f"{exact.lat:.5f},{exact.lon:.5f}"
        return f"geo:{at}?q={at}({quote(said, safe='')})"
    return f"geo:0,0?q={quote(said, safe='')}" if place.address else ""


def _nearby(at: LatLon, places: PlaceIndex) -> str:
    """`2.1 km from the middle of Truro, 14 km from Falmouth`."""
    told = [
        _("in the middle of %(town)s") % {"town": called(town)} if away < _THERE
        else _("%(km)s from the middle of %(town)s") % {"km": km(away), "town": called(town)}
        for away, town in _towns(at, places)
    ]  # fmt: skip
    return listed(told)


def _towns(at: LatLon, places: PlaceIndex) -> list[tuple[Km, Entry]]:
    """The nearest settlement, and the nearest towns that people from elsewhere know."""
    here = places.within(at.lat - AROUND, at.lon - 1.6 * AROUND, at.lat + AROUND, at.lon + 1.6 * AROUND)
    by_way = sorted(((distance(at, town.at), town) for town in here), key=lambda pair: pair[0])
    chosen = by_way[:1] + [pair for pair in by_way[1:] if pair[1].population >= _LARGE]
    return chosen[:_NAMED]
