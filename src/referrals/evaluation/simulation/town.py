"""The town and its people, made from a seed: what services say of themselves, and, apart from it, what they are like."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import cos, radians
from typing import Final
from uuid import UUID

from referrals.kit.geo import LatLon
from referrals.matching.facts import FREE, NeedAsked, Offer, Person, Spot, Travel

BEGIN: Final = date(2026, 1, 5)
WEEK: Final = timedelta(days=7)
NEEDS: Final = ("physiotherapy", "debt-advice", "respite-care", "talking-therapy")
HELP_WEEKS: Final = 10
"""How long somebody is helped; so long a place is taken."""
NEWCOMERS: Final = 6
"""One in so many services opens later."""
UNSAID: Final = 0.2
"""How often a listing leaves out one thing that it could say."""
_CENTRE: Final = LatLon(47.0, 2.0)
_KM: Final = 111.195


@dataclass(frozen=True, slots=True)
class Size:
    services: int = 60
    people: int = 12
    """Each week."""
    weeks: int = 52
    joining: int = 20
    """The week in which newcomers open."""
    tight: float = 0.9
    """People that come, of those that all services together could help."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What nobody is told."""

    offer: Offer
    """The listing as it would be if it said everything."""
    quality: float
    """The chance that a need is met there, without a wait and next door."""
    willing: float
    """The chance that they say yes where they could."""
    answer_days: float
    longest: int
    """Weeks of queue beyond which they take nobody."""
    diligent: float
    """The chance, each week, that they say how long their queue is."""


@dataclass(frozen=True, slots=True)
class Service:
    said: Offer
    hidden: Hidden
    places: int
    """How many people are helped there at a time."""
    opens: int
    """The week."""


@dataclass(frozen=True, slots=True)
class Asker:
    number: int
    week: int
    person: Person
    need: NeedAsked


def luck(seed: int, *what: object) -> random.Random:
    """Chance that hangs on what it is about and on nothing else: so every order meets the same luck."""
    return random.Random("/".join(map(str, (seed, *what))))  # noqa: S311 - to be repeated, not to be secret


def town(seed: int, size: Size) -> list[Service]:
    return list(_services(seed, size))


def askers(seed: int, size: Size) -> list[Asker]:
    return [
        _asker(luck(seed, "person", number), number, number // size.people)
        for number in range(size.people * size.weeks)
    ]


def _services(seed: int, size: Size) -> Iterator[Service]:
    usual = size.people * HELP_WEEKS / size.tight / size.services
    for number in range(size.services):
        chance = luck(seed, "service", number)
        offer = _offer(chance, number)
        hidden = Hidden(
            offer, chance.betavariate(6, 4), chance.betavariate(18, 2), chance.uniform(2, 12), chance.randint(8, 20),
            chance.uniform(0.1, 0.5),
        )  # fmt: skip
        places = max(1, round(usual * chance.lognormvariate(-0.18, 0.6)))
        opens = size.joining if number % NEWCOMERS == NEWCOMERS - 1 else 0
        yield Service(_with_gaps(chance, offer), hidden, places, opens)


def _offer(chance: random.Random, number: int) -> Offer:
    free = chance.random() < 0.3
    paid = chance.random() < 0.4
    return Offer(
        UUID(int=1 + number), UUID(int=1_000_000 + number // 2), frozenset({NEEDS[number // 2 % len(NEEDS)]}),
        min_age=18 if chance.random() < 0.5 else None, max_age=65 if chance.random() < 0.15 else None,
        languages=("fr", "en") if chance.random() < 0.5 else ("fr",),
        interpreter="interpreter-available" if chance.random() < 0.4 else "no-interpreter",
        modes=frozenset({"on-site"}),
        funding=frozenset({FREE}) if free else frozenset({"self-pay"}) if paid else frozenset({"assurance-maladie", "self-pay"}),
        price=None if free else float(chance.choice((20, 30, 45, 60))), currency=None if free else "EUR",
        accessibility={"step-free": "yes" if chance.random() < 0.6 else "no"},
        spots=(Spot("18000", "FR", None, _somewhere(chance, 7), "exact"),), has_email=True,
    )  # fmt: skip


def _with_gaps(chance: random.Random, offer: Offer) -> Offer:
    """What the listing says: some things are left out, nothing is wrong."""
    said = offer
    if chance.random() < UNSAID:
        said = replace(said, languages=(), interpreter=None)
    if chance.random() < UNSAID:
        said = replace(said, funding=frozenset(), price=None)
    if chance.random() < UNSAID:
        said = replace(said, accessibility={})
    return said


def _asker(chance: random.Random, number: int, week: int) -> Asker:
    age = chance.randint(16, 85)
    spoken = chance.choices((("fr",), ("fr", "en"), ("en",), ("ar",)), (70, 15, 7, 8))[0]
    travel = chance.choices((Travel("car", 45), Travel("transit", 45), Travel("bike", 40)), (60, 30, 10))[0]
    insured, ceiling = chance.random() < 0.9, float(chance.choice((15, 30, 50, 80)))
    person = Person(
        ages=(age, age), languages=spoken, interpreter_ok=True,
        funding=frozenset({"assurance-maladie", "self-pay"} if insured else {"self-pay"}), ceiling=ceiling,
        travel=travel, at=_somewhere(chance, 8), postcode="18000", country="FR",
        accessibility=frozenset({"step-free"} if chance.random() < 0.15 else ()),
    )  # fmt: skip
    urgency = "urgent" if chance.random() < 0.3 else "routine"
    return Asker(number, week, person, NeedAsked(UUID(int=number + 1), chance.choice(NEEDS), urgency=urgency))


def _somewhere(chance: random.Random, spread: float) -> LatLon:
    """Around the middle of the town; `spread` in kilometres."""
    north, east = chance.gauss(0, spread), chance.gauss(0, spread)
    return LatLon(_CENTRE.lat + north / _KM, _CENTRE.lon + east / _KM / cos(radians(_CENTRE.lat)))
