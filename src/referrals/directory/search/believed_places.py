"""Which of the gazetteer's answers to take for some words; none where they are more likely something else. Pure."""

from typing import Final

from rapidfuzz.distance import OSA

from referrals.directory.search.little import LITTLE
from referrals.directory.search.reading import Reading
from referrals.directory.search.spelling import singular
from referrals.places.answers import Ambiguous, Found
from referrals.places.entry import Entry
from referrals.places.words import key, without_article

WELL_KNOWN: Final = 2_000
"""Inhabitants. A smaller place is understood only where a word says that a place follows."""
BEGUN: Final = 5_000
"""Inhabitants of a town of which half the name was typed, in one word."""
SPELT_BY_CHANCE: Final = 15_000
"""Inhabitants. A misspelt name without such a word must mean a town of this size."""
_AMIDST: Final = 20_000
"""Inhabitants of a town that is named amidst other words; of one called like an everyday word (`Bath`, `Sens`) that is
written small and stands last, beside a need; and of one whose name stands alone, written small, and begins a word of ours."""
_ANYWHERE: Final = 200_000
"""Inhabitants of such a town that stands anywhere else."""
_LONGER: Final = 5_000
"""Inhabitants of `Montfort-sur-Meu` for whoever types `Montfort` last, beside a need; and of a town that is called like several
of an everyday thing: `three robins` is not Robins in Iowa.
"""
_AREAS_BY_WORD: Final = ("US", "CA")
"""There a county is called one: `Citrus` is none by itself."""
_TWO_SLIPS: Final = 2


def announced(found: Found | Ambiguous, words: list[str]) -> tuple[Entry, ...]:
    telling = [word for word in words if word not in LITTLE]
    enough = sum(map(len, telling)) > 4
    if isinstance(found, Ambiguous):
        one_name = enough and len({place.name for place in found.places}) == 1
        return found.places if one_name or _called(found.places, words) else ()
    if found.how in ("name", "postcode"):
        return _places(found) if found.how == "name" else (found.place,)
    sure = SPELT_BY_CHANCE if _slips(found.place, words) >= _TWO_SLIPS else 0
    return (found.place,) if enough and (found.how == "beginning" or found.place.population >= sure) else ()


def well_known(found: Found | Ambiguous, line: Reading, start: int, end: int) -> tuple[Entry, ...]:
    """Spelt right, and large enough to be meant without any word that says so."""
    found = _as_written(found, line.typed(start, end))
    places = _places(found)
    if isinstance(found, Found) and found.how == "postcode":
        return places[:1]
    words, largest = line.words[start:end], places[0]
    if largest.kind == "department" and largest.country in _AREAS_BY_WORD and key(largest.name) != key(" ".join(words)):
        return ()
    least = _least(line, start, end, largest)
    common = least > WELL_KNOWN and all(word in line.known.words for word in words)
    if isinstance(found, Ambiguous) and (common or not _called(places, words)):
        return ()
    if without_article(key(largest.name)) != without_article(key(" ".join(words))):
        least = max(least, _LONGER if line.is_last(end) and line.has("need") else SPELT_BY_CHANCE)
    return places if largest.population >= least else ()


def misspelt(found: Found | Ambiguous) -> tuple[Entry, ...]:
    if _places(found)[0].population < SPELT_BY_CHANCE:
        return ()
    if isinstance(found, Ambiguous):
        return found.places if len({place.name for place in found.places}) == 1 else ()
    return (found.place,)


def is_one_slip(place: Entry, word: str) -> bool:
    """Its first letter is right, and it is one slip away from its name."""
    return key(place.name)[:1] == key(word)[:1] and _slips(place, [word]) == 1


def most(found: Found | Ambiguous) -> int:
    """Inhabitants of the largest of them."""
    return max(place.population for place in _places(found))


def _slips(place: Entry, words: list[str]) -> int:
    typed, name = key(" ".join(words)), key(place.name)
    return min(int(OSA.distance(typed, name)), int(OSA.distance(without_article(typed), without_article(name))))


def _as_written(found: Found | Ambiguous, typed: str) -> Found | Ambiguous:
    """`Pacé` is Pacé and not Pace: an accent that was typed is meant."""
    places = _places(found)
    same = [] if typed.isascii() else [place for place in places if place.name.lower() == typed.lower()]
    return Found(same[0], "name", tuple(same[1:])) if same and len(same) < len(places) else found


def _least(line: Reading, start: int, end: int, place: Entry) -> int:
    """Inhabitants that a place must have to be meant by these words."""
    typed = line.typed(start, end)
    accented = not typed.isascii() and typed.lower() == place.name.lower()  # `Vitré` is no window
    if accented or line.tokens[start].capital:
        return WELL_KNOWN
    if len(line.tokens) == 1 and line.may_go_on(start) and line.known.begins(line.words[start]):
        return _AMIDST  # `heber` is a town of four thousand, and half of what many look for
    if all(line.known.is_everyday(word) for word in line.words[start:end]):
        return _AMIDST if line.has("need") and line.is_last(end) else _ANYWHERE
    if all(line.known.is_everyday(singular(word)) for word in line.words[start:end]):
        return max(_LONGER, WELL_KNOWN if line.is_last(end) or line.is_first(start) else _AMIDST)
    return WELL_KNOWN if line.is_last(end) or line.is_first(start) else _AMIDST


def _places(found: Found | Ambiguous) -> tuple[Entry, ...]:
    return found.places if isinstance(found, Ambiguous) else (found.place, *found.others)


def _called(places: tuple[Entry, ...], words: list[str]) -> bool:
    """At least one of them is really written like this."""
    typed = key(" ".join(words))
    return any(typed.startswith(key(place.name)) or key(place.name).startswith(typed) for place in places)
