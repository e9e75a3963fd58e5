"""Goal attainment scaling: each goal has five levels, from -2 (much less than hoped for) to +2 (much more).

T = 50 + 10·Σwx / √((1-ρ)Σw² + ρ(Σw)²) with ρ = 0.3; fifty is what was hoped for, ten is one standard deviation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

LEVELS: Final = (-2, -1, 0, 1, 2)
FEWEST, MOST = 2, 4
"""Goals that one need has, if it has any."""
RHO: Final = 0.3
"""How alike the goals of one person are taken to be."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One goal: the level of the beginning, the level of now (None: not looked at yet), and how much it matters."""

    baseline: int
    level: int | None
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Attainment:
    """All goals of a need together. `reached`: as hoped for, or better."""

    goals: int
    reached: int
    better: int
    """Goals that stand higher than on the first day."""
    before: float
    after: float

    @property
    def change(self) -> float:
        return self.after - self.before


def t_score(levels: Sequence[float], weights: Sequence[float] | None = None, rho: float = RHO) -> float:
    """Raises ValueError without a goal, or where the weights are not one for each."""
    weighed = [1.0] * len(levels) if weights is None else [float(weight) for weight in weights]
    if not levels or len(weighed) != len(levels) or any(weight <= 0 for weight in weighed):
        raise ValueError("one positive weight for each goal, and at least one goal")
    whole = sum(weighed)
    spread = sqrt((1 - rho) * sum(weight**2 for weight in weighed) + rho * whole**2)
    return 50 + 10 * sum(weight * level for weight, level in zip(weighed, levels, strict=True)) / spread


def attainment(goals: Sequence[Scored]) -> Attainment | None:
    """Of the goals that were looked at; None where none was."""
    seen = [(goal, goal.level) for goal in goals if goal.level is not None]
    if not seen:
        return None
    weights = [goal.weight for goal, _ in seen]
    return Attainment(
        len(seen), sum(level >= 0 for _, level in seen), sum(level > goal.baseline for goal, level in seen),
        t_score([goal.baseline for goal, _ in seen], weights), t_score([level for _, level in seen], weights),
    )  # fmt: skip
