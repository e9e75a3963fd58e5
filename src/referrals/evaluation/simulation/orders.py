"""The orders that are compared. What they are asked holds only what a case manager's computer would know on that day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from referrals.evaluation.judging import WITHIN_KM
from referrals.matching.constraints import fits
from referrals.matching.facts import NeedAsked, Offer, Person
from referrals.matching.judging import judge
from referrals.matching.scoring import Yardstick
from referrals.matching.weights import weights
from referrals.tracking.evidence import NO_EVIDENCE, Evidence


@dataclass(frozen=True, slots=True)
class Question:
    """Listings as they stand, what was recorded so far, and what is open from here. How good anybody is, nobody says."""

    person: Person
    need: NeedAsked
    offers: Sequence[Offer]
    today: date
    evidence: Evidence = NO_EVIDENCE
    loads: Mapping[UUID, int] | None = None


Order = Callable[[Question], list[UUID]]


def ours(asked: Question) -> list[UUID]:
    """What pages show."""
    return _judged(asked, Yardstick(weights(), asked.evidence, loads=asked.loads or {}))


def unlearned(asked: Question) -> list[UUID]:
    """What pages show where outcomes count for nothing: then nothing recorded is read."""
    return _judged(asked, Yardstick(weights(outcome_weight=0), loads=asked.loads or {}))


def nearest_fitting(asked: Question) -> list[UUID]:
    """Our conditions, then the nearest first."""
    return _nearest([one for one in asked.offers if fits(asked.person, asked.need, one, asked.today)], asked.person)


def nearest(asked: Question) -> list[UUID]:
    """The need and nothing else, the nearest first."""
    return _nearest([one for one in asked.offers if asked.need.term in one.needs], asked.person)


ORDERS: Final[Mapping[str, Order]] = {
    "ours": ours, "unlearned": unlearned, "nearest_fitting": nearest_fitting, "nearest": nearest,
}  # fmt: skip
CALLED: Final[Mapping[str, str]] = {
    "ours": "this order", "unlearned": "this order, nothing learned", "nearest_fitting": "the nearest that fits",
    "nearest": "the nearest", "knowing": "if all were known",
}  # fmt: skip


def _judged(asked: Question, by: Yardstick) -> list[UUID]:
    found = judge(asked.person, asked.need, asked.offers, asked.today, by)
    return [match.offer.service_id for match in found.ranked]


def _nearest(offers: Sequence[Offer], person: Person) -> list[UUID]:
    away = [(km, one.service_id) for one in offers if (km := one.distance(person.at)) is not None and km <= WITHIN_KM]
    return [id for _, id in sorted(away)]
