"""How people write places: spellings made comparable, a line taken apart, a place written out."""

import re
from dataclasses import dataclass
from typing import Final, Protocol

from referrals.kit.text import fold
from referrals.places.entry import AREAS, SETTLEMENTS

_WORDS: Final = {"st": "saint", "ste": "sainte"}
_BETWEEN: Final = ((" s ", " sur "), (" ss ", " sous "))
_ARTICLE: Final = re.compile(r"^(?:le|la|les|l|the) (?=\w)")
_ARTICLE_WRITTEN: Final = re.compile(r"^La (?=Réunion)")
_POSSESSIVE: Final = re.compile(r"(?<=\w)['’]s\b", re.IGNORECASE)
_CODED: Final = re.compile(r"^(\d[\dAB]{1,8}|[A-Z]{2,3}) (.+)$")
_FRENCH_POSTCODE: Final = re.compile(r"\b(\d{2}) ?(\d{3})\b(?!-\d)")
_BRITISH_POSTCODE: Final = re.compile(r"\b([A-Z]{1,2}\d{1,2}[A-Z]?)(?: ?\d[A-Z]{2})?\b", re.IGNORECASE)
_CITIES: Final = "paris|lyon|marseille"
_CITY: Final = re.compile(_CITIES)
_DISTRICT: Final = re.compile(
    rf"^({_CITIES}) 0?(\d{{1,2}})(?: ?(?:er|ere|e|eme|ieme|nd|rd|st|th))?(?: arr(?:t|ondissement)?)?$"
)
_DISTRICT_FIRST: Final = re.compile(
    rf"^0?(\d{{1,2}}) ?(?:er|ere|e|eme|ieme|nd|rd|st|th)?(?: arr(?:t|ondissement)?)?(?: de| of)? ({_CITIES})$"
)
_FRENCH_NAMES: Final = {
    "England": "Angleterre", "Scotland": "Écosse", "Wales": "Pays de Galles", "Northern Ireland": "Irlande du Nord",
    "Cornwall": "Cornouailles", "Greater London": "Grand Londres",
    "British Columbia": "Colombie-Britannique", "New Brunswick": "Nouveau-Brunswick", "Nova Scotia": "Nouvelle-Écosse",
    "Newfoundland and Labrador": "Terre-Neuve-et-Labrador", "Northwest Territories": "Territoires du Nord-Ouest",
    "Prince Edward Island": "Île-du-Prince-Édouard", "Quebec": "Québec",
    "California": "Californie", "Florida": "Floride", "Georgia": "Géorgie", "Louisiana": "Louisiane",
    "North Carolina": "Caroline du Nord", "South Carolina": "Caroline du Sud", "New Mexico": "Nouveau-Mexique",
    "North Dakota": "Dakota du Nord", "South Dakota": "Dakota du Sud", "Pennsylvania": "Pennsylvanie",
    "Virginia": "Virginie", "West Virginia": "Virginie-Occidentale",
}  # fmt: skip
"""What French says otherwise. Names of places are content, so they live here and not in the catalogs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A line that names a place, taken apart."""

    name: str
    """As a key; empty where only a postcode was given."""
    hint: str = ""
    """A key for what came after a comma or in brackets: a department, a state, a country."""
    postcode: str = ""


class Named(Protocol):
    """What `display` needs of a place."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def region(self) -> str | None: ...
    @property
    def department(self) -> str | None: ...


def key(name: str) -> str:
    """Folded, abbreviations written out, arrondissements as `lyon 3`: all spellings of one name have one key."""
    words = " ".join(_WORDS.get(word, word) for word in fold(_POSSESSIVE.sub("s", name)).split())
    for short, written in _BETWEEN:
        words = words.replace(short, written)
    if not _CITY.search(words):
        return words
    if match := _DISTRICT.match(words):
        return f"{match[1]} {match[2]}"
    if match := _DISTRICT_FIRST.match(words):
        return f"{match[2]} {match[1]}"
    return words


def without_article(key: str) -> str:
    """`havre` of `le havre`. The key itself where it begins with no article."""
    return _ARTICLE.sub("", key)


def split(text: str) -> Asked:
    """`69003 Lyon`, `TR1 2AB`, `Saint-Denis (93)`, `Truro, Cornwall` -> name, hint, postcode."""
    postcode, rest = _postcode(text)
    name, _, hint = rest.replace("(", ",").replace(")", " ").partition(",")
    if not key(name):
        name, hint = hint, ""
    return Asked(key(name), key(hint), postcode)


def display(place: Named, lang: str) -> str:
    """`Truro (Cornwall)`, `Miami (Florida)`, `Lyon 3e`, `Saint-Denis (Réunion)`, `Paris`: the name, and where that is.

    In France and Britain that is the department or county, in America the state.
    """
    name = _spoken(place.name, place.country, lang) if place.kind in AREAS else place.name
    if place.kind == "arrondissement":
        return called(place)
    for area in _around(place):
        where = _ARTICLE_WRITTEN.sub("", area_name(area))
        if key(where) != without_article(key(place.name)):
            return f"{name} ({_spoken(where, place.country, lang)})"
    return name


def called(place: Named) -> str:
    """The name alone, as people say it: `Lyon 3e`."""
    return place.name.removesuffix(" Arrondissement") if place.kind == "arrondissement" else place.name


def _around(place: Named) -> list[str]:
    """What says best where a place is; the next one where the first only repeats its name."""
    areas = [place.region] if place.country in ("CA", "US") else [place.department, place.region]
    if place.country == "FR" and place.kind in SETTLEMENTS:
        areas = areas[:1]  # Paris is enough
    return [area for area in areas if area]


def area_code(area: str) -> str:
    """`69` of `69 Rhône`; empty where the area has no code."""
    match = _CODED.match(area)
    return match[1] if match else ""


def area_name(area: str) -> str:
    """`Rhône` of `69 Rhône`."""
    match = _CODED.match(area)
    return match[2] if match else area


def _spoken(name: str, country: str, lang: str) -> str:
    return _FRENCH_NAMES.get(name, name) if lang == "fr" and country != "FR" else name


def _postcode(text: str) -> tuple[str, str]:
    """The first postcode in a line, and the line without it. A British one is cut down to its outward part."""
    if match := _FRENCH_POSTCODE.search(text):
        return match[1] + match[2], text[: match.start()] + " " + text[match.end() :]
    if match := _BRITISH_POSTCODE.search(text):
        return match[1].upper(), text[: match.start()] + " " + text[match.end() :]
    return "", text
