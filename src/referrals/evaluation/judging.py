"""The cases, answered by the real path and by baselines, and graded."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.models import Listing
from referrals.evaluation.folder import Case, Expected
from referrals.matching.candidates import offers
from referrals.matching.facts import NeedAsked, Offer, Person
from referrals.matching.metrics import Answer
from referrals.matching.queries import Proposals, propose_all

WITHIN_KM: Final = 50.0
"""Beyond which the baseline that knows distance alone shows nothing."""
SHUFFLES: Final = 20
_SEED: Final = 20261123

Order = Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Answered:
    """One case, and what was proposed for each of its needs."""

    case: Case
    proposals: tuple[Proposals, ...]


async def answered(session: AsyncSession, cases: Sequence[Case]) -> list[Answered]:
    """What pages, plan and interface would show these people."""
    return [Answered(case, tuple(await propose_all(session, case.person, case.needs, case.today))) for case in cases]


def graded(case: Case, orders: Sequence[Order]) -> list[Answer]:
    return [_graded(expected, order) for expected, order in zip(case.expected, orders, strict=True)]


def ours(one: Answered) -> list[Answer]:
    return graded(one.case, [[match.offer.service_id for match in found.ranked] for found in one.proposals])


async def everything(session: AsyncSession) -> list[Offer]:
    """All that is published, for the baselines."""
    return await offers(session, list(await session.scalars(select(Listing.service_id).where(Listing.published))))


def by_distance(one: Answered, there: Sequence[Offer]) -> list[Answer]:
    """The need and nothing else, the nearest first: what a directory does that looks at no condition."""
    return graded(one.case, [_nearest(one.case.person, need, there) for need in one.case.needs])


def nearest_eligible(one: Answered) -> list[Answer]:
    """Our conditions, then the nearest first."""
    return graded(one.case, [_sorted(found, lambda id, km: (km, str(id))) for found in one.proposals])


def random_eligible(one: Answered) -> list[list[Answer]]:
    """Our conditions, then any order: some of many, always the same."""
    chance = random.Random(_SEED)  # noqa: S311 - draws, no secrets
    return [
        graded(one.case, [_sorted(found, lambda id, km: chance.random()) for found in one.proposals])
        for _ in range(SHUFFLES)
    ]


def _sorted(found: Proposals, by: Callable[[UUID, float], object]) -> list[UUID]:
    away: Mapping[UUID, float] = {
        match.offer.service_id: float("inf") if match.km is None else match.km for match in found.ranked
    }
    return sorted(away, key=lambda id: by(id, away[id]))  # type: ignore[arg-type,return-value]  # keys of one kind


def _nearest(person: Person, need: NeedAsked, there: Sequence[Offer]) -> list[UUID]:
    related = {need.term, *need.narrower, *need.broader}
    away = [
        (km, one.service_id) for one in there if one.needs & related and (km := one.distance(person.at)) is not None
    ]
    return [id for km, id in sorted(away) if km <= WITHIN_KM]


def _graded(expected: Expected, order: Order) -> Answer:
    shown = tuple(None if id in expected.excluded else expected.grades.get(id) for id in order)
    listed = set(order)
    left_out = sum(1 for id, grade in expected.grades.items() if grade > 0 and id not in listed)
    return Answer(shown, tuple(expected.grades.values()), left_out, expected.no_match)
