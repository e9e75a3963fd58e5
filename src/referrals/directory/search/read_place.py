"""Where somebody looks: after a word that announces a place, else a name of a town large enough to be meant. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Protocol

from rapidfuzz.distance import OSA

from referrals.directory.search.lexicon import Lexicon
from referrals.directory.search.little import LED_BY, LITTLE, PLACING, SURELY, says_nothing, words_set
from referrals.directory.search.reading import LONGEST_PLACE, Reading
from referrals.places.answers import Ambiguous, Found
from referrals.places.entry import Entry
from referrals.places.words import key, without_article

WELL_KNOWN: Final = 2_000
"""Inhabitants. A smaller place is understood only where a word says that a place follows."""
_AMIDST: Final = 20_000
"""Inhabitants of a town that is named amidst other words; and of one called like an everyday word (`Bath`, `Sens`) that is
written small and stands last, beside a need."""
_ANYWHERE: Final = 200_000
"""Inhabitants of such a town that stands anywhere else."""
_LONGER: Final = 5_000
"""Inhabitants of `Montfort-sur-Meu` for whoever types `Montfort` last, beside a need."""
_AREAS_BY_WORD: Final = ("US", "CA")
"""There a county is called one: `Citrus` is none by itself."""
SPELT_BY_CHANCE: Final = 15_000
"""Inhabitants. A misspelt name without such a word must mean a town of this size."""
_MISSPELT_LENGTH: Final = 4
"""Words of a name that is compared with others."""
_SHORTEST: Final = 5
"""Letters of a name that is."""
_TWO_SLIPS: Final = 2
_TRIES: Final = 8
"""Names that are compared with others, for one line."""
_NAMES: Final = 64
"""Names that are looked up, for one line."""
_PLACINGS: Final = 12
"""Words that announce a place, the last ones of a line."""
_WITHIN: Final = words_set("en sur sous")
"""What stands within names: `Boulogne-sur-Mer`."""
_NAMED: Final = words_set("saint sainte st ste ville bourg")
_ENDINGS: Final = ("ville", "villers", "bourg", "court", "mont", "ton", "ham", "bury", "shire", "mouth", "borough")
"""Built like a name of a town."""


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


@dataclass(frozen=True, slots=True)
class Where:
    """All places it may be, the likeliest first. `unclear`: nothing says which of them."""

    places: tuple[Entry, ...]
    unclear: bool = False


def announced(line: Reading, places: Places) -> Where | None:
    """`à Lyon`, `near Truro`: the last such word, and the longest name after it."""
    tries = _TRIES
    for start in islice(_after_placing(line), _PLACINGS):
        begins = _may_begin(line.words[start], places)
        for length in range(min(LONGEST_PLACE, len(line.tokens) - start), 0, -1):
            words = line.words[start : start + length]
            if not line.is_free(start, start + length) or all(word in LITTLE for word in words):
                continue
            found = places.named(" ".join(words)) if begins else None
            if found is None and tries and _may_be_misspelt(words, line.known):
                tries -= 1
                found = places.find(" ".join(words))
            if found is not None and (meant := _announced(found, words)):
                return _take(line, start, length, meant, found)
    return None


def well_known(line: Reading, places: Places) -> Where | None:
    """At the end, else at the beginning, else anywhere."""
    names = (span for span in _backwards(line) if _may_be_a_name(line.words[span[0]], places))
    for start, end in islice(names, _NAMES):
        words = line.words[start:end]
        found = places.named(" ".join(words))
        if found is None:
            continue
        found = _as_written(found, line.line.text[line.tokens[start].start : line.tokens[end - 1].end])
        longer = _LONGER if _is_last(line, end) and _beside_need(line) else SPELT_BY_CHANCE
        if meant := _well_known(found, words, line.known, _least(line, start, end, found), longer):
            return _take(line, start, end - start, meant, found)
    return None


def misspelt(line: Reading, places: Places) -> Where | None:
    """Only beside something understood: without that, an unknown word is more likely a name of something."""
    if not any(mark and mark.kind in ("need", "wish", "open") for mark in line.marks):
        return None
    tries = _TRIES
    tail = _tail(line)
    for start, end in _backwards(line):
        if end < tail:
            return None
        words = line.words[start:end]
        if not _may_be_misspelt(words, line.known):
            continue
        tries -= 1
        found = places.find(" ".join(words))
        if found is not None and (meant := _misspelt(found)):
            return _take(line, start, end - start, meant, found)
        if not tries:
            return None
    return None


def unknown(line: Reading) -> str | None:
    """The name after a word that announces a place, where the gazetteer knows none like it; as it was typed.

    After `near` anything is a place; after `à` or `in` only what is written or built like a name, or stands at the end
    beside a need.
    """
    for start in islice(_after_placing(line), _PLACINGS):
        end = start
        while end < len(line.tokens) and line.marks[end] is None and end - start < _MISSPELT_LENGTH:
            named = line.tokens[end].capital or line.words[end] in LED_BY or line.words[end] in _WITHIN
            if line.known.is_ordinary(line.words[end]) and not named:
                break
            end += 1
        while end > start and line.words[end - 1] in LITTLE:
            end -= 1
        if end > start and _like_a_place(line, start, end):
            line.take(start, end, "unknown-place", None)
            return line.line.text[line.tokens[start].start : line.tokens[end - 1].end]
    return None


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


def _like_a_place(line: Reading, start: int, end: int) -> bool:
    words = line.words[start:end]
    if all(len(word) < 4 for word in words) or any(word.isdigit() for word in words):
        return False
    placing = next(word for word in reversed(line.words[:start]) if word in PLACING)
    if placing in SURELY or line.tokens[start].capital or words[-1].endswith(_ENDINGS) or _NAMED.intersection(words):
        return True
    infinitive = words[0].endswith(("er", "ir", "re", "ing"))
    last = all(
        mark is not None or word in LITTLE for mark, word in zip(line.marks[end:], line.words[end:], strict=True)
    )
    return last and not infinitive and _beside_need(line)


def _take(line: Reading, start: int, length: int, meant: tuple[Entry, ...], found: Found | Ambiguous) -> Where:
    line.take(start, start + length, "place", meant[0].code)
    return Where(meant, isinstance(found, Ambiguous) and len(meant) > 1)


def _after_placing(line: Reading) -> Iterator[int]:
    """Where a name may begin, the last one first."""
    for at in range(len(line.tokens) - 2, -1, -1):
        if line.marks[at] is None and line.words[at] in PLACING and not _is_article(line, at):
            start = at + 1
            led = start
            while led < len(line.tokens) - 1 and line.words[led] in LED_BY:
                led += 1
            # `à La Rochelle` has its article in its name, `près de Lyon` has none.
            yield from (begin for begin in dict.fromkeys((led, start)) if line.marks[begin] is None)


def _is_article(line: Reading, at: int) -> bool:
    """`a deal` is English; `a lyon` is a French that was typed in haste."""
    written = line.line.text[line.tokens[at].start : line.tokens[at].end]
    return written in ("a", "A") and line.known.is_everyday(line.words[at + 1])


def _backwards(line: Reading) -> Iterable[tuple[int, int]]:
    """Where most people name the place: last; then the longest names."""
    tail = _tail(line)
    return sorted(line.spans(LONGEST_PLACE), key=lambda span: (span[1] < tail, span[0] - span[1], -span[0]))


def _beside_need(line: Reading) -> bool:
    return any(mark and mark.kind == "need" for mark in line.marks)


def _is_last(line: Reading, end: int) -> bool:
    return end >= _tail(line)


def _is_first(line: Reading, start: int) -> bool:
    return all(_is_beside(line, at) for at in range(start))


def _tail(line: Reading) -> int:
    """From here on there is nothing but what may stand after everything."""
    end = len(line.tokens)
    while end and _is_beside(line, end - 1):
        end -= 1
    return end


def _is_beside(line: Reading, at: int) -> bool:
    """Little, or a wish: what may stand before and after everything."""
    mark = line.marks[at]
    return mark.kind in ("wish", "open", "near-me") if mark else says_nothing(line.words[at])


# Which of the gazetteer's answers to take for these words; none where they are more likely something else.


def _announced(found: Found | Ambiguous, words: list[str]) -> tuple[Entry, ...]:
    telling = [word for word in words if word not in LITTLE]
    enough = sum(map(len, telling)) > 4
    if isinstance(found, Ambiguous):
        one_name = enough and len({place.name for place in found.places}) == 1
        return found.places if one_name or _called(found.places, words) else ()
    if found.how in ("name", "postcode"):
        return (found.place, *found.others) if found.how == "name" else (found.place,)
    sure = SPELT_BY_CHANCE if _slips(found.place, words) >= _TWO_SLIPS else 0
    return (found.place,) if enough and (found.how == "beginning" or found.place.population >= sure) else ()


def _slips(place: Entry, words: list[str]) -> int:
    typed, name = key(" ".join(words)), key(place.name)
    return min(int(OSA.distance(typed, name)), int(OSA.distance(without_article(typed), without_article(name))))


def _well_known(
    found: Found | Ambiguous, words: list[str], known: Lexicon, least: int, longer: int
) -> tuple[Entry, ...]:
    """Spelt right, and large enough to be meant without any word that says so; `longer`: where its name goes on."""
    places = found.places if isinstance(found, Ambiguous) else (found.place, *found.others)
    if isinstance(found, Found) and found.how == "postcode":
        return places[:1]
    largest = places[0]
    if largest.kind == "department" and largest.country in _AREAS_BY_WORD:
        return ()
    common = least > WELL_KNOWN and all(word in known.words for word in words)
    if isinstance(found, Ambiguous) and (common or not _called(places, words)):
        return ()
    called_so = without_article(key(largest.name)) == without_article(key(" ".join(words)))
    return places if largest.population >= (least if called_so else max(least, longer)) else ()


def _as_written(found: Found | Ambiguous, typed: str) -> Found | Ambiguous:
    """`Pacé` is Pacé and not Pace: an accent that was typed is meant."""
    places = found.places if isinstance(found, Ambiguous) else (found.place, *found.others)
    same = [] if typed.isascii() else [place for place in places if place.name.lower() == typed.lower()]
    return Found(same[0], "name", tuple(same[1:])) if same and len(same) < len(places) else found


def _least(line: Reading, start: int, end: int, found: Found | Ambiguous) -> int:
    """Inhabitants that a place must have to be meant by these words."""
    typed = line.line.text[line.tokens[start].start : line.tokens[end - 1].end]
    place = found.place if isinstance(found, Found) else found.places[0]
    accented = not typed.isascii() and typed.lower() == place.name.lower()  # `Vitré` is no window
    if accented or line.tokens[start].capital:
        return WELL_KNOWN
    last = _is_last(line, end)
    if end - start == 1 and line.known.is_everyday(line.words[start]):
        return _AMIDST if _beside_need(line) and last else _ANYWHERE
    return WELL_KNOWN if last or _is_first(line, start) else _AMIDST


def _misspelt(found: Found | Ambiguous) -> tuple[Entry, ...]:
    if _people(found) < SPELT_BY_CHANCE:
        return ()
    if isinstance(found, Ambiguous):
        return found.places if len({place.name for place in found.places}) == 1 else ()
    return (found.place,)


def _people(found: Found | Ambiguous) -> int:
    return found.places[0].population if isinstance(found, Ambiguous) else found.place.population


def _called(places: tuple[Entry, ...], words: list[str]) -> bool:
    """At least one of them is really written like this."""
    typed = key(" ".join(words))
    return any(typed.startswith(key(place.name)) or key(place.name).startswith(typed) for place in places)
