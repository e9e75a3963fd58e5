"""A square around a point: the coarse question before the exact one."""

from dataclasses import dataclass
from math import cos, radians

from referrals.kit.geo import Km, LatLon

_KM_PER_DEGREE = 111.2


@dataclass(frozen=True, slots=True)
class Square:
    """Degrees."""

    south: float
    west: float
    north: float
    east: float


def square(at: LatLon, radius: Km) -> Square:
    """Holds every point within `radius`, and some more in its corners."""
    up = radius / _KM_PER_DEGREE
    across = up / max(cos(radians(min(abs(at.lat) + up, 89.0))), 0.01)
    return Square(at.lat - up, at.lon - across, at.lat + up, at.lon + across)
