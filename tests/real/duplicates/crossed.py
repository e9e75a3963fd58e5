"""How well the facts tell doubles where their weights were chosen without the pairs that are told: five folds in turn.

In each fold the weights of the services' facts are chosen anew, from the signs and from what is weighed together, on the
other four; what hangs together by an organization is never on both sides. The facts themselves were thought out with all
of these pairs in view, so this measures the weights, not the facts: what the scores before said of pairs that they had not
seen is in docs/decisions/0018-duplicates.md.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
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
_DRAWS = 1000
SEED = "2026-11-22 draws"
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


@dataclass(frozen=True, slots=True)
class Told:
    """A pair as it is told by weights that were chosen without it. `group`: what hangs together by organizations;
    `best_point`: whether it is called where the operating point, too, is the best of the other four folds."""

    n: int
    group: int
    called: bool
    best_point: bool
    same: bool


def cross_validated(pairs: Sequence[Judged], known: Known) -> list[Told]:
    """Of services; of organizations there are no doubles to choose weights by."""
    asked = [one for one in pairs if one.entity is Entity.SERVICE and one.same is not None]
    groups = _groups(asked, known)
    fold = _folds(groups)
    group = {n: at for at, members in enumerate(groups) for n in members}
    cases = [Case(one.n, _said(known[one.entity, one.a], known[one.entity, one.b]), bool(one.same)) for one in asked]
    told = []
    for turn in range(FOLDS):
        others = [one for one in cases if fold[one.n] != turn]
        weights = chosen(others)
        point = _best_point([(_sum(one, weights), one.same) for one in others])
        for one in cases:
            if fold[one.n] == turn:
                sum_ = _sum(one, weights)
                told.append(Told(one.n, group[one.n], sum_ >= 0, sum_ >= point, one.same))
    return told


def figures(told: Iterable[Told], says: Callable[[Told], bool] = lambda one: one.called) -> Figures:
    told = list(told)
    right = sum(says(one) and one.same for one in told)
    return Figures(right, sum(map(says, told)) - right, sum(one.same for one in told) - right, len(told))


def interval(told: Sequence[Told]) -> tuple[float, float]:
    """Between which F1 stands in 95 of 100 draws of as many groups of organizations, each put back after it was drawn."""
    groups: dict[int, list[Told]] = defaultdict(list)
    for one in told:
        groups[one.group].append(one)
    chance, members = random.Random(SEED), list(groups.values())  # noqa: S311  (the same draws every time)
    drawn = sorted(
        figures(one for group in chance.choices(members, k=len(members)) for one in group).f1 for _ in range(_DRAWS)
    )
    return drawn[_DRAWS // 40], drawn[-_DRAWS // 40]


def _best_point(sums: Sequence[tuple[float, bool]]) -> float:
    """From which sum on calling them gives the best F1; of several the one nearest to even odds."""

    def f1(point: float) -> float:
        right = sum(same for sum_, same in sums if sum_ >= point)
        return 2 * right / (sum(sum_ >= point for sum_, _ in sums) + sum(same for _, same in sums))

    return max(sorted({sum_ for sum_, _ in sums}), key=lambda point: (round(f1(point), 6), -abs(point)))


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


def _groups(pairs: Sequence[Judged], known: Known) -> list[list[int]]:
    """Numbers of pairs that hang together by an organization; the largest groups first."""
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
    return sorted(groups.values(), key=lambda group: (-len(group), blake2b(str(group).encode()).digest()))


def _folds(groups: Sequence[Sequence[int]]) -> dict[int, int]:
    """Number of a pair -> its fold: each group goes to the fold with the fewest pairs so far."""
    sizes = [0] * FOLDS
    fold: dict[int, int] = {}
    for members in groups:
        turn = sizes.index(min(sizes))
        sizes[turn] += len(members)
        fold |= dict.fromkeys(members, turn)
    return fold
