"""Points on the earth and the distances between them."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import NewType

Km = NewType("Km", float)
Minutes = NewType("Minutes", float)
EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class LatLon:
    """Degrees, WGS 84."""

    lat: float
    lon: float

    def wkt(self) -> str:
        return f"POINT({self.lon} {self.lat})"


def distance(a: LatLon, b: LatLon) -> Km:
    """Great-circle distance (haversine) in kilometres."""
    dlat, dlon = radians(b.lat - a.lat), radians(b.lon - a.lon)
    h = sin(dlat / 2) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(dlon / 2) ** 2
    return Km(2 * EARTH_KM * asin(sqrt(min(1.0, h))))
