"""How well the facts tell doubles where their weights were chosen without the pairs that are told: five folds in turn.

In each fold the weights of the services' facts are chosen anew, from the signs alone, on the other four; what hangs
together by an organization is never on both sides. The facts themselves were thought out with all of these pairs in
view, so this measures the weights, not the facts: for those there are the fresh pairs.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import exp, log

from referrals.directory.duplicates.records import Compared, Entity
from referrals.directory.duplicates.scoring import START, WEIGHTS, found
from tests.real.duplicates.measure import Figures, Judged

FOLDS = 5
_LEVELS = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
_ROUNDS = 4
_REINS = 0.02
"""What a step away from 1 costs, so that a weight grows only where several pairs ask for it."""
Weights = dict[str, float]
Known = Mapping[tuple[Entity, str], Compared]


@dataclass(frozen=True, slots=True)
class Case:
    n: int
    codes: frozenset[str]
    same: bool


def cross_validated(pairs: Sequence[Judged], known: Known) -> Figures:
    """Of services; of organizations there are no doubles to choose weights by."""
    asked = [one for one in pairs if one.entity is Entity.SERVICE and one.same is not None]
    fold = _folds(asked, known)
    cases = [Case(one.n, _codes(known[one.entity, one.a], known[one.entity, one.b]), bool(one.same)) for one in asked]
    said: dict[int, bool] = {}
    for turn in range(FOLDS):
        weights = chosen([one for one in cases if fold[one.n] != turn])
        said |= {one.n: _sum(one, weights) >= 0 for one in cases if fold[one.n] == turn}
    right = sum(said[one.n] and one.same for one in cases)
    return Figures(right, sum(said.values()) - right, sum(one.same for one in cases) - right, len(cases))


def chosen(cases: Sequence[Case]) -> Weights:
    """One weight after the other takes the level that explains the cases best, a few times round."""
    signs = {code: 1 if weight > 0 else -1 for code, weight in WEIGHTS[Entity.SERVICE].items()}
    weights = {code: float(sign) for code, sign in signs.items()}
    for _ in range(_ROUNDS):
        for code, sign in signs.items():
            weights[code] = min(
                (sign * level for level in _LEVELS), key=lambda level: _cost(cases, {**weights, code: level})
            )
    return weights


def _cost(cases: Sequence[Case], weights: Weights) -> float:
    surprise = 0.0
    for one in cases:
        total = _sum(one, weights)
        surprise += log(1 + exp(-total if one.same else total))
    return surprise + _REINS * sum(abs(abs(weight) - 1) for weight in weights.values())


def _sum(case: Case, weights: Weights) -> float:
    return weights[START] + sum(weights[code] for code in case.codes)


def _codes(a: Compared, b: Compared) -> frozenset[str]:
    return frozenset(one.code for one in found(a, b) if one.code in WEIGHTS[Entity.SERVICE])


def _folds(pairs: Sequence[Judged], known: Known) -> dict[int, int]:
    """Number of a pair -> its fold: the largest groups first, each to the fold with the fewest pairs so far."""
    leader: dict[str, str] = {}

    def root(name: str) -> str:
        while leader.setdefault(name, name) != name:
            name = leader[name]
        return name

    for one in pairs:
        names = [str(known[one.entity, key].family) for key in (one.a, one.b)]
        first, second = root(names[0]), root(names[1])
        leader[max(first, second)] = min(first, second)
    groups: dict[str, list[int]] = defaultdict(list)
    for one in pairs:
        groups[root(str(known[one.entity, one.a].family))].append(one.n)
    sizes = [0] * FOLDS
    fold: dict[int, int] = {}
    for members in sorted(groups.values(), key=lambda group: (-len(group), blake2b(str(group).encode()).digest())):
        turn = sizes.index(min(sizes))
        sizes[turn] += len(members)
        fold |= dict.fromkeys(members, turn)
    return fold
