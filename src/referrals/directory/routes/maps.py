"""The maps of this room's pages."""

from collections.abc import Sequence

from markupsafe import Markup

from referrals.directory.queries import ServicePage
from referrals.directory.routes.rows import Row
from referrals.kit.geo import Km, LatLon, distance
from referrals.kit.i18n import gettext as _
from referrals.places.lookup import PlaceIndex
from referrals.places.map import Marker, draw

_FAR = 1.3
"""Times the radius; what lies beyond would make the map of a town one of a country."""


_WIDEST = Km(500)
"""From corner to corner."""
_AROUND = Km(5)
"""Shown around a single place, so that a map of it has something to go by."""


def of_results(
    rows: Sequence[Row], here: LatLon | None, radius: Km | None, places: PlaceIndex, *, asked: Km | None
) -> Markup | None:
    """`asked`: the radius that somebody chose, which is drawn; the usual one is not. None where nothing has a point, or where
    the points lie in several countries: such a map shows nobody the way, and takes a second to draw.
    """
    markers = [
        Marker(row.point, row.number, row.name.value, row.approximate)
        for row in rows
        if row.point is not None and _near(row, here, radius)
    ]
    shown = [marker.at for marker in markers] + ([here] if here else [])
    if not shown or _span(shown) > _WIDEST:
        return None
    around = asked or (Km(10) if not markers else None)
    return draw(here, markers, around, 480, 500, places.within, title=_("Map of the services on this page"))


def of_service(service: ServicePage, places: PlaceIndex) -> Markup | None:
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
    return draw(alone, markers, _AROUND if alone else None, 440, 300, places.within, title=_("Where it is"))


def _span(points: Sequence[LatLon]) -> Km:
    lats, lons = [at.lat for at in points], [at.lon for at in points]
    return distance(LatLon(min(lats), min(lons)), LatLon(max(lats), max(lons)))


def _near(row: Row, here: LatLon | None, radius: Km | None) -> bool:
    if here is None:
        return True
    return row.away is not None and (radius is None or row.away <= radius * _FAR)
