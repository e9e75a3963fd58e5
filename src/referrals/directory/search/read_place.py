"""Where somebody looks: after a word that announces a place, else a name of a town large enough to be meant. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, Literal, Protocol

from referrals.directory.search import believed_places
from referrals.directory.search.lexicon import Lexicon
from referrals.directory.search.little import LANDMARKS, LED_BY, LITTLE, PLACING, STOPS, SURELY, says_nothing, words_set
from referrals.directory.search.reading import LONGEST_PLACE, Reading
from referrals.places.answers import Ambiguous, Found
from referrals.places.entry import Entry

_MISSPELT_LENGTH: Final = 4
"""Words of a name that is compared with others."""
_SHORTEST: Final = 5
"""Letters of a name that is."""
_SURE: Final = 6
"""Letters of a name that is, where nothing else was understood."""
_HALF: Final = 3
"""Letters of half a name."""
_BEFORE: Final = 2
"""Words that stand before it then."""
_TRIES: Final = 8
"""Names that are compared with others, for one line."""
_TITLES: Final = words_set("st ste saint sainte")
"""What names of towns begin with, and no name."""
_NAMES: Final = 64
"""Names that are looked up, for one line."""
_PLACINGS: Final = 12
"""Words that announce a place, the last ones of a line."""


class Places(Protocol):
    """What is asked of the gazetteer."""

    def named(self, text: str) -> Found | Ambiguous | None:
        """A name or postcode spelt right."""
        ...

    def begins(self, word: str) -> bool:
        """Whether any name begins with this folded word."""
        ...

    def find(self, text: str) -> Found | Ambiguous | None:
        """A name, the beginning of one, or a misspelt one."""
        ...

    def beginning(self, text: str, least: int) -> tuple[Entry, ...]:
        """Towns with so many inhabitants at least whose name begins like this."""
        ...


@dataclass(frozen=True, slots=True)
class Where:
    """All places it may be, the likeliest first. `unclear`: nothing says which of them."""

    places: tuple[Entry, ...]
    unclear: bool = False
    begun: bool = False
    """All that half a name may become."""
    longer: tuple[Entry, ...] = ()
    """Where the name may go on: what it may become besides."""


def announced(line: Reading, places: Places, *, spelt: Literal["right", "roughly"]) -> Where | None:
    """`à Lyon`, `near Truro`: the last such word, and the longest name after it. Roughly: begun or misspelt too."""
    tries = _TRIES if spelt == "roughly" else 0
    for start in islice(line.after_placing(), _PLACINGS):
        begins = _may_begin(line.words[start], places)
        for length in range(min(LONGEST_PLACE, len(line.tokens) - start), 0, -1):
            words = line.words[start : start + length]
            if not line.is_free(start, start + length) or all(word in LITTLE for word in words):
                continue
            if _is_part_of_a_name(line, start, start + length):
                continue
            found = places.named(_written(words)) if begins else None
            if found is None and tries and _may_be_misspelt(words, line.known):
                tries -= 1
                found = places.find(" ".join(words))
            if found is not None and (meant := believed_places.announced(found, words)):
                return _take(line, start, length, meant, found)
    return None


def well_known(line: Reading, places: Places) -> Where | None:
    """At the end, else at the beginning, else anywhere."""
    names = (span for span in _backwards(line) if _may_be_a_name(line.words[span[0]], places))
    for start, end in islice(names, _NAMES):
        if _is_part_of_a_name(line, start, end):
            continue
        name = _written(line.words[start:end])
        found = places.named(name)
        if found is not None and (meant := believed_places.well_known(found, line, start, end)):
            may_go_on = start > 0 and line.may_go_on(end - 1)
            begun = places.beginning(name, believed_places.BEGUN) if may_go_on else ()
            longer = tuple(one for one in begun if one not in meant)
            return replace(_take(line, start, end - start, meant, found), longer=longer)
    return None


def misspelt(line: Reading, places: Places) -> Where | None:
    """Beside something understood: without that, an unknown word is more likely a name of something, and only a last
    word of a single slip, after others, is believed.
    """
    if not line.has("need", "wish", "open"):
        return _last_word(line, places)
    tries = _TRIES
    tail = line.tail()
    for start, end in _backwards(line):
        if end < tail:
            return None
        words = line.words[start:end]
        if (
            not _may_be_misspelt(words, line.known)
            or _is_half(line, start, end)
            or _is_part_of_a_name(line, start, end)
        ):
            continue
        tries -= 1
        found = places.find(" ".join(words))
        if found is not None and (meant := believed_places.misspelt(found)):
            return _take(line, start, end - start, meant, found)
        if not tries:
            return None
    return None


def begun(line: Reading, places: Places, *, fewest: int) -> Where | None:
    """Half a name, last: `clinic hial`, `shelter miami be`. Not where half a word may become another one; nor where a place is
    announced, which may be unknown. `fewest`: words, the half one among them.
    """
    last = len(line.tokens) - 1
    if last < 1 or not line.may_go_on(last):
        return None
    beside = line.has("need", "wish", "open")
    least = _HALF if beside else _SHORTEST
    for start in range(max(last - _MISSPELT_LENGTH + 1, 1), last + 2 - fewest):
        words = line.words[start : last + 1]
        if not line.is_free(start, last + 1) or len("".join(words)) < least or words[0] in LITTLE:
            continue
        if _is_part_of_a_name(line, start, last + 1):
            continue
        alone = len(words) == 1
        if alone and (line.words[start - 1] in PLACING or _may_become(line, words[0], beside)):
            continue
        if places.named(_written(words)):
            continue
        found = places.beginning(_written(words), believed_places.BEGUN if alone else believed_places.WELL_KNOWN)
        if found:
            return replace(_take(line, start, len(words), found, None), begun=True)
    return None


def _may_become(line: Reading, half: str, beside: bool) -> bool:
    """Beside something understood only another need or wish: `dora` is no dorado there."""
    return line.known.begins(half) if beside and len(half) > _HALF else line.known.may_become(half)


def is_one(word: str, places: Places) -> bool:
    """A name that somebody may type without a word that announces it."""
    found = places.named(word) if _may_begin(word, places) and word not in _TITLES else None
    return found is not None and believed_places.most(found) >= believed_places.WELL_KNOWN


def _last_word(line: Reading, places: Places) -> Where | None:
    start, end = line.tail() - 1, line.tail()
    if start < _BEFORE or not line.is_free(start - 1, end) or len(line.words[start]) < _SURE:
        return None
    if _is_half(line, start, end) or says_nothing(line.words[start - 1]):  # `le dortoir de Gerland` is one name
        return None
    if not _may_be_misspelt(line.words[start:end], line.known) or not any(
        map(line.known.is_ordinary, line.words[:start])
    ):
        return None
    found = places.find(line.words[start])
    meant = believed_places.misspelt(found) if found is not None else ()
    if found is None or not meant or not believed_places.is_one_slip(meant[0], line.words[start]):
        return None
    return _take(line, start, 1, meant, found)


def _may_be_a_name(word: str, places: Places) -> bool:
    return not says_nothing(word) and _may_begin(word, places)


def _may_begin(word: str, places: Places) -> bool:
    """A name of a place, a postcode, or `3e` of `3e Lyon`."""
    return word[0].isdigit() or places.begins(word)


def _may_be_misspelt(words: list[str], known: Lexicon) -> bool:
    """Comparing a name with all others takes a while: only where no word of it is right."""
    if len(words) > _MISSPELT_LENGTH or words[0] in LITTLE or words[-1] in LITTLE or len("".join(words)) < _SHORTEST:
        return False
    return not any(known.is_ordinary(word) for word in words if word not in LITTLE)


def _is_half(line: Reading, start: int, end: int) -> bool:
    """`advis` is no Davis, as long as it may become `adviser`."""
    return end - start == 1 and line.may_go_on(start) and line.known.may_become(line.words[start])


def _take(line: Reading, start: int, length: int, meant: tuple[Entry, ...], found: Found | Ambiguous | None) -> Where:
    line.take(*_with_landmark(line, start, start + length), "place", meant[0].code)
    return Where(meant, isinstance(found, Ambiguous) and len(meant) > 1)


def _written(words: list[str]) -> str:
    """`king s cross` is called `kings cross`."""
    return " ".join(words).replace(" s ", "s ")


def _is_part_of_a_name(line: Reading, start: int, end: int) -> bool:
    """`near King’s Cross` is not King, `près du pont Kennedy` not Pont, `near the park` no Park; `I don’t eat` is not Don; and no
    saint has a town without a name: `food st` may become stamps.
    """
    name = [word for word in line.words[start:end] if word not in LED_BY]
    return line.words[end : end + 1] in (["s"], ["t"]) or (len(name) == 1 and name[0] in (*LANDMARKS, *_TITLES))


def _with_landmark(line: Reading, start: int, end: int) -> tuple[int, int]:
    """`près de la gare de Rennes`, `near Truro station`, `kiné métro Guillotière`: that is no search for a station."""
    first = start
    while first and line.words[first - 1] in LED_BY and line.marks[first - 1] is None:
        first -= 1
    if first > 1 and line.words[first - 1] in LANDMARKS and line.is_free(first - 1, first):
        before = first - 1
        while before and line.words[before - 1] in LED_BY:
            before -= 1
        if before and line.words[before - 1] in SURELY:
            return first - 1, end
    announced = first and line.words[first - 1] in SURELY
    if line.is_free(end, end + 1) and line.words[end] in (LANDMARKS if announced else _stops(line)):
        return start, end + 1
    stops = first and line.is_free(first - 1, first) and line.words[first - 1] in _stops(line)
    return first - 1 if stops else start, end


def _stops(line: Reading) -> frozenset[str]:
    """Without anything that is looked for, they may be just that."""
    return STOPS if line.has("need", "wish", "open") else frozenset()


def _backwards(line: Reading) -> Iterable[tuple[int, int]]:
    """Where most people name the place: last; then the longest names."""
    tail = line.tail()
    return sorted(line.spans(LONGEST_PLACE), key=lambda span: (span[1] < tail, span[0] - span[1], -span[0]))
