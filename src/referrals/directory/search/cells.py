"""Parts of the country, so that what is offered around a point is looked up, and not looked for among all that is near. Pure.

A place has a number for each thing that is offered there, together with the cell of the map in which it lies: small cells
for a town and what is around it, large ones for a region. A question looks up the numbers of the cells that its circle
touches. Two things that share a number by chance do no harm: whoever asks compares them again.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from math import floor
from typing import Final

from referrals.directory.search.square import square
from referrals.directory.search.tags import FOR, LANGUAGE, group_of
from referrals.kit.geo import Km, LatLon

FINE: Final = 0.25
COARSE: Final = 1.5
"""Degrees from side to side."""
ANYWHERE: Final = 1 << 25
"""The cell of what need not be near: no other has this number."""
_FINE_TO: Final = Km(70)
_FARTHEST: Final = Km(600)
_MOST: Final = 1000
"""Numbers of one question. More are as good as none, and a planner takes them for all there is: round a pole, a circle
touches every cell of its rows.
"""
_ROWS: Final = 400
"""Added to a row, so that none is negative."""


def keys_of(at: LatLon, needs: Iterable[str], tags: Iterable[str]) -> list[int]:
    """The numbers of a place. Of the tags only those that few services have: the others narrow nothing."""
    codes = dict.fromkeys([*needs, *(tag for tag in tags if narrows(tag))])
    return sorted({_key(size, *_cell(at, size), code) for size in (FINE, COARSE) for code in codes})


def cells_of(at: LatLon) -> tuple[int, ...]:
    """The cells of a point, for an engine that looks for things and places apart."""
    return tuple(_numbered(size, *_cell(at, size)) for size in (FINE, COARSE))


@lru_cache(maxsize=512)
def cells(at: LatLon, radius: Km) -> tuple[int, ...]:
    """The cells that a circle touches; nothing for one that is too wide."""
    if radius > _FARTHEST:
        return ()
    size = FINE if radius <= _FINE_TO else COARSE
    return tuple({_numbered(size, *cell) for cell in _cells(at, radius, size)})


def narrows(tag: str) -> bool:
    return group_of(tag) in (LANGUAGE, FOR)


@lru_cache(maxsize=512)
def keys_around(at: LatLon, radius: Km, codes: tuple[str, ...]) -> tuple[int, ...]:
    """The numbers of all that lies within the radius and offers one of these; nothing where that would be too many, or for
    a radius that is too wide.
    """
    if radius > _FARTHEST:
        return ()
    size = FINE if radius <= _FINE_TO else COARSE
    touched = set(_cells(at, radius, size))
    if len(touched) * len(codes) > _MOST:
        return ()
    return tuple({_key(size, *cell, code) for cell in touched for code in codes})


def _cells(at: LatLon, radius: Km, size: float) -> Iterator[tuple[int, int]]:
    box = square(at, radius)
    for row in range(floor(max(box.south, -90) / size), floor(min(box.north, 90) / size) + 1):
        for column in range(floor(box.west / size), floor(box.east / size) + 1):
            yield row, _around_the_world(column, size)


def _cell(at: LatLon, size: float) -> tuple[int, int]:
    return floor(at.lat / size), _around_the_world(floor(at.lon / size), size)


def _around_the_world(column: int, size: float) -> int:
    return column % round(360 / size)


def _numbered(size: float, row: int, column: int) -> int:
    return ((size == COARSE) << 24) | ((row + _ROWS) << 12) | column


def _key(size: float, row: int, column: int, code: str) -> int:
    said = f"{size}:{row}:{column}:{code}".encode()
    return int.from_bytes(blake2b(said, digest_size=8).digest(), signed=True)
