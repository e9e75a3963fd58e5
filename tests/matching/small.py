"""Small values for the rules: somebody in Truro, their need, a service next door that says everything."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from referrals.kit.geo import LatLon
from referrals.matching.constraints import BY_ID, Finding
from referrals.matching.facts import Capacity, NeedAsked, Offer, Person, Slot, Spot, Travel
from referrals.matching.queries import match_of
from referrals.matching.scoring import Match

TODAY = date(2026, 11, 23)
TRURO = LatLon(50.263, -5.051)
SAID = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
WEEKDAYS = frozenset({"MO", "TU", "WE", "TH", "FR"})
MORNINGS = Slot(WEEKDAYS, time(9), time(12))
ONE, OTHER = UUID(int=1), UUID(int=2)

PERSON = Person(
    ages=(34, 34), gender="male", languages=("en",), interpreter_ok=True, audience=frozenset({"brain-injury"}),
    funding=frozenset({"nhs"}), ceiling=70, travel=Travel("car", 45), at=TRURO, place="Truro", postcode="TR1", country="GB",
)  # fmt: skip
NEED = NeedAsked(
    UUID(int=9), "physiotherapy", narrower=frozenset({"sports-physiotherapy"}), broader=("rehabilitation", "health")
)
OFFER = Offer(
    ONE, UUID(int=100), needs=frozenset({"physiotherapy"}), min_age=18, max_age=65, languages=("en",),
    modes=frozenset({"on-site"}), funding=frozenset({"nhs"}), capacity=Capacity("has-capacity", 10, 3, SAID), slots=(MORNINGS,),
    spots=(Spot("TR1", "GB", "Truro", LatLon(50.27, -5.05), "exact"),), has_email=True,
)  # fmt: skip


def person(**changes: Any) -> Person:
    return replace(PERSON, **changes)


def need(**changes: Any) -> NeedAsked:
    return replace(NEED, **changes)


def offer(**changes: Any) -> Offer:
    return replace(OFFER, **changes)


def north(km: float, precision: str = "exact") -> tuple[Spot, ...]:
    """A place this far to the north of Truro."""
    return (Spot("TR1", "GB", "Truro", LatLon(TRURO.lat + km / 111.195, TRURO.lon), precision),)


def found(id: str, who: Person = PERSON, what: NeedAsked = NEED, where: Offer = OFFER) -> Finding:
    return BY_ID[id](who, what, where, TODAY)


def matched(who: Person = PERSON, what: NeedAsked = NEED, where: Offer = OFFER) -> Match:
    return match_of(who, what, where, TODAY)
