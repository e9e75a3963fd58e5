"""Which of our words a misspelt one may be. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

_ELIDED = frozenset("dljmtsnc")
_SHORT = 2
DOTTED: Final = r"(?:\b[^\W\d_]\.){2,}(?:[^\W\d_]\b)?"
"""Letters with a stop behind each: `S.D.F.`."""
_DOTTED: Final = re.compile(DOTTED)
_SPOKEN: Final = 6
"""Letters. Shorter words sound like too many others."""


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
        self._said: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.known):
            if len(word) >= _SPOKEN:
                self._said[sounds(word)].append(word)

    def near(self, typed: str) -> tuple[str, ...]:
        """The known words with the fewest slips; a word of four letters or fewer must be right.

        `durgence` is `urgence`: an apostrophe that was not typed is no slip.
        """
        if typed.isdigit():
            return ()
        for cut in (1, 2):
            bare = typed[cut:]
            if len(bare) > 3 and (typed[0] in _ELIDED if cut == 1 else typed[:2] == "qu"):
                for one in (bare, singular(bare)):
                    if one in self.known:
                        return (one,)
        allowed = slips(typed)
        if not allowed:
            return ()
        block: set[str] = set()
        for length in range(len(typed) - allowed, len(typed) + allowed + 1):
            block.update(self._starts.get((typed[:2], length), ()), self._ends.get((typed[-3:], length), ()))
        scored = process.extract(typed, block, scorer=OSA.distance, score_cutoff=allowed, limit=8)
        # A wrong first letter makes a short word another one, and so does any further slip a long one.
        close = [(score, word) for word, score, _ in scored if word[0] == typed[0] or score < allowed]
        fewest = min((score for score, _ in close), default=0)
        found = tuple(sorted(word for score, word in close if score == fewest))
        return found or (tuple(self._said.get(sounds(typed), ())) if len(typed) >= _SPOKEN else ())


def without_stops(name: str) -> str:
    """`L.I.F.E. Center` as people type it: `LIFE Center`."""
    return _DOTTED.sub(lambda letters: letters.group().replace(".", ""), name) if "." in name else name


def slips(word: str) -> int:
    """How many slips a word of this length may have."""
    return 0 if len(word) < 5 else 1 if len(word) < 8 else 2


def singular(word: str) -> str:
    """Good enough to make a word and its plural equal, and American and British; not always a word."""
    if len(word) > 4 and word.endswith("ies"):
        one = word[:-3] + "y"
    elif len(word) > 4 and word.endswith("aux"):
        one = word[:-3] + "al"
    elif len(word) > 3 and word.endswith(("s", "x")) and not word.endswith("ss"):
        one = word[:-1]
    else:
        one = word
    return _BRITISH.get(one, one)


def sounds(word: str) -> str:
    """How a word is said, roughly, in French as in English: `sevraj` and `sevrage`, `fisio` and `physio` sound alike."""
    for written, said in _SOUNDS:
        word = word.replace(written, said)
    once = "".join(letter for place, letter in enumerate(word) if place == 0 or word[place - 1] != letter)
    return once.rstrip("eh") or once


_BRITISH: Final = {
    "counseling": "counselling", "counselor": "counsellor", "center": "centre", "program": "programme",
    "pediatric": "paediatric", "gynecologist": "gynaecologist", "labor": "labour", "behavior": "behaviour",
    "behavioral": "behavioural", "enrollment": "enrolment", "organization": "organisation",
    "ds": "dan", "pr": "pour",
    "diaper": "nappy", "mom": "mum", "mommy": "mum", "apartment": "flat", "attorney": "lawyer",
}  # fmt: skip
_SOUNDS: Final = (
    ("ph", "f"), ("psy", "si"), ("y", "i"), ("th", "t"), ("ch", "sh"), ("sch", "sh"), ("qu", "k"), ("ck", "k"), ("ca", "ka"), ("co", "ko"),
    ("cu", "ku"), ("ce", "se"), ("ci", "si"), ("ge", "je"), ("gi", "ji"), ("z", "s"), ("eau", "o"), ("au", "o"),
    ("ai", "e"), ("ei", "e"), ("em", "an"), ("en", "an"), ("am", "an"), ("im", "in"), ("x", "ks"),
)  # fmt: skip
