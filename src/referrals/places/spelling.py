"""Which known names a misspelt one may mean."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

_BLOCK = 200
_LONG = 8
_LIKE = 0.6
SHORTEST = 4
"""Letters. Below that one slip turns a name into too many others."""


class Speller:
    """All names in small blocks, so that a word is compared with some hundreds of them, not with all.

    A name stands in two blocks, by its first letters and by its last ones: one slip leaves one of them whole. A block
    holds no more names than can be compared while somebody waits: the first given, so give the largest places first.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._starts: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._ends: dict[tuple[str, int], list[str]] = defaultdict(list)
        for name in names:
            if len(name) >= SHORTEST:
                first, last = _letters(len(name))
                for block in (self._starts[name[:first], len(name)], self._ends[name[-last:], len(name)]):
                    if len(block) < _BLOCK:
                        block.append(name)

    def closest(self, name: str) -> list[str]:
        """The known names with the fewest slips (a letter wrong, missing, too many, or two swapped), if few enough."""
        if len(name) < SHORTEST:
            return []
        slips = _allowed(name)
        scored = process.extract(name, self._block(name, slips), scorer=OSA.distance, score_cutoff=slips, limit=None)
        fewest = min((score for _, score, _ in scored), default=0)
        return [known for known, score, _ in scored if score == fewest]

    @staticmethod
    def alike(name: str, among: Sequence[str]) -> dict[str, float]:
        """Of all names those that are like this one, by how like they are (0 to 1). Some thirty milliseconds: for a name that
        is none, once somebody has finished typing it.
        """
        if len(name) < SHORTEST:
            return {}
        close = process.extract(name, among, scorer=OSA.normalized_similarity, score_cutoff=_LIKE, limit=_BLOCK)
        return {known: score for known, score, _ in close}

    def _block(self, name: str, slips: int) -> set[str]:
        found: set[str] = set()
        for length in range(len(name) - slips, len(name) + slips + 1):
            first, last = _letters(length)
            found.update(self._starts.get((name[:first], length), ()), self._ends.get((name[-last:], length), ()))
        return found


def _letters(length: int) -> tuple[int, int]:
    """How many letters at the beginning and at the end tell the blocks of names of this length."""
    return (2, 3) if length < _LONG else (3, 4)


def _allowed(name: str) -> int:
    return 1 if len(name) < 7 else 2 if len(name) < 13 else 3
