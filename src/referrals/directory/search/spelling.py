"""Which of our words a misspelt one may be. Pure."""

from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

_ELIDED = frozenset("dljmtsnc")
_SHORT = 2


class Words:
    """Words in small blocks: one slip leaves either the first two letters whole or the last three."""

    def __init__(self, words: Iterable[str]) -> None:
        self.known = frozenset(words)
        self._starts: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._ends: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(self.known):
            if len(word) > _SHORT and not word.isdigit():
                self._starts[word[:2], len(word)].append(word)
                self._ends[word[-3:], len(word)].append(word)

    def near(self, typed: str) -> tuple[str, ...]:
        """The known words with the fewest slips; a word of four letters or fewer must be right.

        `durgence` is `urgence`: an apostrophe that was not typed is no slip.
        """
        if typed.isdigit():
            return ()
        for cut in (1, 2):
            bare = typed[cut:]
            if len(bare) > 3 and bare in self.known and (typed[0] in _ELIDED if cut == 1 else typed[:2] == "qu"):
                return (bare,)
        allowed = slips(typed)
        if not allowed:
            return ()
        block: set[str] = set()
        for length in range(len(typed) - allowed, len(typed) + allowed + 1):
            block.update(self._starts.get((typed[:2], length), ()), self._ends.get((typed[-3:], length), ()))
        scored = process.extract(typed, block, scorer=OSA.distance, score_cutoff=allowed, limit=8)
        # A wrong first letter and another slip besides is another word.
        close = [(score, word) for word, score, _ in scored if score <= 1 or word[0] == typed[0]]
        fewest = min((score for score, _ in close), default=0)
        return tuple(sorted(word for score, word in close if score == fewest))


def slips(word: str) -> int:
    """How many slips a word of this length may have."""
    return 0 if len(word) < 5 else 1 if len(word) < 8 else 2


def singular(word: str) -> str:
    """Good enough to make a word and its plural equal; not always a word."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith("aux"):
        return word[:-3] + "al"
    if len(word) > 3 and word.endswith(("s", "x")) and not word.endswith("ss"):
        return word[:-1]
    return word
