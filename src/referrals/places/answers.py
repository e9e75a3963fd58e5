"""What a question about a place is answered with, and when population may decide."""

from dataclasses import dataclass
from typing import Final, Literal

from referrals.kit.geo import Km, distance
from referrals.places.entry import AREAS, SETTLEMENTS, Entry

How = Literal["name", "postcode", "beginning", "spelling"]
CLEARLY: Final = 10
"""So many times more inhabitants than the next one: then people mean the big one."""
CLOSE_BY: Final = Km(20)
"""Communes of one postcode within this distance of the largest are one answer; their post comes by the same van."""
_MANY: Final = 12
_WEIGHT: Final = {"department": 0.1, "region": 0.05, "epci": 0.01}
"""How much of its population an area brings to type-ahead: people mostly type towns."""


@dataclass(frozen=True, slots=True)
class Found:
    place: Entry
    how: How
    others: tuple[Entry, ...] = ()
    """What else it could have meant, all of it unlikely or close by; largest first."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several places, none of them clearly the one; largest first."""

    places: tuple[Entry, ...]


def likely(place: Entry, first: str | None = None) -> tuple[float, str]:
    weight = _WEIGHT.get(place.kind, 1.0) * (20 if place.country == first else 1)
    return place.population * weight, place.code


def settled_by_postcode(places: list[Entry]) -> Found | Ambiguous:
    largest, *others = sorted(places, key=lambda place: -place.population)
    if all(distance(largest.at, other.at) <= CLOSE_BY for other in others):
        return Found(largest, "postcode", tuple(others))
    return settled(places, "postcode")


def settled(places: list[Entry], how: How) -> Found | Ambiguous:
    """Population decides only where it is clear."""
    largest, *others = sorted(_without_echoes(places), key=lambda place: -place.population)
    if all(largest.population >= CLEARLY * max(other.population, 1) for other in others):
        return Found(largest, how, tuple(others[:_MANY]))
    return Ambiguous((largest, *others)[:_MANY])


def _without_echoes(places: list[Entry]) -> list[Entry]:
    """Paris the department says nothing that Paris the commune does not; nor does Martinique the region."""
    return [place for place in places if place.kind not in AREAS or not any(_echoes(place, other) for other in places)]


def _echoes(area: Entry, other: Entry) -> bool:
    smaller = other.kind in SETTLEMENTS or (area.kind == "region" and other.kind == "department")
    inside = (area.country, area.region) == (other.country, other.region) and area.department in ("", other.department)
    return smaller and inside
