"""From degrees to pixels: a view fitted around what a map has to show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, radians

import numpy as np
from shapely import transform
from shapely.geometry.base import BaseGeometry

from referrals.kit.geo import Km, LatLon
from referrals.places.ground import Box

KM_PER_DEGREE = 111.195
"""Of latitude, on the sphere that `kit.geo` measures distances on."""
SMALLEST = Km(3)
"""From edge to edge; nearer than that we have nothing to draw."""
MOST_NORTH = 80.0
"""Degrees; beyond, a flat map is none."""
PADDING = 34
"""Pixels kept free at every edge, so that no marker is cut."""


@dataclass(frozen=True, slots=True)
class View:
    """Equirectangular at the middle's latitude: over a few hundred kilometres circles stay round and distances true."""

    middle: LatLon
    km_per_pixel: float
    width: int
    height: int

    def place(self, at: LatLon) -> tuple[float, float]:
        """Pixels from the upper left corner."""
        x = (at.lon - self.middle.lon) * self._km_per_lon / self.km_per_pixel + self.width / 2
        y = (self.middle.lat - at.lat) * KM_PER_DEGREE / self.km_per_pixel + self.height / 2
        return x, y

    def placed(self, shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
        """Shapes in degrees as shapes in pixels."""
        scale = np.array((self._km_per_lon, -KM_PER_DEGREE)) / self.km_per_pixel
        middle = np.array((self.middle.lon, self.middle.lat))
        corner = np.array((self.width / 2, self.height / 2))
        return list(transform(np.array(shapes, dtype=object), lambda degrees: (degrees - middle) * scale + corner))

    def box(self, margin: int = 0) -> Box:
        """What is in view, and so many pixels around it."""
        lat = (self.height / 2 + margin) * self.km_per_pixel / KM_PER_DEGREE
        lon = (self.width / 2 + margin) * self.km_per_pixel / self._km_per_lon
        return Box(self.middle.lat - lat, self.middle.lon - lon, self.middle.lat + lat, self.middle.lon + lon)

    @property
    def span_km(self) -> float:
        return self.width * self.km_per_pixel

    def shows(self, at: LatLon) -> bool:
        x, y = self.place(at)
        return 0 <= x <= self.width and 0 <= y <= self.height

    def moved(self, right: float, down: float) -> LatLon:
        """The middle of a view that lies so many of its own widths and heights aside; it stays on the earth."""
        east = right * self.width * self.km_per_pixel / self._km_per_lon
        south = down * self.height * self.km_per_pixel / KM_PER_DEGREE
        lon = (self.middle.lon + east + 180) % 360 - 180
        return LatLon(max(-MOST_NORTH, min(MOST_NORTH, self.middle.lat - south)), lon)

    @property
    def _km_per_lon(self) -> float:
        return KM_PER_DEGREE * max(cos(radians(self.middle.lat)), 0.1)


def around(middle: LatLon, km_wide: Km, width: int, height: int) -> View:
    """The view that somebody chose."""
    return View(middle, km_wide / width, width, height)


def fitted(points: Iterable[LatLon], center: LatLon | None, radius_km: Km | None, width: int, height: int) -> View:
    """The closest view of all points, of the center, and of the circle around it. Raises ValueError for nothing at all."""
    shown = [*points, *([center] if center else [])]
    if not shown:
        raise ValueError("a map of nothing")
    lats, lons = [p.lat for p in shown], [p.lon for p in shown]
    if center and radius_km:
        up = radius_km / KM_PER_DEGREE
        aside = up / max(cos(radians(center.lat)), 0.1)
        lats += [center.lat - up, center.lat + up]
        lons += [center.lon - aside, center.lon + aside]
    middle = LatLon((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2)
    tall = (max(lats) - min(lats)) * KM_PER_DEGREE
    wide = (max(lons) - min(lons)) * KM_PER_DEGREE * max(cos(radians(middle.lat)), 0.1)
    scale = max(tall / (height - 2 * PADDING), wide / (width - 2 * PADDING), SMALLEST / width)
    return View(middle, scale, width, height)
