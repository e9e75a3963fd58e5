"""`kiné genou lyon 3` -> a need, a word, a place. Pure: reads words, asks nobody.

The longest phrase that our vocabulary knows wins, then a place, then the ways of giving a service, then languages;
whatever is left are words. Nothing is taken away from the words of a name: the engine gets all of them back when the
need alone finds little.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from referrals.directory.search.asides import FREE, LANGUAGES, MODES, NEAR, SPEAKING
from referrals.directory.search.lexicon import FILLERS, LITTLE, Lexicon, Meaning, lexicon
from referrals.kit.text import fold
from referrals.places.answers import Ambiguous, Found
from referrals.places.entry import Entry
from referrals.places.words import key
from referrals.taxonomy.vocabulary import TermInfo, Vocabulary

Kind = Literal["need", "place", "mode", "language", "free", "word", "little"]
WELL_KNOWN: Final = 2_000
"""Inhabitants. A smaller place is understood only where a word says that a place follows."""
SPELT_BY_CHANCE: Final = 15_000
"""Inhabitants. A misspelt name without such a word must mean a town of this size."""
_LONGEST_PLACE: Final = 6
_PUSHED: Final = 12
"""Words. What is longer is a text; only its beginning is read for phrases."""


class Places(Protocol):
    """What is asked of the gazetteer."""

    def find(self, text: str, country: str | None = None) -> Found | Ambiguous | None: ...


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the typed words, and what they became. `code`: of the need, place, mode or language."""

    text: str
    kind: Kind
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Understood:
    """What a line of text means. `terms`: the needs it names; `maybe`: what the same words could mean besides."""

    text: str
    parts: tuple[Part, ...] = ()
    terms: tuple[TermInfo, ...] = ()
    maybe: tuple[TermInfo, ...] = ()
    place: Entry | None = None
    places: tuple[Entry, ...] = ()
    """All places it may be, `place` among them; more than one where nothing says which."""
    modes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Folded, neither need nor place nor little."""
    said: tuple[str, ...] = field(default=())
    """Everything but the place and the little words: for an engine that is asked instead."""


def understand(text: str, vocabulary: Vocabulary, places: Places) -> Understood:
    """Never fails: what is not understood are words."""
    reading = _Reading(text, lexicon(vocabulary), places)
    reading.needs()
    reading.asides()
    reading.place()
    reading.misspelt_needs()
    reading.misspelt_place()
    return reading.result()


class _Reading:
    """One line being read; each step takes what it understands from what the others left."""

    def __init__(self, text: str, known: Lexicon, places: Places) -> None:
        self.text = text.strip()
        self.known = known
        self.gazetteer = places
        self.tokens = fold(text).split()
        self.kinds: list[tuple[int, Kind, str | None] | None] = [None] * len(self.tokens)
        self.meanings: list[Meaning] = []
        self.where: tuple[Entry, ...] = ()

    def needs(self) -> None:
        for length in range(min(self.known.longest, len(self.tokens), _PUSHED), 0, -1):
            self._look_for_need(self.known.exactly, length)
            if length > 1:
                self._look_for_need(self.known.nearly, length)

    def misspelt_needs(self) -> None:
        """Single words last: `rene` may be a town, and only then a slip of something else."""
        self._look_for_need(self.known.nearly, 1)

    def _look_for_need(self, look: Callable[[tuple[str, ...]], Meaning | None], length: int) -> None:
        for start in range(min(len(self.tokens), _PUSHED) - length + 1):
            span = tuple(self.tokens[start : start + length])
            if self._free(start, length) and not _little_at_ends(span) and not self._is_place(span):
                meaning = look(span)
                if meaning:
                    self.meanings.append(meaning)
                    self._take(start, length, "need", meaning.terms[0].code)

    def asides(self) -> None:
        for start, length in self._spans(3):
            words = " ".join(self.tokens[start : start + length])
            if words in MODES:
                self._take(start, length, "mode", MODES[words])
            elif words in LANGUAGES:
                first, last = self._with_speaking(start, length)
                self._take(first, last - first, "language", LANGUAGES[words])
            elif words in FREE:
                self._take(start, length, "free", None)

    def place(self) -> None:
        """After a word that announces it, else at the end, else at the beginning, else anywhere; the longest name."""
        self._look_for_place(_announced, self._announced())
        self._look_for_place(_well_known, self._backwards())

    def misspelt_place(self) -> None:
        """Only beside a need: without one, an unknown word is more likely a name of something."""
        if self.meanings:
            self._look_for_place(_misspelt, self._backwards())

    def result(self) -> Understood:
        parts = tuple(self._parts())
        terms = {meaning.terms[0].code: meaning.terms[0] for meaning in self.meanings}
        maybe = {term.code: term for meaning in self.meanings for term in meaning.terms[1:] if term.code not in terms}
        return Understood(
            self.text,
            parts,
            tuple(terms.values()),
            tuple(maybe.values()),
            self.where[0] if self.where else None,
            self.where,
            tuple(dict.fromkeys(part.code for part in parts if part.kind == "mode" and part.code)),
            tuple(dict.fromkeys(part.code for part in parts if part.kind == "language" and part.code)),
            tuple(word for part in parts if part.kind == "word" for word in part.text.split()),
            tuple(self._said()),
        )

    def _look_for_place(self, believe: "Belief", spans: Iterable[tuple[int, int]]) -> None:
        for start, length in spans:
            if self.where:
                return
            words = self.tokens[start : start + length]
            if not (words[0] in LITTLE and believe is not _announced) and not all(word in LITTLE for word in words):
                found = self.gazetteer.find(" ".join(words))
                if found is not None and (meant := believe(found, words, self.known)):
                    self.where = meant
                    self._take(start, length, "place", meant[0].code)

    def _backwards(self) -> list[tuple[int, int]]:
        return sorted(self._spans(_LONGEST_PLACE), key=lambda span: (-span[1], -span[0]))

    def _announced(self) -> Iterator[tuple[int, int]]:
        for at in range(len(self.tokens) - 1, -1, -1):
            if self.kinds[at] is None and self.tokens[at] in NEAR:
                start = at + 1
                while start < len(self.tokens) and self.tokens[start] in {"de", "d", "of", "to", "the"}:
                    start += 1
                for length in range(min(_LONGEST_PLACE, len(self.tokens) - start), 0, -1):
                    if self._free(start, length):
                        yield start, length

    def _is_place(self, span: tuple[str, ...]) -> bool:
        """`bath` and `reading` stay needs or words; only a span with a postcode's digits is kept for the place."""
        return len(span) > 1 and span[-1].isdigit() and self.known.exactly(span) is None

    def _with_speaking(self, start: int, length: int) -> tuple[int, int]:
        first, last = start, start + length
        while first > 0 and self.kinds[first - 1] is None and self.tokens[first - 1] in SPEAKING:
            first -= 1
        while last < len(self.tokens) and self.kinds[last] is None and self.tokens[last] in SPEAKING:
            last += 1
        return first, last

    def _spans(self, longest: int) -> Iterator[tuple[int, int]]:
        for length in range(min(longest, len(self.tokens)), 0, -1):
            for start in range(len(self.tokens) - length + 1):
                if self._free(start, length):
                    yield start, length

    def _free(self, start: int, length: int) -> bool:
        return all(kind is None for kind in self.kinds[start : start + length])

    def _take(self, start: int, length: int, kind: Kind, code: str | None) -> None:
        for at in range(start, start + length):
            self.kinds[at] = (start, kind, code)

    def _parts(self) -> Iterator[Part]:
        at = 0
        while at < len(self.tokens):
            taken = self.kinds[at]
            end = at + 1
            if taken is None:
                kind: Kind = "little" if self._is_little(at) else "word"
                yield Part(self.tokens[at], kind)
            else:
                while end < len(self.tokens) and self.kinds[end] == taken:
                    end += 1
                yield Part(" ".join(self.tokens[at:end]), taken[1], taken[2])
            at = end

    def _is_little(self, at: int) -> bool:
        word = self.tokens[at]
        if word in LITTLE:
            return True
        before_place = at + 1 < len(self.tokens) and (self.kinds[at + 1] or (0, "", None))[1] == "place"
        if word in FILLERS and any(kind is not None for kind in self.kinds):
            return True
        return word in NEAR and (
            before_place or (at + 2 < len(self.tokens) and self.tokens[at + 1] in {"de", "d", "of", "to"})
        )

    def _said(self) -> Iterator[str]:
        for word, taken in zip(self.tokens, self.kinds, strict=True):
            if (taken is None or taken[1] in {"need", "free"}) and word not in LITTLE:
                yield word


