"""Phrases as a tree of words, walked along what somebody typed. Pure; a look costs the same with ten times the phrases."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any, Final, Generic, TypeVar

from referrals.directory.search.little import ARTICLES, LITTLE
from referrals.directory.search.spelling import singular

M = TypeVar("M")
_SKIPPED: Final = 3
"""So many words that say nothing may stand between two that do."""
_END: Final = "."
_DENYING: Final = ("sans",)
"""Little, but never in a phrase: `sans carte vitale` is the contrary of the card."""


@dataclass(frozen=True, slots=True)
class Said:
    """One typed word: its key, and the keys of the words that it may be a slip of."""

    key: str
    slips: tuple[str, ...] = ()
    skip: bool = False
    """It says nothing, so it may stand within a phrase that does not have it."""


@dataclass(frozen=True, slots=True)
class Match(Generic[M]):
    """`end`: the place after the last word; `words`: how many of the phrase were found; `right`: which were misspelt, by
    their places, and what is right.
    """

    end: int
    meaning: M
    words: int
    right: tuple[tuple[int, str], ...] = ()

    @property
    def slips(self) -> int:
        return len(self.right)


class Phrasebook(Generic[M]):
    """Phrases and what they mean. The first meaning given to a phrase stays."""

    def __init__(self) -> None:
        self._root: dict[str, Any] = {}
        self.keys: set[str] = set()
        self._sorted: list[str] | None = None

    def add(self, keys: Sequence[str], meaning: M) -> None:
        if not keys:
            return
        node = self._root
        for key in keys:
            node = node.setdefault(key, {})
        node.setdefault(_END, meaning)
        self.keys.update(keys)

    def get(self, keys: Iterable[str]) -> M | None:
        node: Any = self._root
        for key in keys:
            node = node.get(key)
            if node is None:
                return None
        found: M | None = node.get(_END)
        return found

    def begun(self, said: Sequence[Said], start: int, half: str) -> list[tuple[str, M | None]]:
        """The phrases of which these words are the beginning and `half`, the last one, is half a word: what that word
        becomes, and the meaning; None where more words must follow.
        """
        found: list[tuple[str, M | None]] = []
        for node in self._reached(self._root, said, start, len(said) - 1, 0):
            keys = self._keys_from(half) if node is self._root else (key for key in node if key.startswith(half))
            found += [(key, node[key].get(_END)) for key in keys if key != _END]
        return found

    def longest(self, said: Sequence[Said], start: int) -> Match[M] | None:
        """The phrase that begins at this word: the most words of it, then the fewest slips."""
        best: Match[M] | None = None
        for match in self._walk(self._root, said, start, 0, 0, ()):
            if best is None or (match.words, -match.slips) > (best.words, -best.slips):
                best = match
        return best

    def _reached(
        self, node: dict[str, Any], said: Sequence[Said], at: int, last: int, skipped: int
    ) -> Iterator[dict[str, Any]]:
        """Where all words before the last one lead, or what they are slips of."""
        if at == last:
            yield node
            return
        for key in (said[at].key, *said[at].slips):
            if child := node.get(key):
                yield from self._reached(child, said, at + 1, last, 0)
        if node is not self._root and said[at].skip and skipped < _SKIPPED:
            yield from self._reached(node, said, at + 1, last, skipped + 1)

    def _keys_from(self, half: str) -> list[str]:
        """The first words of phrases that begin so."""
        if self._sorted is None or len(self._sorted) != len(self._root):
            self._sorted = sorted(self._root)
        first = bisect_left(self._sorted, half)
        return list(takewhile(lambda key: key.startswith(half), islice(self._sorted, first, None)))

    def _walk(
        self,
        node: dict[str, Any],
        said: Sequence[Said],
        at: int,
        skipped: int,
        words: int,
        slips: tuple[tuple[int, str], ...],
    ) -> Iterator[Match[M]]:
        if at >= len(said):
            return
        word = said[at]
        for number, key in enumerate((word.key, *word.slips)):
            child = node.get(key)
            if child is None:
                continue
            wrong = (*slips, (at, key)) if number else slips
            if _END in child:
                yield Match(at + 1, child[_END], words + 1, wrong)
            yield from self._walk(child, said, at + 1, 0, words + 1, wrong)
        if words and word.skip and skipped < _SKIPPED:
            yield from self._walk(node, said, at + 1, skipped + 1, words, slips)


def keys_of(words: Sequence[str]) -> tuple[str, ...]:
    """What a phrase of ours is found by: its words in the singular, without the little ones.

    Where that leaves one word of several, `à la rue` would be every street: such a phrase keeps all its words but the
    articles before it.
    """
    telling = [word for word in words if word not in LITTLE or word in _DENYING]
    if len(telling) > 1 or (len(telling) == 1 and all(word in telling or word in ARTICLES for word in words)):
        return tuple(singular(word) for word in telling)
    return tuple(singular(word) for word in words)


def verbatim(words: Sequence[str]) -> tuple[str, ...]:
    """For phrases in which every word counts: `à la maison` is not `la maison`."""
    return tuple(singular(word) for word in words)
