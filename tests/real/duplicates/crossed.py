"""How well the facts tell doubles where their weights were chosen without the pairs that are told: five folds in turn.

In each fold the weights of the services' facts are chosen anew, from the signs and from what is weighed together, on the
other four; what hangs together by an organization is never on both sides. The facts themselves were thought out with all
of these pairs in view, so this measures the weights, not the facts: what the scores before said of pairs that they had not
seen is in docs/decisions/0018-duplicates.md.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import exp

from referrals.directory.duplicates.records import Compared, Entity
from referrals.directory.duplicates.scoring import OF_SERVICES, START, found
from tests.real.duplicates.measure import Figures, Judged

FOLDS = 5
_REINS = 0.1
"""What weights cost (half of this for their square): without it the few doubles would drive some of them without bound."""
_ROUNDS = 100
_STILL = 0.001
_GROUPS = [(1 if weight > 0 else -1, frozenset(codes.split())) for weight, codes in OF_SERVICES]
"""The sign and the facts that are weighed as one; the first is the start, which every pair has."""
Weights = list[float]
Known = Mapping[tuple[Entity, str], Compared]


@dataclass(frozen=True, slots=True)
class Case:
    """`said`: how many facts of each group the pair has."""

    n: int
    said: tuple[int, ...]
    same: bool


def cross_validated(pairs: Sequence[Judged], known: Known) -> Figures:
    """Of services; of organizations there are no doubles to choose weights by."""
    asked = [one for one in pairs if one.entity is Entity.SERVICE and one.same is not None]
    fold = _folds(asked, known)
    cases = [Case(one.n, _said(known[one.entity, one.a], known[one.entity, one.b]), bool(one.same)) for one in asked]
    said: dict[int, bool] = {}
    for turn in range(FOLDS):
        weights = chosen([one for one in cases if fold[one.n] != turn])
        said |= {one.n: _sum(one, weights) >= 0 for one in cases if fold[one.n] == turn}
    right = sum(said[one.n] and one.same for one in cases)
    return Figures(right, sum(said.values()) - right, sum(one.same for one in cases) - right, len(cases))


def chosen(cases: Sequence[Case]) -> Weights:
    """Logistic regression with the signs given: one weight after the other goes where the cases ask for it, until all rest."""
    weights = [0.0] * len(_GROUPS)
    sums = [0.0] * len(cases)
    having = [
        [(at, case.said[group]) for at, case in enumerate(cases) if case.said[group]] for group in range(len(_GROUPS))
    ]
    for _ in range(_ROUNDS):
        moved = 0.0
        for group, (sign, _codes) in enumerate(_GROUPS):
            free = not group
            pull = 0.0 if free else _REINS * weights[group]
            bend = 1e-6 if free else _REINS
            for at, often in having[group]:
                likely = 1 / (1 + exp(-sums[at]))
                pull += (likely - cases[at].same) * often
                bend += max(likely * (1 - likely), 0.01) * often**2
            goal = weights[group] - max(-1.0, min(1.0, pull / bend))
            goal = goal if free else sign * max(0.0, sign * goal)
            for at, often in having[group]:
                sums[at] += (goal - weights[group]) * often
            moved, weights[group] = max(moved, abs(goal - weights[group])), goal
        if moved < _STILL:
            break
    return weights


def _sum(case: Case, weights: Weights) -> float:
    return sum(often * weight for often, weight in zip(case.said, weights, strict=True))


def _said(a: Compared, b: Compared) -> tuple[int, ...]:
    codes = {one.code for one in found(a, b)} | {START}
    return tuple(len(codes & group) for _, group in _GROUPS)


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