Belief = Callable[[Found | Ambiguous, list[str], Lexicon], tuple[Entry, ...]]
"""Which of the gazetteer's answers to take for these words; none where they are more likely something else."""


def _announced(found: Found | Ambiguous, words: list[str], known: Lexicon) -> tuple[Entry, ...]:
    enough = sum(len(word) for word in words if word not in LITTLE) > 4
    if isinstance(found, Ambiguous):
        one_name = enough and len({place.name for place in found.places}) == 1
        return found.places if one_name or _called(found.places, words) else ()
    if found.how in ("name", "postcode"):
        return _all(found)
    return (found.place,) if enough and not known.words.intersection(words) else ()


def _well_known(found: Found | Ambiguous, words: list[str], known: Lexicon) -> tuple[Entry, ...]:
    """Spelt right, and large enough to be meant without any word that says so."""
    if isinstance(found, Ambiguous):
        common = all(word in known.words for word in words)
        return found.places if _called(found.places, words) and not common and _people(found) >= WELL_KNOWN else ()
    if found.how == "postcode":
        return _all(found)
    return _all(found) if found.how == "name" and _people(found) >= WELL_KNOWN else ()


def _misspelt(found: Found | Ambiguous, words: list[str], known: Lexicon) -> tuple[Entry, ...]:
    if known.words.intersection(words) or len("".join(words)) < 5 or _people(found) < SPELT_BY_CHANCE:
        return ()
    if isinstance(found, Ambiguous):
        return found.places if len({place.name for place in found.places}) == 1 else ()
    return (found.place,)


def _all(found: Found) -> tuple[Entry, ...]:
    return (found.place, *found.others) if found.how == "name" else (found.place,)


def _people(found: Found | Ambiguous) -> int:
    return found.places[0].population if isinstance(found, Ambiguous) else found.place.population


def _called(places: tuple[Entry, ...], words: list[str]) -> bool:
    """At least one of them is really written like this."""
    typed = key(" ".join(words))
    return any(typed.startswith(key(place.name)) or key(place.name).startswith(typed) for place in places)


def _little_at_ends(span: tuple[str, ...]) -> bool:
    return span[0] in LITTLE or span[-1] in LITTLE
