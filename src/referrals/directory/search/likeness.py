"""Whether the name of an organization was typed, most of it or misspelt. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz.distance import OSA

from referrals.directory.search.little import LITTLE
from referrals.kit.text import fold

_MOST: Final = 0.75
"""Part of a name's letters that must be typed."""
_SLIPS: Final = 0.24
"""Part of a word's letters that may be wrong."""
_SHORT: Final = 3
"""Letters of a word that has no slips, only a plural."""
_FIRST: Final = 2
"""Words with which a long name begins, and by which it is called."""
_FORMS: Final = frozenset(("inc", "llc", "corp", "corporation", "ltd", "cic", "asbl"))
"""What a body is before the law is no part of its name."""


def named(typed: Sequence[str], free: Sequence[str], names: Iterable[str]) -> dict[str, float]:
    """Of these names the ones that were meant, with how much of each was typed. A name that was cut short counts where no
    other begins like it. Words that mean a need, a wish or a place belong to many: one of the `free` ones must be the
    name's too.
    """
    words = {name: _words(name) for name in dict.fromkeys(names)}
    begins = Counter(tuple(of[:_FIRST]) for of in words.values())
    found = {}
    for name, of in words.items():
        likeness = [_closest(word, typed) for word in of]
        met = {near for near, _ in likeness if near}
        if not met.intersection(free) or len(met) < min(_FIRST, len(of)):
            continue
        letters = sum(map(len, of))
        covered = sum(len(word) * like for word, (_, like) in zip(of, likeness, strict=True)) / letters
        first = [near for near, _ in likeness[:_FIRST]]
        shortened = begins[tuple(of[:_FIRST])] == 1 and all(first) and _in_a_row(first, typed)
        if covered >= _MOST or shortened:
            found[name] = covered
    return found


def _words(name: str) -> list[str]:
    words = (word for word in fold(name).split() if word not in LITTLE and word not in _FORMS)
    return list(dict.fromkeys(words))


def _in_a_row(words: Sequence[str], typed: Sequence[str]) -> bool:
    return any(list(typed[start : start + len(words)]) == list(words) for start in range(len(typed)))


def _closest(word: str, typed: Sequence[str]) -> tuple[str, float]:
    """The typed word that this one is, and how like it is."""
    best, found = 0.0, ""
    for one in typed:
        like = _likeness(one, word)
        if like > best:
            best, found = like, one
    return found, best


def _likeness(one: str, other: str) -> float:
    if one.rstrip("sx") == other.rstrip("sx"):
        return 1.0
    like = OSA.normalized_similarity(one, other) if min(len(one), len(other)) > _SHORT else 0.0
    return like if like >= 1 - _SLIPS else 0.0


__all__ = ["named"]
