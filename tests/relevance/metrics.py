"""Measures over one list of answers and over many, and how far two judges agree. Pure.

Gain is 2^grade - 1, discounted by log2(place + 1): nDCG as in Burges et al., 2005. What nobody has graded counts as 0.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log2
from statistics import fmean

GRADES = 4
"""0 to 3."""
ANSWERS = 2
"""From this grade on a listing answers the question."""
Graded = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    questions: int
    ndcg: float
    success: float

    @classmethod
    def over(cls, answered: Sequence[tuple[Sequence[str], Graded]]) -> "Figures":
        """Of questions that something fits: the list that an engine gave, and the grades."""
        if not answered:
            return cls(0, 0.0, 0.0)
        return cls(
            len(answered),
            fmean(ndcg(found, graded) for found, graded in answered),
            fmean(success(found, graded) for found, graded in answered),
        )


def ndcg(found: Sequence[str], graded: Graded, depth: int = 10) -> float:
    """1.0 where no better order of all graded listings exists, 0.0 where nothing that is worth anything was found."""
    best = _gain(sorted(graded.values(), reverse=True)[:depth])
    return _gain(graded.get(key, 0) for key in _once(found)[:depth]) / best if best else 0.0


def success(found: Sequence[str], graded: Graded, depth: int = 3) -> float:
    """1.0 where one of the first `depth` answers the question."""
    return float(any(graded.get(key, 0) >= ANSWERS for key in _once(found)[:depth]))


def kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Cohen's kappa with quadratic weights: 1 for full agreement, 0 for what chance alone would give."""
    if not pairs:
        return 0.0
    firsts, seconds = [first for first, _ in pairs], [second for _, second in pairs]
    seen = sum((first - second) ** 2 for first, second in pairs) / len(pairs)
    expected = sum(
        firsts.count(a) * seconds.count(b) * (a - b) ** 2 for a in range(GRADES) for b in range(GRADES)
    ) / len(pairs) ** 2  # fmt: skip
    return 1.0 - seen / expected if expected else 1.0


def exact(pairs: Sequence[tuple[int, int]]) -> float:
    """The share of pairs with the same grade twice."""
    return fmean(first == second for first, second in pairs) if pairs else 0.0


def _gain(values: Iterable[int]) -> float:
    return sum((2.0**value - 1.0) / log2(place + 2) for place, value in enumerate(values))


def _once(found: Sequence[str]) -> list[str]:
    """A listing that comes again earns nothing the second time, and its place is lost."""
    return [key if key not in found[:place] else "" for place, key in enumerate(found)]
