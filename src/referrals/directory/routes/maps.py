"""The maps of this room's pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

from markupsafe import Markup

from referrals.directory.queries import ServicePage
from referrals.directory.routes.question import RADII, Look, Question, continued
from referrals.directory.routes.rows import Row
from referrals.kit.geo import Km, LatLon, distance
from referrals.kit.html import Addresses
from referrals.kit.i18n import gettext as _
from referrals.kit.settings import Settings
from referrals.places.labels import Rect
from referrals.places.lookup import PlaceIndex
from referrals.places.map import Marker, draw
from referrals.places.tiles import Tiles
from referrals.places.view import View, around, fitted

WIDE: Final = 480
HIGH: Final = 500
"""Pixels, before a page makes it fit."""
NARROWEST: Final = Km(2)
WIDEST: Final = Km(600)
"""From edge to edge: a map of several countries shows nobody the way, and takes a second to draw."""
_FAR: Final = 1.3
"""Times the radius; what lies beyond would make the map of a town one of a country."""
_SPREAD: Final = Km(500)
"""From corner to corner of what a map is fitted to."""
_AROUND: Final = Km(5)
"""Shown around a single place, so that a map of it has something to go by."""
_CLOSEST: Final = Km(7)
"""From edge to edge, unless somebody goes nearer: with less, no town's name says where one is."""
_BUTTONS: Final = Rect(WIDE - 150, 0, WIDE, 96)
"""The part of a map that its buttons cover."""
_STEP: Final = 0.4
"""Of its width and height by which a map is moved."""


def tiles_of(settings: Settings) -> Tiles | None:
    """The ground that this house takes from elsewhere, if it does."""
    return Tiles(settings.tiles_url, settings.tiles_credit) if settings.tiles_url else None


@dataclass(frozen=True, slots=True)
class Move:
    """Another part of the map. `icon`: how its button looks; `text`: what it says to whoever does not see it."""

    id: str
    icon: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A map and the ways to move it. `here`: the same search around what is in view, once somebody has moved."""

    picture: Markup
    moves: tuple[Move, ...]
    here: str


def of_results(
    rows: Sequence[Row],
    here: LatLon | None,
    radius: Km | None,
    places: PlaceIndex,
    url: Addresses,
    asked: Question,
    tiles: Tiles | None = None,
) -> Chart | None:
    """The radius that somebody chose is drawn, the usual one is not. None where no answer lies on it, unless somebody has
    moved it or chosen a radius, or where the points lie in several countries.
    """
    markers = [
        Marker(row.point, row.number, row.name.value, row.approximate)
        for row in rows
        if row.point is not None and _near(row, here, radius)
    ]
    view = _view(markers, here, asked) if markers or asked.map or asked.km else None
    if view is None:
        return None
    title = _("Map of the services on this page")
    picture = _picture(here, tuple(markers), asked.km, places, view, tiles, title)
    return Chart(picture, tuple(_moves(view, asked, url)), _search_here(view, asked, url) if asked.map else "")


def of_service(service: ServicePage, places: PlaceIndex, tiles: Tiles | None = None) -> Markup | None:
    """Where it is given; None for what is hidden, or nowhere in particular."""
    found = [
        (place.point, place.line, place.approximate)
        for place in service.places
        if place.point and not place.confidential
    ]
    markers = [Marker(at, number, line, near) for number, (at, line, near) in enumerate(found, 1)]
    if not markers:
        return None
    alone = markers[0].at if len(markers) == 1 else None
    reach = _AROUND if alone else None
    return draw(alone, markers, reach, 440, 300, places.within, title=_("Where it is"), tiles=tiles)


@lru_cache(maxsize=64)
def _picture(
    here: LatLon | None, markers: tuple[Marker, ...], radius: Km | None, places: PlaceIndex, view: View,
    tiles: Tiles | None, title: str,
) -> Markup:  # fmt: skip
    """Kept for a while: whoever types, or asks for something besides, mostly gets the same map again."""
    return draw(
        here, markers, radius, WIDE, HIGH, places.within, title=title, view=view, tiles=tiles, covered=_BUTTONS
    )  # fmt: skip


def _view(markers: Sequence[Marker], here: LatLon | None, asked: Question) -> View | None:
    if asked.map:
        return around(asked.map.at, Km(min(max(asked.map.km, NARROWEST), WIDEST)), WIDE, HIGH)
    shown = [marker.at for marker in markers] + ([here] if here else [])
    if not shown or _span(shown) > _SPREAD:
        return None
    view = fitted(shown, here, asked.km or (Km(10) if not markers else None), WIDE, HIGH)
    return around(view.middle, Km(max(view.span_km, _CLOSEST)), WIDE, HIGH)


def _moves(view: View, asked: Question, url: Addresses) -> list[Move]:
    whole = asked.address(url, page=asked.page)
    begin = continued(whole)

    def to(middle: LatLon, km: float) -> str:
        rounded = Look(LatLon(round(middle.lat, 3), round(middle.lon, 3)), Km(round(km, 1)))
        return begin + urlencode({"map": rounded.written})

    km = view.span_km
    moves = [
        Move("map-left", "arrow-left", _("Move the map left"), to(view.moved(-_STEP, 0), km)),
        Move("map-right", "arrow-right", _("Move the map right"), to(view.moved(_STEP, 0), km)),
        Move("map-up", "arrow-up", _("Move the map up"), to(view.moved(0, -_STEP), km)),
        Move("map-down", "arrow-down", _("Move the map down"), to(view.moved(0, _STEP), km)),
    ]
    if km > NARROWEST * 1.01:
        moves.append(Move("map-nearer", "plus", _("Nearer"), to(view.middle, max(km / 2, NARROWEST))))
    if km < WIDEST * 0.99:
        moves.append(Move("map-farther", "minus", _("Farther"), to(view.middle, min(km * 2, WIDEST))))
    if asked.map:
        moves.append(Move("map-whole", "rotate-ccw", _("The whole map again"), whole))
    return moves


def _search_here(view: View, asked: Question, url: Addresses) -> str:
    radius = next((km for km in RADII if km >= view.span_km / 2), RADII[-1])
    return asked.address(url, near=f"{view.middle.lat:.2f},{view.middle.lon:.2f}", km=Km(radius))


def _span(points: Sequence[LatLon]) -> Km:
    lats, lons = [at.lat for at in points], [at.lon for at in points]
    return distance(LatLon(min(lats), min(lons)), LatLon(max(lats), max(lons)))


def _near(row: Row, here: LatLon | None, radius: Km | None) -> bool:
    if here is None:
        return True
    return row.away is not None and (radius is None or row.away <= radius * _FAR)
