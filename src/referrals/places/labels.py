"""Where names and numbers go on a map so that none lies on another."""

from collections.abc import Iterator
from dataclasses import dataclass, field

LETTER = 0.56
"""Width of an average letter as a part of the type size: measured on names of towns in the product's typeface."""


@dataclass(frozen=True, slots=True)
class Rect:
    """Pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Rect") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


@dataclass(frozen=True, slots=True)
class Label:
    """A text set at (x, y) on its baseline; `anchor` as in SVG."""

    x: float
    y: float
    anchor: str


@dataclass(slots=True)
class Sheet:
    """What is taken already of a map of this size."""

    width: int
    height: int
    taken: list[Rect] = field(default_factory=list)
    badges: list[Rect] = field(default_factory=list)
    """Those of `taken` that are numbers or the centre: they may cover a town's dot."""

    def take(self, rect: Rect) -> bool:
        """Keep this place, if it is free and on the sheet."""
        if not self._free(rect):
            return False
        self.taken.append(rect)
        return True

    def label(self, x: float, y: float, text: str, size: float, gap: float = 5) -> Label | None:
        """Beside a point, above or below it, `gap` pixels away; None where there is no room."""
        for label, rect in _around(x, y, len(text) * size * LETTER, size, gap):
            if self.take(rect):
                return label
        return None

    def badge(self, x: float, y: float, reach: float) -> tuple[float, float]:
        """A round thing at the point, or near it where others sit: rings outwards, at last on top of the others."""
        for step in (0.0, 2.2, 4.4):
            for dx, dy in _COMPASS if step else ((0.0, 0.0),):
                at = (x + dx * step * reach, y + dy * step * reach)
                if self.take(rect := _square(*at, reach)):
                    self.badges.append(rect)
                    return at
        return x, y

    def under_badge(self, x: float, y: float) -> bool:
        return any(rect.meets(_square(x, y, 1)) for rect in self.badges)

    def _free(self, rect: Rect) -> bool:
        """Asked some hundred times for a map, so what `meets` says is written out."""
        left, top, right, bottom = rect.left, rect.top, rect.right, rect.bottom
        if left < 2 or top < 2 or right > self.width - 2 or bottom > self.height - 2:
            return False
        for other in self.taken:
            if left < other.right and other.left < right and top < other.bottom and other.top < bottom:
                return False
        return True


def _square(x: float, y: float, reach: float) -> Rect:
    return Rect(x - reach, y - reach, x + reach, y + reach)


_COMPASS = ((1, 0), (-1, 0), (0, -1), (0, 1), (0.7, -0.7), (-0.7, -0.7), (0.7, 0.7), (-0.7, 0.7))


def _around(x: float, y: float, wide: float, size: float, gap: float) -> Iterator[tuple[Label, Rect]]:
    middle = y + size * 0.35
    yield Label(x + gap, middle, "start"), Rect(x + gap, y - size * 0.6, x + gap + wide, y + size * 0.6)
    yield Label(x - gap, middle, "end"), Rect(x - gap - wide, y - size * 0.6, x - gap, y + size * 0.6)
    above, below = y - gap - size * 0.1, y + gap + size * 0.8
    yield Label(x, above, "middle"), Rect(x - wide / 2, above - size, x + wide / 2, y - gap)
    yield Label(x, below, "middle"), Rect(x - wide / 2, y + gap, x + wide / 2, below + size * 0.3)
