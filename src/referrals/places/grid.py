"""Points in half-degree squares, for what is near and what is in view."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import cos, floor, radians

from referrals.kit.geo import LatLon, distance
from referrals.places.entry import Entry

SIDE = 0.5
"""Degrees."""
FARTHEST = 6
"""Squares; some 300 km."""


class Grid:
    def __init__(self, places: Iterable[Entry]) -> None:
        self._squares: dict[tuple[int, int], list[tuple[float, float, Entry]]] = defaultdict(list)
        for place in places:
            self._squares[_square(place.at)].append((place.at.lat, place.at.lon, place))

    def nearest(self, at: LatLon) -> Entry | None:
        """Rings of squares from the inside out, and one ring more once something is found: a corner may be nearer."""
        found: list[Entry] = []
        stop = FARTHEST
        ring = 0
        while ring <= stop:
            around = list(self._ring(at, ring))
            if around and not found:
                stop = min(FARTHEST, ring + 1 + round(ring / max(cos(radians(at.lat)), 0.2)))
            found += around
            ring += 1
        return min(found, key=lambda place: distance(at, place.at), default=None)

    def within(self, south: float, west: float, north: float, east: float) -> list[Entry]:
        low, high = _square(LatLon(south, west)), _square(LatLon(north, east))
        return [
            place
            for row in range(low[0], high[0] + 1)
            for column in range(low[1], high[1] + 1)
            for lat, lon, place in self._squares.get((row, column), ())
            if south <= lat <= north and west <= lon <= east
        ]

    def _ring(self, at: LatLon, ring: int) -> Iterator[Entry]:
        row, column = _square(at)
        for r in range(row - ring, row + ring + 1):
            for c in range(column - ring, column + ring + 1):
                if max(abs(r - row), abs(c - column)) == ring:
                    yield from (place for _, _, place in self._squares.get((r, c), ()))


def _square(at: LatLon) -> tuple[int, int]:
    return floor(at.lat / SIDE), floor(at.lon / SIDE)
