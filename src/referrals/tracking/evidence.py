"""What is known of a service from what happened to people who were sent there. Pure: values and how they are estimated.

Few outcomes say little: every figure is drawn towards what is usual for the need, and that towards what is usual at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

ENOUGH: Final = 5
"""Outcomes under which no figure is shown to anybody."""
HALF_LIFE: Final = 365
"""Days after which what happened counts half."""
LEAST_KAPPA, USUAL_KAPPA, MOST_KAPPA = 5.0, 10.0, 30.0
"""Bounds of how many outcomes the usual figure is worth, and what it is worth where services cannot be compared yet."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted: `count` cases that weigh `weight` together, their weighted sum `total`."""

    count: int = 0
    weight: float = 0.0
    total: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.count + other.count, self.weight + other.weight, self.total + other.total)

    @property
    def mean(self) -> float | None:
        return self.total / self.weight if self.weight else None


@dataclass(frozen=True, slots=True)
class Prior:
    """What is usual, and how many cases that is worth."""

    mean: float
    kappa: float = USUAL_KAPPA

    def estimate(self, seen: Tally) -> "Estimate":
        """(κm + Σωy) / (κ + Σω)"""
        return Estimate((self.kappa * self.mean + seen.total) / (self.kappa + seen.weight), seen.count, seen.weight)


@dataclass(frozen=True, slots=True)
class Estimate:
    """What to expect, and how much stands behind it."""

    mean: float
    count: int = 0
    weight: float = 0.0

    @property
    def may_be_shown(self) -> bool:
        return self.count >= ENOUGH


@dataclass(frozen=True, slots=True)
class Record:
    """One service, for one need. None: nothing of the kind was ever counted."""

    quality: Estimate | None = None
    """0 to 1: how far needs were met."""
    acceptance: Estimate | None = None
    """0 to 1: how often they say yes."""
    answer_days: Estimate | None = None
    wait_days: Estimate | None = None
    """Days from sending until help began."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for one need in the whole network."""

    quality: Prior | None = None
    spread: float = 0.0
    """Between a service that does well (a tenth do better) and one that does badly (a tenth do worse)."""
    acceptance: Prior | None = None
    answer_days: Prior | None = None
    wait_days: Prior | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known for one need: what is usual, and the services of which something is known."""

    usual: Usual = field(default_factory=Usual)
    services: Mapping[UUID, Record] = field(default_factory=dict)

    def of(self, service_id: UUID) -> Record:
        return self.services.get(service_id, _NOTHING)


_NOTHING = Record()
NO_EVIDENCE: Final = Evidence()


def prior(groups: Iterable[Tally], above: Prior, *, by_moments: bool = True) -> Prior:
    """What is usual for these services: their common mean drawn towards what is usual `above`, and κ from how much
    they differ, where that can be told from shares.
    """
    seen = [group for group in groups if group.weight > 0]
    mean = above.estimate(sum(seen, Tally())).mean
    return Prior(mean, kappa(seen, mean) if by_moments else USUAL_KAPPA)


def kappa(groups: Iterable[Tally], mean: float) -> float:
    """By the method of moments for shares between 0 and 1: how many outcomes the mean is worth, between 5 and 30.

    Services vary around their mean by m(1-m)/(κ+1) in truth, and by chance on top of it.
    """
    seen = [(group.mean, group.weight) for group in groups if group.mean is not None]
    chance = mean * (1 - mean)
    if len(seen) < 2 or chance <= 0:
        return USUAL_KAPPA
    whole = sum(weight for _, weight in seen)
    observed = sum(weight * (share - mean) ** 2 for share, weight in seen) / whole
    by_chance = chance * len(seen) / whole
    true = (observed - by_chance) / (1 - len(seen) / whole) if whole > len(seen) else 0.0
    if true <= 0:
        return MOST_KAPPA
    return min(MOST_KAPPA, max(LEAST_KAPPA, chance / true - 1))


def quantile(values: Iterable[float], share: float) -> float:
    """Between the two nearest."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


@dataclass(frozen=True, slots=True)
class Learnt:
    """One figure with all that it was made of. Without a service it is what is usual for the need; need '' is all needs."""

    need: str
    service_id: UUID | None
    seen: Tally
    prior: Prior
    mean: float
    spread: float | None = None


def learn_shares(tallies: Mapping[tuple[str, UUID], Tally]) -> Iterator[Learnt]:
    """Of figures between 0 and 1: how far needs were met, how often they say yes. With nothing known it is a half."""
    yield from _learn(tallies, Prior(0.5), shares=True)


def learn_days(tallies: Mapping[tuple[str, UUID], Tally]) -> Iterator[Learnt]:
    """Of days: the mean of a gamma prior worth ten cases."""
    mean = sum(tallies.values(), Tally()).mean
    if mean is not None:
        yield from _learn(tallies, Prior(mean), shares=False)


def evidence_from(figures: Mapping[str, Iterable[Learnt]]) -> dict[str, Evidence]:
    """Need -> what is known for it, of figures by measure: `quality`, `acceptance`, `answer_days`, `wait_days`."""
    usual: dict[str, dict[str, Prior]] = {}
    spread: dict[str, float] = {}
    told: dict[str, dict[UUID, dict[str, Estimate]]] = {}
    for measure, learnt in figures.items():
        for one in learnt:
            if one.service_id is None:
                usual.setdefault(one.need, {})[measure] = Prior(one.mean, one.prior.kappa)
                if measure == "quality":
                    spread[one.need] = one.spread or 0.0
            else:
                services = told.setdefault(one.need, {}).setdefault(one.service_id, {})
                services[measure] = Estimate(one.mean, one.seen.count, one.seen.weight)
    return {
        need: Evidence(
            Usual(**priors, spread=spread.get(need, 0.0)),
            {id: Record(**measures) for id, measures in told.get(need, {}).items()},
        )
        for need, priors in usual.items()
    }


def aged(days: float) -> float:
    """What is left of a case's weight after so many days."""
    return float(0.5 ** (max(0.0, days) / HALF_LIFE))


def _learn(tallies: Mapping[tuple[str, UUID], Tally], first: Prior, *, shares: bool) -> Iterator[Learnt]:
    if not tallies:
        return
    overall = prior(tallies.values(), first, by_moments=shares)
    yield Learnt("", None, sum(tallies.values(), Tally()), first, overall.mean)
    by_need: dict[str, dict[UUID, Tally]] = {}
    for (need, service_id), seen in tallies.items():
        by_need.setdefault(need, {})[service_id] = seen
    for need, services in sorted(by_need.items()):
        own = prior(services.values(), overall, by_moments=shares)
        means = {id: own.estimate(seen).mean for id, seen in services.items()}
        spread = quantile(means.values(), 0.9) - quantile(means.values(), 0.1)
        yield Learnt(need, None, sum(services.values(), Tally()), Prior(overall.mean, own.kappa), own.mean, spread)
        for id, seen in services.items():
            yield Learnt(need, id, seen, own, means[id])
