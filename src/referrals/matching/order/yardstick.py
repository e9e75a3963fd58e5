"""What offers are measured by beside the person and the need: weights, what is known of services, what is at hand already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final
from uuid import UUID

from referrals.kit.geo import LatLon
from referrals.matching.facts import VAGUE, NeedAsked, Offer, Person
from referrals.matching.weights import BROKERAGE, Weights
from referrals.tracking.evidence import NO_EVIDENCE, Evidence

Site = tuple[float, float]
"""A door: coordinates to about ten metres."""


@dataclass(frozen=True, slots=True)
class Context:
    """Where the person goes already, or probably will for their other needs: services, organizations, doors."""

    known_services: frozenset[UUID] = frozenset()
    known_organizations: frozenset[UUID] = frozenset()
    likely_services: frozenset[UUID] = frozenset()
    likely_organizations: frozenset[UUID] = frozenset()
    likely_sites: frozenset[Site] = frozenset()
    other_specialisms: frozenset[str] = frozenset()
    """What their other needs ask for: an activity they love that also trains their hand does two things at once."""

    def __bool__(self) -> bool:
        """Whether there is anything to be joined to."""
        return bool(self.known_services or self.known_organizations or self.likely_services)

    def with_known(self, receives: Iterable[str]) -> "Context":
        """With the services among what the person's file says they receive; the rest are needs."""
        ids = frozenset(id for text in receives if (id := _id(text)))
        return replace(self, known_services=self.known_services | ids) if ids else self

    def beside(self, offers: Iterable[Offer], needs: Iterable[NeedAsked] = ()) -> "Context":
        """With what is chosen, or likely to be, for other needs."""
        there = list(offers)
        return Context(
            self.known_services, self.known_organizations,
            self.likely_services | {offer.service_id for offer in there},
            self.likely_organizations | {offer.organization_id for offer in there},
            self.likely_sites | {site for offer in there for site in sites(offer)},
            self.other_specialisms | {code for need in needs for code in need.specialisms},
        )  # fmt: skip


ALONE: Final = Context()
TO_CHECK: Final = 8.0
"""Points that each thing still to be checked in the listing costs."""
TIE: Final = 3.0
"""Points within which two offers count as equal."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    weights: Weights = BROKERAGE
    evidence: Evidence = NO_EVIDENCE
    context: Context = ALONE
    loads: Mapping[UUID, int] = field(default_factory=dict)
    """Open referrals that were sent to a service from here lately."""
    to_check: float = TO_CHECK
    tie: float = TIE


PLAIN: Final = Yardstick()


def sites(offer: Offer) -> frozenset[Site]:
    return frozenset(_door(spot.at) for spot in offer.spots if spot.at and spot.precision not in VAGUE)


def seed(person: Person, need: NeedAsked, today: date) -> str:
    """By which equals take turns: the same all day for one need in one area, whoever asks and how often."""
    return "/".join((today.isoformat(), need.term, person.country or "", person.postcode or person.place or ""))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _door(at: LatLon) -> Site:
    return round(at.lat, 4), round(at.lon, 4)


__all__ = ["ALONE", "PLAIN", "TIE", "TO_CHECK", "Context", "Site", "Yardstick", "seed", "sites"]
