"""Two rates that must not be taken for one another: how many loops were closed, and how many needs were met.

A loop is closed when somebody knows how it ended; that may be badly. Both stand beside each other, each with its number of
needs and an interval, and neither is shown for fewer than ten.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

FEWEST: Final = 10
_Z: Final = 1.959964
"""Of 95 %."""


@dataclass(frozen=True, slots=True)
class Story:
    """One need as the rates look at it. `ended`: an attempt for it has come to its end, whichever.

    `verdict` is None for a need that nobody has judged: one that is open, and one that the clock closed.
    """

    ended: bool
    verdict: str | None = None
    verified_by: str = "none"
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """`share` and its bounds are None where `of` is too small to be shown."""

    of: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Rates:
    closed: Rate
    """Needs with a verdict, of those with an attempt that ended."""
    verified: Rate
    """The same where somebody vouched for it."""
    met: Rate
    """Met, of those with a verdict."""
    met_or_half: Rate
    """Met, and half of each that was met in part, of those with a verdict."""
    met_of_all: Rate
    """Met, of every need there was: the companion that no open need can hide from."""


def rates(stories: Iterable[Story]) -> Rates:
    told = list(stories)
    ended = [story for story in told if story.ended]
    judged = [story for story in told if story.verdict is not None]
    return Rates(
        _share(ended, lambda story: story.verdict is not None),
        _share(ended, lambda story: story.verdict is not None and story.verified_by != "none"),
        _share(judged, _met),
        _share(judged, lambda story: _met(story) or (0.5 if story.verdict == "partly" else 0.0)),
        _share(told, _met),
    )


def wilson(share: float, of: int) -> tuple[float, float]:
    """The 95 % interval of Wilson's score. Raises ValueError for none at all."""
    if of < 1:
        raise ValueError("of none, no share")
    middle = share + _Z**2 / (2 * of)
    half = _Z * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    whole = 1 + _Z**2 / of
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def _met(story: Story) -> bool:
    """On somebody's word, and with nobody contradicting it."""
    return story.verdict == "met" and story.verified_by != "none" and not story.disputed


def _share(stories: Sequence[Story], counts: Callable[[Story], float]) -> Rate:
    if len(stories) < FEWEST:
        return Rate(len(stories), None, None, None)
    share = sum(float(counts(story)) for story in stories) / len(stories)
    return Rate(len(stories), share, *wilson(share, len(stories)))
