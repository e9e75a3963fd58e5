"""What the rules look at: one person, one need, one offer, as plain values. Pure; None and empty mean: not known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal
from uuid import UUID

from referrals.kit import travel
from referrals.kit.geo import Km, LatLon, Minutes, distance

FREE = "free"
PUBLIC = frozenset({"nhs", "assurance-maladie", "ame", "mdph", "apa", "local-authority", "housing-benefit", "employer"})
"""Payers that take the whole price; what they leave to the person is the contribution."""
CAPPED = frozenset({"complementaire", "private-insurance", "legal-settlement", "self-pay"})
"""Payers that pay up to the person's ceiling for a session."""
NOT_BOUND_TO_A_PLACE = frozenset({"sign-language", "easy-read"})
"""Accessibility that a visit at home or a call needs as well; everything else is about the building."""
ON_SITE, REMOTE, HOME_VISIT, OUTREACH = "on-site", "remote", "home-visit", "outreach"
VAGUE = frozenset({"department", "region"})
"""Precision of a point that says too little to measure a way by."""

Mode = Literal["car", "transit", "bike", "walk", "none"]


@dataclass(frozen=True, slots=True)
class Travel:
    """How somebody gets about, and how far they can."""

    mode: Mode
    max_minutes: float | None = None
    max_km: float | None = None

    def minutes(self, km: float) -> Minutes | None:
        """None for somebody who cannot travel."""
        return travel.minutes(self.mode, km) if self.mode in travel.WAYS else None

    def reaches(self, km: float, minutes: float | None) -> bool:
        """`minutes`: of the way, None for somebody who cannot travel."""
        if minutes is None:
            return self.max_km is not None and 0 < km <= self.max_km
        return (self.max_minutes is None or minutes <= self.max_minutes) and (self.max_km is None or km <= self.max_km)


