"""Whether the name of an organization was typed, most of it or misspelt. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz.distance import OSA

from referrals.directory.search.little import LITTLE
from referrals.directory.search.spelling import without_stops
from referrals.kit.text import fold

_MOST: Final = 0.75
"""Part of a name's letters that must be typed."""
_SLIPS: Final = 0.24
"""Part of a word's letters that may be wrong."""
_SHORT: Final = 3
"""Letters of a word that has no slips, only a plural."""
_FIRST: Final = 2
"""Words with which a long name begins, and by which it is called."""
_NAMESAKES: Final = 3
"""Names that begin with all that was typed, and are all meant: two councils of the Girl Scouts."""
_FORMS: Final = frozenset(("inc", "llc", "corp", "corporation", "ltd", "cic", "asbl"))
"""What a body is before the law is no part of its name."""


def named(typed: Sequence[str], free: Sequence[str], names: Iterable[str], half: str | None = None) -> dict[str, float]:
    """Of these names the ones that were meant, with how much of each was typed. A name that was cut short counts where no
    other begins like it, or few with all that was typed; and one within which that stands in a row where no other has it.
    Words that mean a need, a wish or a place belong to many: one of the `free` ones must be the name's too, or they are all
    of it. `half`: the typed word that may be the beginning of one.
    """
    words = {name: _words(name) for name in dict.fromkeys(names)}
    begins = Counter(tuple(of[:_FIRST]) for of in words.values())
    begun = [name for name, of in words.items() if len(typed) > 1 and _begins(typed, of, half)]
    within = [name for name, of in words.items() if _stands_in(typed, of, half)]
    found = {}
    for name, of in words.items():
        likeness = [_closest(word, typed, half) for word in of]
        met = {near for near, _ in likeness if near}
        if (not met.intersection(free) and of != list(typed)) or len(met) < (
            _FIRST if half in met else min(_FIRST, len(of))
        ):
            continue
        letters = sum(map(len, of))
        covered = sum(len(word) * like for word, (_, like) in zip(of, likeness, strict=True)) / letters
        first = [near for near, _ in likeness[:_FIRST]]
        shortened = begins[tuple(of[:_FIRST])] == 1 and all(first) and _in_a_row(first, typed)
        if name in begun and len(begun) <= _NAMESAKES:
            covered = max(covered, _MOST)
        if covered >= _MOST or shortened or within == [name]:
            found[name] = covered
    return found


def _words(name: str) -> list[str]:
    words = (word for word in fold(without_stops(name)).split() if word not in LITTLE and word not in _FORMS)
    return list(dict.fromkeys(words))


def _in_a_row(words: Sequence[str], typed: Sequence[str]) -> bool:
    return any(list(typed[start : start + len(words)]) == list(words) for start in range(len(typed)))


def _stands_in(typed: Sequence[str], of: Sequence[str], half: str | None) -> bool:
    """All of it, in a row; the last word of it may be half of one."""
    many = len(typed)
    rows = (of[start : start + many] for start in range(len(of) - many + 1))
    return any(all(_is(one, word, half) for one, word in zip(typed, row, strict=True)) for row in rows)


def _begins(typed: Sequence[str], of: Sequence[str], half: str | None) -> bool:
    """With all of it, a slip in a word or none."""
    return len(typed) <= len(of) and all(
        _is(one, word, half) or _likeness(one, word) for one, word in zip(typed, of, strict=False)
    )


def _is(one: str, word: str, half: str | None) -> bool:
    return one == word or (one == half and word.startswith(one))


def _closest(word: str, typed: Sequence[str], half: str | None) -> tuple[str, float]:
    """The typed word that this one is, and how like it is."""
    best, found = 0.0, ""
    for one in typed:
        like = 1.0 if _is(one, word, half) else _likeness(one, word)
        if like > best:
            best, found = like, one
    return found, best


def _likeness(one: str, other: str) -> float:
    if one.rstrip("sx") == other.rstrip("sx"):
        return 1.0
    like = OSA.normalized_similarity(one, other) if min(len(one), len(other)) > _SHORT else 0.0
    return like if like >= 1 - _SLIPS else 0.0


__all__ = ["named"]
