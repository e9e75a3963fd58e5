"""Two hundred questions to a synthetic directory, in classes; each one with what it means, so that reading it is apart."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from referrals.directory.search.find import here_of
from referrals.directory.search.port import Here
from referrals.directory.search.understand import Understood, understand
from referrals.kit.text import fold
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.taxonomy.vocabulary import Vocabulary

CLASSES: Final = ("words", "misspelt", "prefix", "words + place", "term + place", "browse near", "facets")
MANY: Final = 200
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class Asked:
    """`typed` and `near` as a form sends them; `meant` and `here`: the same, understood."""

    kind: str
    typed: str
    near: str
    tags: tuple[str, ...]
    meant: Understood
    here: Here | None

    @property
    def address(self) -> list[tuple[str, str]]:
        told = [("q", self.typed), ("near", self.near), *(("tag", tag) for tag in self.tags)]
        return [pair for pair in told if pair[1]]

    @property
    def unfinished(self) -> bool:
        return self.kind == "prefix"


def asked(connection: psycopg.Connection[Any], words: Vocabulary, places: PlaceIndex, many: int = MANY) -> list[Asked]:
    """From services that are there, chosen by chance; only lines that are read as they are meant."""
    chance = random.Random(_SEED)  # noqa: S311 - to be repeated, not to be secret
    rows = connection.execute(
        "SELECT s.name, p.city, p.postcode, l.needs FROM service s JOIN listing l ON l.service_id = s.id "
        "JOIN listing_place p ON p.service_id = s.id WHERE p.country = 'FR' ORDER BY s.id LIMIT 20000"
    ).fetchall()
    found: list[Asked] = []
    each = [many // len(CLASSES) + (number < many % len(CLASSES)) for number in range(len(CLASSES))]
    for kind, wanted in zip(CLASSES, each, strict=True):
        questions = (one for one in _made(kind, chance, rows, words, places) if one is not None)
        found += [question for question, _ in zip(questions, range(wanted), strict=False)]
    return found


def _made(
    kind: str, chance: random.Random, rows: list[Any], words: Vocabulary, places: PlaceIndex
) -> Iterator[Asked | None]:
    while True:
        name, city, postcode, needs = chance.choice(rows)
        town = f"{postcode} {city}"
        spoken = fold(name).split()
        first, last = spoken[0], spoken[-1]
        label = words.label("need", needs[0], "fr")
        match kind:
            case "words":
                yield _read(kind, f"{first} {last}", "", (), words, places)
            case "misspelt":
                at = chance.randrange(2, max(len(last) - 1, 3))
                yield _read(kind, last[:at] + last[at + 1 :], "", (), words, places) if len(last) > 5 else None
            case "prefix":
                yield _read(kind, f"{first} {last[:4]}", "", (), words, places) if len(last) > 5 else None
            case "words + place":
                yield _read(kind, last, town, (), words, places)
            case "term + place":
                yield _read(kind, label, town, (), words, places)
            case "browse near":
                yield _read(kind, "", town, (), words, places)
            case _:
                yield _read(kind, first, town, ("free",), words, places)


def _read(
    kind: str, typed: str, near: str, tags: tuple[str, ...], words: Vocabulary, places: PlaceIndex
) -> Asked | None:
    """None where the line means something else than its class says."""
    place = getattr(places.find(near), "place", None) if near else None
    if near and not isinstance(place, Entry):
        return None
    meant = understand(typed, words, places)
    worded = bool(meant.words) and not meant.terms
    fits = {"term + place": bool(meant.terms) and not meant.words, "browse near": True}.get(kind, worded)
    if not fits or meant.place or meant.tags or meant.opening or meant.unknown_place:
        return None
    return Asked(kind, typed, near, tags, meant, here_of(place) if place else None)
