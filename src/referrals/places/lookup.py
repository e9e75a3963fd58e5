"""From what people type to a place: exact names first, then beginnings, then misspellings.

Held in memory, built once: a look-up is a dictionary access for names spelt well and a few milliseconds otherwise.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from itertools import islice
from math import log10
from typing import Final

from referrals.kit.geo import LatLon
from referrals.kit.text import fold
from referrals.places.answers import CLEARLY, Ambiguous, Found, likely, settled, settled_by_postcode
from referrals.places.entry import SETTLEMENTS, Entry
from referrals.places.grid import Grid
from referrals.places.spelling import Speller
from referrals.places.words import Asked, area_code, area_name, key, split, without_article

_COMMON: Final = 1000
_NAMESAKES: Final = 60
_LARGE: Final = 0.04
"""Ten times the inhabitants make up for so much likeness: people mostly type the names of large places."""
_LESS_ALIKE: Final = 0.12
_POSTCODES: Final = 120
_BEGUN: Final = 12
_DIGITS: Final = re.compile(r"^(?:\d{2,5}|[A-Z]{1,2}\d\w?)$")
_COUNTRIES: Final = {
    "FR": {"fr", "france"},
    "GB": {"gb", "uk", "united kingdom", "royaume uni", "great britain", "grande bretagne"},
    "CA": {"ca", "canada"},
    "US": {"us", "usa", "united states", "etats unis"},
}


class PlaceIndex:
    """All places, ready for questions. Build it with `load`."""

    def __init__(self, places: Sequence[Entry], aliases: Iterable[tuple[str, str]]) -> None:
        self.places = places
        self._by_code = {place.code: place for place in places}
        self._by_name = _names(places)
        self._by_alias = _aliases(self._by_code, aliases)
        self._by_postcode = _postcodes(places)
        self._speller = Speller((*self._by_name, *self._by_alias))
        self._first_words = {name.split(" ", 1)[0] for name in (*self._by_name, *self._by_alias)}
        self._within = _postcodes_within(places)
        self._sorted_names = sorted(self._by_name)
        self._sorted_aliases = sorted(self._by_alias)
        self._sorted_postcodes = sorted(self._by_postcode)
        self._common: dict[str, list[Entry]] = {}
        self._grid = Grid(place for place in places if place.kind in SETTLEMENTS)

    @classmethod
    def load(cls, rows: Iterable[Entry], aliases: Iterable[tuple[str, str]] = ()) -> "PlaceIndex":
        """`aliases`: (other name, code of the place)."""
        return cls(sorted(rows, key=lambda place: -place.population), aliases)

    def __len__(self) -> int:
        return len(self.places)

    def by_code(self, code: str) -> Entry | None:
        return self._by_code.get(code)

    def find(self, text: str, country: str | None = None) -> Found | Ambiguous | None:
        """The place that a line of text names. `country`: ISO code; look nowhere else."""
        found, asked = self._spelt_right(text, country)
        return found or (self._by_beginning_or_spelling(asked, country) if asked.name else None)

    def named(self, text: str, country: str | None = None) -> Found | Ambiguous | None:
        """Likewise, of names and postcodes spelt right alone: a few dictionary accesses."""
        return self._spelt_right(text, country)[0]

    def postcodes(self, place: Entry) -> tuple[str, ...]:
        """Its own, or, of a department or county, those of the towns within, the largest first."""
        return place.postcodes or (self._within.get(_area(place), ()) if place.kind == "department" else ())

    def begins(self, word: str) -> bool:
        """Whether any name begins with this folded word."""
        return word in self._first_words or key(word) in self._first_words or word.upper() in self._by_postcode

    def beginning(self, text: str, least: int) -> tuple[Entry, ...]:
        """Towns with so many inhabitants at least whose name begins like this; the largest, first."""
        towns = (place for place in self._names_from(key(text)) if place.kind in SETTLEMENTS)
        large = {place for place in towns if place.population >= least}
        return tuple(nlargest(_BEGUN, large, key=likely))

    def suggest(
        self, prefix: str, limit: int = 8, *, country: str | None = None, first: str | None = None
    ) -> list[Entry]:
        """Places whose name, other name or postcode begins like this, the likeliest first.

        `country`: look nowhere else. `first`: the country that most people who ask live in.
        """
        begin = prefix.strip()
        best: list[Entry] = []
        for found in (self._at_postcodes(begin.upper()), self._called(begin), self._also_called(begin)):
            fresh = self._in(country, found.difference(best))
            best += nlargest(limit - len(best), fresh, key=lambda place: likely(place, first))
        return best or self._misspelt(key(begin), country)[:limit]

    def alike(self, text: str, limit: int = 5, *, country: str | None = None) -> list[Entry]:
        """Places that a name may mean which is none: the likest first, and of those as like the larger."""
        asked = split(text)
        likest: dict[Entry, float] = {}
        for name, hint in [*islice(_readings(asked), 2), (asked.name, "")]:
            for known, likeness in self._speller.alike(name, (*self._sorted_names, *self._sorted_aliases)).items():
                for place in _hinted(self._in(country, self._named(known)), hint):
                    likest[place] = max(likest.get(place, 0), likeness + _LARGE * log10(max(place.population, 10)))
            if likest:
                break
        best = nlargest(limit * 2, likest, key=lambda place: (likest[place], place.code))
        return [place for place in best if likest[place] >= likest[best[0]] - _LESS_ALIKE][:limit]

    def nearest(self, lat: float, lon: float) -> Entry | None:
        """The settlement whose point is nearest; None where there is none within some 300 km."""
        return self._grid.nearest(LatLon(lat, lon))

    def within(self, south: float, west: float, north: float, east: float) -> list[Entry]:
        """Settlements in a box of degrees, largest first."""
        return sorted(self._grid.within(south, west, north, east), key=lambda place: -place.population)

    def _spelt_right(self, text: str, country: str | None) -> tuple[Found | Ambiguous | None, Asked]:
        """The place, and the line taken apart for those who look further."""
        asked = split(text)
        at_postcode = self._in(country, self._by_postcode.get(asked.postcode, ()))
        if at_postcode:
            named = [place for place in at_postcode if _is_called(place, asked.name)] if asked.name else at_postcode
            if named:
                return settled_by_postcode(named), asked
        if asked.postcode and not at_postcode and not asked.name:
            asked = Asked(key(text))
        return (self._by_name_alone(asked, country) if asked.name else None), asked

    def _by_name_alone(self, asked: Asked, country: str | None) -> Found | Ambiguous | None:
        for name, hint in _readings(asked):
            if called := _hinted(self._in(country, self._named(name)), hint):
                return settled(self._with_longer_names(name, hint, called, country), "name")
        return None

    def _by_beginning_or_spelling(self, asked: Asked, country: str | None) -> Found | Ambiguous | None:
        beginning = _hinted(self._in(country, self._names_from(asked.name + " ")), asked.hint)
        if beginning:
            return settled(beginning, "beginning")
        for name, hint in _readings(asked):
            if meant := _hinted(self._misspelt(name, country), hint):
                return settled(meant, "spelling")
        return None

    def _with_longer_names(self, name: str, hint: str, called: list[Entry], country: str | None) -> list[Entry]:
        """`Neuilly` is three villages, but most people mean Neuilly-sur-Seine: that belongs among the answers.

        And `Montfort` was once a commune that is part of Doué-en-Anjou now: another name says little.
        """
        largest = max((place.population for place in self._by_name.get(name, ())), default=0)
        longer = _hinted(self._in(country, self._names_from(name + " ")), hint) if largest < 5000 else []
        fresh = (place for place in longer if place not in called and place.kind in SETTLEMENTS)
        return called + [place for place in fresh if place.population > CLEARLY * max(largest, 500)]

    def _misspelt(self, name: str, country: str | None) -> list[Entry]:
        return self._in(country, (place for close in self._speller.closest(name) for place in self._named(close)))

    def _named(self, name: str) -> list[Entry]:
        """The largest of that name; nobody chooses among more."""
        return list(dict.fromkeys((*self._by_name.get(name, ())[:_NAMESAKES], *self._by_alias.get(name, ()))))

    def _at_postcodes(self, begin: str) -> set[Entry]:
        if begin in self._by_postcode:
            return set(self._by_postcode[begin])
        return set(self._range(self._sorted_postcodes, self._by_postcode, begin)) if _DIGITS.search(begin) else set()

    def _called(self, begin: str) -> set[Entry]:
        """`st` may be the beginning of Stockport or mean Saint."""
        return {place for start in {key(begin), fold(begin)} - {""} for place in self._names_from(start)}

    def _also_called(self, begin: str) -> set[Entry]:
        start = key(begin)
        return set(self._range(self._sorted_aliases, self._by_alias, start)) if len(start) > 2 else set()

    def _names_from(self, start: str) -> Iterable[Entry]:
        """Every place whose key begins like this; of a very common beginning (`s`, `saint`) only the largest."""
        if start not in self._common:
            found = list(self._range(self._sorted_names, self._by_name, start))
            if len(found) < _COMMON:
                return found
            self._common[start] = nlargest(_COMMON, found, key=likely)
        return self._common[start]

    @staticmethod
    def _range(ordered: list[str], entries: dict[str, tuple[Entry, ...]], start: str) -> Iterator[Entry]:
        for word in ordered[bisect_left(ordered, start) : bisect_left(ordered, start + "\U0010ffff")]:
            yield from entries[word]

    @staticmethod
    def _in(country: str | None, places: Iterable[Entry]) -> list[Entry]:
        return [place for place in places if country in (None, place.country)]


def _names(places: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    named: dict[str, dict[str, Entry]] = defaultdict(dict)
    for place in places:
        name = key(place.name)
        named[name][place.code] = named[without_article(name)][place.code] = place
        if place.kind == "department" and (number := area_code(place.department)):
            named[number.lower()][place.code] = place
    return {name: tuple(found.values()) for name, found in named.items()}


def _aliases(by_code: dict[str, Entry], aliases: Iterable[tuple[str, str]]) -> dict[str, tuple[Entry, ...]]:
    meant: dict[str, list[Entry]] = defaultdict(list)
    for alias, code in aliases:
        if place := by_code.get(code):
            meant[key(alias)].append(place)
    return {name: tuple(places) for name, places in meant.items()}


def _postcodes(places: Iterable[Entry]) -> dict[str, tuple[Entry, ...]]:
    """An arrondissement, where there is one, stands for its city: `69003` is Lyon 3e and not all of Lyon."""
    coded: dict[str, list[Entry]] = defaultdict(list)
    for place in places:
        for postcode in place.postcodes:
            coded[postcode].append(place)
    districts = {code: [place for place in at if place.kind == "arrondissement"] for code, at in coded.items()}
    return {code: tuple(districts[code] or at) for code, at in coded.items()}


def _postcodes_within(places: Iterable[Entry]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Of each department, so many as a question can hold."""
    within: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for place in places:
        own = within[_area(place)]
        if place.department and len(own) < _POSTCODES:
            own.update(dict.fromkeys(place.postcodes))
    return {area: tuple(own)[:_POSTCODES] for area, own in within.items()}


def _area(place: Entry) -> tuple[str, str]:
    return place.country, place.department


def _is_called(place: Entry, name: str) -> bool:
    own = key(place.name)
    return name in (own, without_article(own)) or own.startswith(name + " ") or name.startswith(own + " ")


def _readings(asked: Asked) -> Iterator[tuple[str, str]]:
    """`truro cornwall` may be a name, or the name `truro` and the hint `cornwall`."""
    yield asked.name, asked.hint
    words = asked.name.split()
    if not asked.hint:
        for cut in range(len(words) - 1, 0, -1):
            yield " ".join(words[:cut]), " ".join(words[cut:])


def _hinted(places: list[Entry], hint: str) -> list[Entry]:
    return [place for place in places if hint in _around(place)] if hint else places


def _around(place: Entry) -> set[str]:
    """Everything that may be written after a place's name to say which one is meant."""
    areas = [area for area in (place.department, place.region) if area]
    names = {key(area_name(area)) for area in areas}
    short = {without_article(name).removesuffix(" county") for name in names}
    return names | short | {area_code(area).lower() for area in areas} | _COUNTRIES.get(place.country, set())
