"""Signs: a few words near one another in any order that tell of something no phrase holds: `stroke … weak`. Pure."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

NEAR: Final = 11
"""Words from the first to the last of a sign, and to a word beside it that speaks against it; `n'a pas` is two, not three."""
M = TypeVar("M")


@dataclass(frozen=True, slots=True)
class Sign(Generic[M]):
    meaning: M
    words: int
    calms: bool
    """Whether words that calm are heard beside it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One typed word as signs are looked for: what it may be read as, and how many words stand before it and with it."""

    keys: tuple[str, ...]
    typed: str
    count: int


class Signs(Generic[M]):
    """Built once, then only asked."""

    def __init__(self, groups: Mapping[str, Collection[str]], key: Callable[[str], str]) -> None:
        """`groups`: name -> folded words; `key`: what a word and its other forms are looked up by."""
        self._groups, self._key = groups, key
        self._signs: list[Sign[M]] = []
        self._in: dict[str, list[tuple[int, int]]] = {}
        self._stops: dict[str, list[int]] = {}
        self.calming: frozenset[str] = frozenset()

    def add(self, sign: str, meaning: M) -> None:
        """`fall leg -prison`: a word of each group, and none of the groups after a minus; `+`: whatever calms."""
        names = [name for name in sign.split() if name != "+" and not name.startswith("-")]
        for place, name in enumerate(names):
            for key in {self._key(word) for word in self._groups[name]}:
                self._in.setdefault(key, []).append((len(self._signs), place))
        for word in {word for name in sign.split() if name.startswith("-") for word in self._groups[name[1:]]}:
            self._stops.setdefault(word, []).append(len(self._signs))
        self._signs.append(Sign(meaning, len(names), not sign.startswith("+")))

    @property
    def keys(self) -> Collection[str]:
        return self._in.keys()

    def found(self, line: Sequence[Heard], skip: Collection[int] = ()) -> Iterator[tuple[tuple[int, ...], M]]:
        """The places of the words of each sign, and what it means. Two looks along the line, whatever stands in it."""
        calm = [word.count for word in line if word.typed in self.calming]
        stops = self._stopping(line)
        seen = [0] * len(self._signs)  # a bit for each place of a sign: one word is in many signs
        stood: dict[tuple[int, int], int] = {}
        for at, word in enumerate(line):
            for sign, place in self._may_be(word) if at not in skip else ():
                seen[sign] |= 1 << place
                stood[sign, place] = at
                whole = self._signs[sign].words
                if seen[sign] + 1 != 1 << whole:
                    continue
                stand = {stood[sign, place] for place in range(whole)}
                first = min(stand)
                if len(stand) < whole or word.count - line[first].count >= NEAR:
                    continue
                around = line[first].count - NEAR, word.count + NEAR
                is_calm = self._signs[sign].calms and _is_between(calm, *around)
                if not is_calm and not _is_between(stops.get(sign, []), *around):
                    yield tuple(sorted(stand)), self._signs[sign].meaning

    def _may_be(self, word: Heard) -> Iterator[tuple[int, int]]:
        for key in word.keys:
            yield from self._in.get(key, ())

    def _stopping(self, line: Iterable[Heard]) -> dict[int, list[int]]:
        stops: dict[int, list[int]] = {}
        for word in line:
            for sign in self._stops.get(word.typed, ()):
                stops.setdefault(sign, []).append(word.count)
        return stops


def counted(words: Iterable[tuple[tuple[str, ...], str, int]]) -> list[Heard]:
    """(keys, as typed, letters) of each word of a line; a single letter does not count."""
    heard: list[Heard] = []
    count = 0
    for keys, typed, letters in words:
        count += letters > 1
        heard.append(Heard(keys, typed, count))
    return heard


def _is_between(places: Sequence[int], first: int, last: int) -> bool:
    """`places` in their order."""
    after = bisect_left(places, first)
    return after < len(places) and places[after] <= last