@dataclass(frozen=True, slots=True)
class Slot:
    """A weekly stretch of time: `MO` to `SU`."""

    days: frozenset[str]
    opens: time
    closes: time

    def shared_minutes(self, other: "Slot") -> int:
        if not self.days & other.days:
            return 0
        start, end = max(self.opens, other.opens), min(self.closes, other.closes)
        return (end.hour - start.hour) * 60 + end.minute - start.minute


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What must never be proposed to this person: a preference, or their safety."""

    organization_id: UUID | None = None
    service_id: UUID | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class Preference:
    """Who should receive them: `female` or `male`; `must` makes it a condition."""

    practitioner: str
    must: bool


@dataclass(frozen=True, slots=True)
class Person:
    """The client's side, with nothing that says who it is."""

    ages: tuple[int, int] | None = None
    """The youngest and oldest they may be; the same twice where the birthday is known."""
    gender: str | None = None
    languages: tuple[str, ...] = ()
    interpreter_ok: bool | None = None
    audience: frozenset[str] = frozenset()
    """Complete: what is neither here nor in `audience_unknown` is not so."""
    audience_unknown: frozenset[str] = frozenset()
    funding: frozenset[str] | None = None
    ceiling: float | None = None
    """The most that a session may cost them, where there is such a limit."""
    without_ceiling: bool = False
    """Somebody has asked, and there is no such limit."""
    travel: Travel | None = None
    at: LatLon | None = None
    place: str | None = None
    postcode: str | None = None
    country: str | None = None
    accessibility: frozenset[str] = frozenset()
    practitioner: Preference | None = None
    formats: frozenset[str] = frozenset()
    """One to one, in a group; `formats_must` makes it a condition."""
    formats_must: bool = False
    affinities: frozenset[str] = frozenset()
    availability: tuple[Slot, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    guardian_consent: bool | None = None
    receives: frozenset[str] = frozenset()
    """Need codes and service ids of the help they already have."""
    documents: frozenset[str] = frozenset()
    """Papers they hold: codes of `clients.papers`, or other names, folded."""
    wishes: tuple[str, ...] = ()
    """What counts most first: `soon`, `near`, `cheap`, `mine`; empty where nobody has put them in order."""
    model: str = "brokerage"
    """How they are accompanied: `brokerage`, `intensive`, `clinical`, `strengths`."""
    unasked: frozenset[str] = frozenset()
    """Fields here that are empty because nobody has asked, not because there is nothing."""


@dataclass(frozen=True, slots=True)
class NeedAsked:
    id: UUID
    term: str
    narrower: frozenset[str] = frozenset()
    broader: tuple[str, ...] = ()
    specialisms: frozenset[str] = frozenset()
    urgency: str = "routine"
    need_by: date | None = None
    remote_ok: bool = False
    remote_only: bool = False
    prescription_held: bool | None = None
    min_intensity: int | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where an offer is given; without a point its address is confidential or not known."""

    postcode: str | None = None
    country: str | None = None
    city: str | None = None
    at: LatLon | None = None
    precision: str | None = None

    @property
    def approximate(self) -> bool:
        """Its point is that of its postcode, its town or the like."""
        return self.precision not in (None, "exact")


@dataclass(frozen=True, slots=True)
class Capacity:
    status: str
    wait_days: int | None = None
    available: int | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """The service's side, as its listing says it."""

    service_id: UUID
    organization_id: UUID
    needs: frozenset[str]
    status: str = "active"
    specialisms: frozenset[str] = frozenset()
    affinities: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    intensity: int | None = None
    welcomes: frozenset[str] = frozenset()
    rule: Mapping[str, Any] | None = None
    not_with: frozenset[str] = frozenset()
    min_age: float | None = None
    max_age: float | None = None
    languages: tuple[str, ...] = ()
    interpreter: str | None = None
    modes: frozenset[str] = frozenset()
    funding: frozenset[str] = frozenset()
    free: bool | None = None
    price: float | None = None
    contribution: float | None = None
    currency: str | None = None
    routes: frozenset[str] = frozenset()
    practitioner: str | None = None
    accessibility: Mapping[str, str] = field(default_factory=dict)
    capacity: Capacity | None = None
    area_postcodes: tuple[str, ...] = ()
    area_countries: frozenset[str] = frozenset()
    available_from: date | None = None
    available_until: date | None = None
    licence_until: date | None = None
    slots: tuple[Slot, ...] = ()
    documents: tuple[str, ...] = ()
    spots: tuple[Spot, ...] = ()
    assured: date | None = None
    check_by: date | None = None
    """The day by which somebody should have looked at the listing again."""
    has_email: bool = False
    has_phone: bool = False
    routed: Minutes | None = None
    """The way from this person to its nearest place by road, where a routing engine said so; None: it is estimated."""
    closures: tuple[tuple[date, date], ...] = ()
    """First and last day of those after which it opens again."""

    @property
    def countries(self) -> frozenset[str]:
        return frozenset(spot.country for spot in self.spots if spot.country)

    def nearest(self, at: LatLon | None) -> tuple[Spot, Km] | None:
        """The closest place with a point one can measure by, and how far it is as the crow flies."""
        if at is None:
            return None
        found: tuple[Spot, Km] | None = None
        for spot in self.spots:
            if spot.at is None or spot.precision in VAGUE:
                continue
            km = distance(at, spot.at)
            if found is None or km < found[1]:
                found = spot, km
        return found

    def distance(self, at: LatLon | None) -> Km | None:
        found = self.nearest(at)
        return found[1] if found else None

    def remote_for(self, need: NeedAsked) -> bool:
        """Can be given at a distance, and that is welcome."""
        return need.remote_ok and REMOTE in self.modes

    @property
    def comes_to_them(self) -> bool:
        return bool(self.modes & {HOME_VISIT, OUTREACH})

    @property
    def has_area(self) -> bool:
        return bool(self.area_postcodes or self.area_countries)
