"""A ground from somebody else's tile server, for a deployment that wants streets. Off unless its setting says otherwise.

Tiles are square in Mercator's projection and our view is flat in another; over a town each tile is set by its own corners,
so that the two agree to within a pixel.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import asinh, atan, ceil, cos, degrees, floor, log2, pi, radians, sinh, tan
from typing import Final
from urllib.parse import urlsplit

from markupsafe import escape

from referrals.kit.geo import LatLon
from referrals.places.view import View

_AROUND_KM: Final = 40_075.0
_SIDE: Final = 256
"""Pixels of a tile as its maker drew it."""
_FINEST: Final = 18


@dataclass(frozen=True, slots=True)
class Tiles:
    """`url` holds `{z}`, `{x}` and `{y}`; `credit` is what its owner asks to be named."""

    url: str
    credit: str

    @property
    def host(self) -> str:
        """Scheme and host, as a security policy names them."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"


def pictures(tiles: Tiles, view: View) -> Iterator[str]:
    """One `<image>` for each tile in view."""
    z = _level(view)
    box = view.box()
    left, top = _column(box.west, z), _row(box.north, z)
    right, bottom = _column(box.east, z), _row(box.south, z)
    for y in range(max(floor(top), 0), min(ceil(bottom), (1 << z))):
        for x in range(floor(left), ceil(right)):
            west, north = view.place(_corner(x, y, z))
            east, south = view.place(_corner(x + 1, y + 1, z))
            address = tiles.url.format(z=z, x=x % (1 << z), y=y)
            yield (
                f'<image href="{escape(address)}" x="{west:.1f}" y="{north:.1f}" width="{east - west + 0.5:.1f}" '
                f'height="{south - north + 0.5:.1f}" preserveAspectRatio="none"/>'
            )


def _level(view: View) -> int:
    """The zoom whose tiles are drawn nearest to their own size."""
    wanted = _AROUND_KM * cos(radians(view.middle.lat)) / (_SIDE * view.km_per_pixel)
    return max(1, min(_FINEST, round(log2(max(wanted, 2)))))


def _column(lon: float, z: int) -> float:
    return (lon + 180) / 360 * (1 << z)


def _row(lat: float, z: int) -> float:
    return (1 - asinh(tan(radians(lat))) / pi) / 2 * (1 << z)


def _corner(x: float, y: float, z: int) -> LatLon:
    return LatLon(degrees(atan(sinh(pi * (1 - 2 * y / (1 << z))))), x / (1 << z) * 360 - 180)
