"""A map without a network: an SVG of the ground, the larger towns, a circle and numbered places.

It is a group of links around a picture: the picture says its title and no more, the links are the results.
No styles and no scripts are within, so it fits the strictest page; its looks are the classes `map-…`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from markupsafe import Markup, escape
from shapely import LineString, Polygon, get_coordinates, simplify
from shapely.geometry.base import BaseGeometry

from referrals.kit.geo import Km, LatLon
from referrals.places.entry import Entry
from referrals.places.ground import ground
from referrals.places.labels import Rect, Sheet
from referrals.places.tiles import Tiles, pictures
from referrals.places.view import View, fitted
from referrals.places.words import key

Towns = Callable[[float, float, float, float], Iterable[Entry]]
"""South, west, north, east -> settlements, largest first; `PlaceIndex.within` is one."""
BADGE = 12
"""Pixels from a marker's middle to its edge."""
SPECK = 3
"""Square pixels; an island or a lake smaller than that is left out."""
ROUGH_KM, DISTRICTS_KM, AREAS_KM = 25, 40, 700
"""Width of a view: narrower, and the course of a river is only roughly true; wider, and arrondissements crowd each
other, or departments and counties do."""
CREDIT = "GeoNames · Natural Earth · IGN"
"""Their terms ask for it."""
ROUND_KM = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class Marker:
    """A numbered result. Its link goes to `#result-<number>`; `name` is what a screen reader says."""

    at: LatLon
    number: int
    name: str
    approximate: bool = False
    """The point is only near: a town's, or a postcode's."""


def draw(
    center: LatLon | None,
    markers: Sequence[Marker],
    radius_km: Km | None = None,
    width: int = 640,
    height: int = 440,
    towns: Towns | None = None,
    *,
    title: str,
    view: View | None = None,
    tiles: Tiles | None = None,
    covered: Rect | None = None,
) -> Markup:
    """The map as an inline SVG. Raises ValueError where there is neither a marker, nor a center, nor a view.

    `view`: the part to show; None fits the circle and the markers. `tiles`: pictures from elsewhere in place of our ground.
    `covered`: where the page lays something over it, so that no name should be there.
    """
    view = view or fitted((marker.at for marker in markers), center, radius_km, width, height)
    sheet = Sheet(width, height, [covered] if covered else [])
    corners = _scale(view, sheet) + _credit(view, sheet, tiles.credit if tiles else CREDIT)
    links = [_marker(marker, view, sheet) for marker in markers if view.shows(marker.at)]
    middle = _center(center, view, sheet) if center and view.shows(center) else ""
    names = _names(view, sheet, towns) if towns and not tiles else []
    circle = _circle(center, radius_km, view) if center and radius_km else ""
    parts = (
        f'<svg class="map" viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
        f' role="{"group" if links else "img"}"><title>{escape(title)}</title><g aria-hidden="true">',
        f'<rect class="map-sea" width="{width}" height="{height}"/>',
        *(pictures(tiles, view) if tiles else _ground(view)),
        circle,
        *names,
        middle,
        corners,
        "</g>",
        *links,
        "</svg>",
    )
    return Markup("".join(parts))  # noqa: S704  # the only foreign words are names and the title, and those are escaped


# The ground


def _ground(view: View) -> Iterator[str]:
    below = ground(view.box(margin=8))
    rough = " map-river-rough" if view.span_km < ROUGH_KM else ""
    layers = {"map-land": below.land}
    for importance in _rivers_shown(view):
        layers[f"map-river map-river-{importance}{rough}"] = [line for rank, line in below.rivers if rank == importance]
    layers["map-lake"] = below.lakes
    if view.span_km < AREAS_KM:
        layers["map-area"] = below.areas
    layers["map-border"] = below.borders
    every = [shape for shapes in layers.values() for shape in shapes]
    if not every:
        return
    # All layers at once: one by one, asking takes longer than drawing.
    drawn = iter(simplify(view.placed(every), 0.8 if view.span_km > 250 else 0.4))
    for name, shapes in layers.items():
        if path := _path(name, list(islice(drawn, len(shapes)))):
            yield path


def _rivers_shown(view: View) -> range:
    """All rivers around a town, the great ones only in a country."""
    return range(2 if view.span_km > 700 else 1 if view.span_km > 250 else 0, 3)


def _path(name: str, drawn: Sequence[BaseGeometry]) -> str:
    d = "".join(_stroke(line, closed) for shape in drawn for line, closed in _lines(shape))
    return f'<path class="{name}" d="{d}"/>' if d else ""


