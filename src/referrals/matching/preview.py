"""What other weights would have changed in the lists that were shown lately: numbers alone, nothing about a person."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients.models import Client
from referrals.kit.db import deployment
from referrals.matching.kept import Kept, read, replay
from referrals.matching.models import MatchList
from referrals.matching.scoring import Match
from referrals.matching.weights import Own, Weights, weights

LATELY: Final = timedelta(days=90)
MOST: Final = 300
"""Lists that are ordered anew; the newest."""
FEW: Final = 5
"""Lists of one need under which it is not named: it might be known whose it was."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What the first places have in common, before and after; None where too few of them say it."""

    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Preview:
    """Of so many lists with at least two services: how many would begin with another one, or show others first."""

    lists: int
    first: int
    first_three: int
    needs: tuple[tuple[str, int, int], ...]
    """Need, its lists, and how many would begin with another service; the most changed first."""
    minutes: Shift
    days: Shift
    price: Shift


async def preview(
    session: AsyncSession, organization_id: UUID, now: Own | None, then: Own | None, at: datetime
) -> Preview:
    """The last list of each need of the organization's people, by the weights of `now` and of `then`. One statement."""
    deployed = deployment(session)
    outcome_weight = deployed.outcome_weight if deployed else None
    pairs = []
    for kept in await _lately(session, organization_id, at):
        person = kept.asked.person
        old, new = (
            replay(_weighed(kept, weights(person.model, person.wishes, own, outcome_weight))) for own in (now, then)
        )
        if len(old) > 1:
            pairs.append((kept.asked.need.term, old, new))
    return _compared(pairs)


async def _lately(session: AsyncSession, organization_id: UUID, at: datetime) -> list[Kept]:
    newest = (
        select(MatchList)
        .join(Client, Client.id == MatchList.client_id)
        .where(Client.organization_id == organization_id, MatchList.at >= at - LATELY)
        .ext(distinct_on(MatchList.need_id))
        .order_by(MatchList.need_id, MatchList.at.desc())
        .limit(MOST)
    )
    found = []
    for row in await session.scalars(newest):
        try:
            found.append(read(row))
        except msgspec.ValidationError:  # shown by rules that knew other fields
            continue
    return found


def _weighed(kept: Kept, by: Weights) -> Kept:
    return replace(
        kept, by=replace(kept.by, weights=by), shown=tuple(one for one in kept.shown if one.state == "ranked")
    )


def _compared(pairs: Sequence[tuple[str, Sequence[Match], Sequence[Match]]]) -> Preview:
    all_of = Counter(term for term, _, _ in pairs)
    other = Counter(term for term, old, new in pairs if _ids(old)[:1] != _ids(new)[:1])
    needs = sorted(((term, all_of[term], count) for term, count in other.items()), key=lambda row: (-row[2], row[0]))
    firsts = [(old[0], new[0]) for _, old, new in pairs]
    return Preview(
        len(pairs), sum(other.values()), sum(set(_ids(old)[:3]) != set(_ids(new)[:3]) for _, old, new in pairs),
        tuple(row for row in needs if row[1] >= FEW),
        _shift(firsts, lambda match: match.minutes), _shift(firsts, _wait), _shift(firsts, _price),
    )  # fmt: skip


def _ids(matches: Iterable[Match]) -> list[UUID]:
    return [match.offer.service_id for match in matches]


def _wait(match: Match) -> float | None:
    capacity = match.offer.capacity
    return None if capacity is None or capacity.wait_days is None else float(capacity.wait_days)


def _price(match: Match) -> float | None:
    offer = match.offer
    return 0.0 if offer.free else offer.contribution if offer.contribution is not None else offer.price


def _shift(firsts: Sequence[tuple[Match, Match]], of: Callable[[Match], float | None]) -> Shift:
    return Shift(_median([of(old) for old, _ in firsts]), _median([of(new) for _, new in firsts]))


def _median(values: Iterable[float | None]) -> float | None:
    known = sorted(value for value in values if value is not None)
    return known[len(known) // 2] if len(known) >= FEW else None
