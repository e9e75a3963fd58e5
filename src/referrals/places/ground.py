"""The ground under a map: land, borders, rivers and lakes, out of the one small file `seed/map/base.json`."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from math import floor
from typing import Any

import numpy as np
from shapely import LineString, Polygon, bounds, clip_by_rect, is_empty, is_valid, make_valid, union_all
from shapely.geometry.base import BaseGeometry

from referrals.kit.settings import seed_home


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True, slots=True)
class Ground:
    """What is in a box, in degrees. `rivers` holds (importance from 0 to 2, line)."""

    land: list[BaseGeometry]
    lakes: list[BaseGeometry]
    borders: list[BaseGeometry]
    areas: list[BaseGeometry]
    rivers: list[tuple[int, BaseGeometry]]


class _Tile:
    """One part of the file: all its shapes, and the layer of each."""

    def __init__(self, layers: dict[str, list[BaseGeometry]]) -> None:
        self._layers = [name for name, shapes in layers.items() for _ in shapes]
        self._shapes = np.array([shape for shapes in layers.values() for shape in shapes], dtype=object)
        self._west, self._south, self._east, self._north = bounds(self._shapes).reshape(-1, 4).T

    def within(self, box: Box) -> Iterator[tuple[str, BaseGeometry]]:
        """What lies in the box of each, all in one step: one by one, asking takes longer than clipping. Most lie far from it."""
        across = (self._west <= box.east) & (self._east >= box.west)
        near = np.flatnonzero(across & (self._south <= box.north) & (self._north >= box.south))
        cut = clip_by_rect(self._shapes[near], box.west, box.south, box.east, box.north)
        for at, shape, empty in zip(near.tolist(), cut, is_empty(cut), strict=True):
            if not empty:
                yield self._layers[at], shape


def ground(box: Box) -> Ground:
    """Land where the file has any: what it does not cover looks like sea."""
    found: dict[str, list[BaseGeometry]] = defaultdict(list)
    for south, west in _tiles(box):
        for layer, shape in _tile(south, west).within(box):
            found[layer].append(shape)
    return Ground(
        land=_united(found["land"]),
        lakes=_united(found["lake"]),
        borders=found["border"],
        areas=found["area"],
        rivers=[(importance, line) for importance in (0, 1, 2) for line in found[f"river-{importance}"]],
    )


def _united(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Without the seams between the parts of the file."""
    return shapes if len(shapes) < 2 else [union_all(shapes)]


@cache
def _file() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads((seed_home() / "map" / "base.json").read_text(encoding="utf-8"))
    return parsed


def _tiles(box: Box) -> Iterator[tuple[int, int]]:
    side: int = _file()["side"]
    for south in range(floor(box.south / side) * side, floor(box.north / side) * side + 1, side):
        for west in range(floor(box.west / side) * side, floor(box.east / side) * side + 1, side):
            yield south, west


@lru_cache(maxsize=64)
def _tile(south: int, west: int) -> _Tile:
    layers = _file()["tiles"].get(f"{south}:{west}", {})
    return _Tile({name: [_shape(part) for part in parts] for name, parts in layers.items()})


def _shape(part: str | list[str]) -> BaseGeometry:
    if isinstance(part, str):
        return LineString(_doubled(list(decode(part, _file()["places"]))))
    shell, *holes = [list(decode(ring, _file()["places"])) for ring in part]
    polygon = Polygon(shell, holes)
    return polygon if is_valid(polygon) else make_valid(polygon)


def _doubled(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """A line needs two points; rounding may have left one."""
    return points if len(points) > 1 else points * 2


def decode(text: str, places: int) -> Iterator[tuple[float, float]]:
    """Longitude and latitude from differences of rounded degrees: zigzag, five bits a sign, `?` is nought."""
    numbers = _numbers(text)
    x = y = 0
    for dx in numbers:
        x, y = x + dx, y + next(numbers)
        yield x / 10**places, y / 10**places


def _numbers(text: str) -> Iterator[int]:
    number = shift = 0
    for sign in text:
        digit = ord(sign) - 63
        number |= (digit & 0x1F) << shift
        shift += 5
        if digit < 0x20:
            yield ~(number >> 1) if number & 1 else number >> 1
            number = shift = 0