def _lines(shape: BaseGeometry) -> Iterator[tuple[LineString, bool]]:
    if isinstance(shape, Polygon):
        if shape.area > SPECK:
            yield from ((ring, True) for ring in (shape.exterior, *shape.interiors))
    elif isinstance(shape, LineString):
        if not shape.is_empty:
            yield shape, False
    else:
        for part in getattr(shape, "geoms", ()):
            yield from _lines(part)


def _stroke(line: LineString, closed: bool) -> str:
    """All points with one format: one by one, a coast of a few hundred takes twice as long."""
    numbers = get_coordinates(line).ravel().tolist()
    points = len(numbers) // 2 - closed
    written = "L".join(["%.1f %.1f"] * points) % tuple(numbers[: points * 2])
    return f"M{written}{'Z' if closed else ''}"


# What lies on it


def _circle(center: LatLon, radius_km: Km, view: View) -> str:
    x, y = view.place(center)
    return f'<circle class="map-radius" cx="{x:.1f}" cy="{y:.1f}" r="{radius_km / view.km_per_pixel:.1f}"/>'


def _center(center: LatLon, view: View, sheet: Sheet) -> str:
    x, y = view.place(center)
    around = Rect(x - 7, y - 7, x + 7, y + 7)
    sheet.taken.append(around)
    sheet.badges.append(around)
    return f'<circle class="map-center" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'


def _names(view: View, sheet: Sheet, towns: Towns) -> Iterator[str]:
    """Towns, the largest first, as many as there is room for without a crowd."""
    box = view.box()
    room = view.width * view.height // 20_000
    said: set[str] = set()
    largest = 0
    for town in towns(box.south, box.west, box.north, box.east):
        largest = largest or town.population
        if len(said) >= room or town.population < largest / 2000:
            return
        name = town.name.removesuffix(" Arrondissement")
        if (known := _known_as(name)) in said or (town.kind == "arrondissement" and view.span_km > DISTRICTS_KM):
            continue
        if named := _name(name, view.place(town.at), sheet, great=town.population * 4 > largest):
            said.add(known)
            yield named


@lru_cache(maxsize=16384)
def _known_as(name: str) -> str:
    """Of our own towns: nothing that somebody typed is kept here."""
    return key(name)


def _name(name: str, at: tuple[float, float], sheet: Sheet, great: bool) -> str:
    """A dot and a name; where a marker sits on the dot, the name beside the marker. Empty where there is no room."""
    x, y = at
    free = sheet.take(Rect(x - 3, y - 3, x + 3, y + 3))
    if not free and not sheet.under_badge(x, y):
        return ""
    label = sheet.label(x, y, name, 14 if great else 12, gap=5 if free else BADGE + 4)
    if label is None:
        return ""
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' if free else ""
    text = f'<text x="{label.x:.1f}" y="{label.y:.1f}" text-anchor="{label.anchor}">{escape(name)}</text>'
    return f'<g class="map-town{" map-town-great" if great else ""}">{dot}{text}</g>'


def _marker(marker: Marker, view: View, sheet: Sheet) -> str:
    x, y = view.place(marker.at)
    bx, by = sheet.badge(x, y, BADGE)
    near = " map-marker-approximate" if marker.approximate else ""
    moved = (bx, by) != (x, y)
    leader = f'<path class="map-leader" d="M{x:.1f} {y:.1f}L{bx:.1f} {by:.1f}"/>' if moved else ""
    said = escape(f"{marker.number}. {marker.name}")
    return (
        f'<a class="map-marker{near}" href="#result-{marker.number}" aria-label="{said}"><title>{said}</title>'
        f'{leader}<circle cx="{bx:.1f}" cy="{by:.1f}" r="{BADGE}"/>'
        f'<text class="map-marker-number" x="{bx:.1f}" y="{by + 4.5:.1f}" text-anchor="middle">{marker.number}</text></a>'
    )


def _scale(view: View, sheet: Sheet) -> str:
    """A bar of a round number of kilometres, at most a quarter of the map wide."""
    km = max((km for km in ROUND_KM if km <= view.span_km / 4), default=ROUND_KM[0])
    left, bottom, long = 12, view.height - 12, km / view.km_per_pixel
    sheet.taken.append(Rect(left - 4, bottom - 24, left + max(long, 50) + 4, bottom + 6))
    return (
        f'<g class="map-scale"><path d="M{left} {bottom - 5}V{bottom}H{left + long:.1f}V{bottom - 5}"/>'
        f'<text x="{left + 2}" y="{bottom - 8}">{km:g} km</text></g>'
    )


def _credit(view: View, sheet: Sheet, credit: str) -> str:
    sheet.taken.append(Rect(view.width - 190, view.height - 22, view.width, view.height))
    return f'<text class="map-credit" x="{view.width - 10}" y="{view.height - 9}" text-anchor="end">{escape(credit)}</text>'
