"""How much the order hangs on single weights: each criterion left out, all weights shaken, and the few choices that were
made while these cases were looked at, made anew without the person they are judged on.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from referrals.evaluation.judging import Answered, graded, ours
from referrals.matching.judging import Proposals
from referrals.matching.metrics import Measured, Sums, sums, total
from referrals.matching.order.ranking import points, rank
from referrals.matching.scoring import TIE, TO_CHECK, Match, seed
from referrals.matching.weights import CRITERIA, Weights

DRAWS: Final = 1000
SHAKEN: Final = 0.2
"""By how much of itself each weight is moved, at most, up or down."""
COSTS: Final = (0.0, 4.0, 6.0, 8.0, 10.0, 12.0)
TIES: Final = (1.0, 2.0, 3.0, 4.0, 5.0)
_SEED: Final = 20261123


@dataclass(frozen=True, slots=True)
class Without:
    """The order with one criterion left out."""

    criterion: str
    measured: Measured


@dataclass(frozen=True, slots=True)
class Steadiness:
    """Of so many draws of shaken weights, the share in which the first place stays: the same service, or one that counts
    as equal to it.
    """

    draws: int
    same_first: float
    as_good_first: float
    lowest_ndcg: float
    highest_ndcg: float


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Each person judged by what is best for all others: the cost of a thing to check, and how wide a tie is."""

    measured: Measured
    chosen: Mapping[tuple[float, float], int]
    """(cost, tie) -> for how many people it was the best of the others."""


def ablation(everyone: Sequence[Answered]) -> list[Without]:
    """Only criteria that count for somebody here: outcomes need a story."""
    used = {
        part.criterion for one in everyone for found in one.proposals for match in found.ranked for part in match.parts
    }
    return [Without(code, _measured(everyone, _drop(code))) for code in CRITERIA if code in used]


def steadiness(everyone: Sequence[Answered], draws: int = DRAWS) -> Steadiness:
    chance = random.Random(_SEED)  # noqa: S311 - draws, no secrets
    lists = [found for one in everyone for found in one.proposals if len(found.ranked) > 1]
    same = as_good = 0
    ndcg = []
    for _ in range(draws):
        times = {code: chance.uniform(1 - SHAKEN, 1 + SHAKEN) for code in CRITERIA}
        shaken = {id(found): _reranked(found, _times(times)) for one in everyone for found in one.proposals}
        for found in lists:
            first, now = found.ranked[0], shaken[id(found)][0].offer.service_id
            same += now == first.offer.service_id
            as_good += first.tie is not None and now in first.tie.members
        measured = _of([_answers(one, shaken) for one in everyone])
        ndcg.append(measured.ndcg_at_5 or 0.0)
    asked = draws * len(lists) or 1
    return Steadiness(draws, same / asked, as_good / asked, min(ndcg, default=0.0), max(ndcg, default=0.0))


def leave_one_out(everyone: Sequence[Answered]) -> LeftOut:
    """The order with constants that were chosen without the very person who is judged."""
    tried = {
        (cost, tie): [sums(graded(one.case, [_ids(_reranked(found, _as_is, cost, tie)) for found in one.proposals])) for one in everyone]
        for cost in COSTS for tie in TIES
    }  # fmt: skip
    chosen: dict[tuple[float, float], int] = {}
    judged: list[Sums] = []
    for at in range(len(everyone)):
        best = max(tried, key=lambda pair: (_without(tried[pair], at), pair == (TO_CHECK, TIE)))
        chosen[best] = chosen.get(best, 0) + 1
        judged.append(tried[best][at])
    return LeftOut(total(judged).measured(), chosen)


def _without(each: Sequence[Sums], at: int) -> float:
    measured = total([*each[:at], *each[at + 1 :]]).measured()
    return round(measured.ndcg_at_5 or 0.0, 6)


Reweigh = Callable[[Mapping[str, float]], Mapping[str, float]]


def _as_is(shares: Mapping[str, float]) -> Mapping[str, float]:
    return shares


def _drop(criterion: str) -> Reweigh:
    return lambda shares: {code: share for code, share in shares.items() if code != criterion}


def _times(times: Mapping[str, float]) -> Reweigh:
    return lambda shares: {code: share * times[code] for code, share in shares.items()}


def _measured(everyone: Sequence[Answered], reweigh: Reweigh) -> Measured:
    again = {id(found): _reranked(found, reweigh) for one in everyone for found in one.proposals}
    return _of([_answers(one, again) for one in everyone])


def _answers(one: Answered, again: Mapping[int, Sequence[Match]]) -> Sums:
    return sums(graded(one.case, [_ids(again[id(found)]) for found in one.proposals]))


def _of(each: Sequence[Sums]) -> Measured:
    return total(each).measured()


def _reranked(found: Proposals, reweigh: Reweigh, cost: float = TO_CHECK, tie: float = TIE) -> list[Match]:
    """The same utilities under other weights, brought to 100 again."""
    if not found.ranked:
        return []
    shares = reweigh({part.criterion: part.weight for part in found.ranked[0].parts})
    brought = Weights(shares).over(list(shares))
    again = [_rescored(match, brought, cost) for match in found.ranked]
    return rank(again, found.by.loads, seed(found.person, found.need, found.today), tie)


def _rescored(match: Match, shares: Mapping[str, float], cost: float) -> Match:
    parts = tuple(replace(part, weight=shares.get(part.criterion, 0.0)) for part in match.parts)
    return replace(match, parts=parts, score=points(parts, len(match.checks), cost))


def _ids(matches: Sequence[Match]) -> list[UUID]:
    return [match.offer.service_id for match in matches]


__all__ = ["Answered", "LeftOut", "Steadiness", "Without", "ablation", "leave_one_out", "ours", "steadiness"]
