"""How much each criterion counts: the model of case management, what an organization decided, what the person ranked. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

CRITERIA: Final = ("fit", "outcomes", "timeliness", "travel", "preferences", "cost", "language", "continuity")
DEFAULT: Final[Mapping[str, float]] = {
    "fit": 22, "outcomes": 18, "timeliness": 18, "travel": 12, "preferences": 12, "cost": 8, "language": 5, "continuity": 5,
}  # fmt: skip
BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "fit": (15, 40), "outcomes": (0, 25), "timeliness": (8, 35), "travel": (5, 30), "preferences": (5, 30), "cost": (3, 25),
    "language": (3, 15), "continuity": (0, 20),
}  # fmt: skip
"""Within which an organization may decide otherwise: nothing that a person may need is switched off."""
PRESETS: Final[Mapping[str, Mapping[str, float]]] = {
    "brokerage": {}, "intensive": {"timeliness": 1.5}, "clinical": {"continuity": 2}, "strengths": {"preferences": 1.5},
}  # fmt: skip
"""What a model of case management multiplies."""
WISHES: Final[Mapping[str, str]] = {"soon": "timeliness", "near": "travel", "cheap": "cost", "mine": "preferences"}
"""What a person ranks, and the criterion it stands for."""
CENTROID: Final = (0.521, 0.271, 0.146, 0.062)
"""Rank-order centroid of four: the mean of all weights that agree with the ranking."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Shares of 100, and where they come from."""

    shares: Mapping[str, float]
    model: str = "brokerage"
    wishes: tuple[str, ...] = ()
    version: int | None = None
    """Of the organization's own weights, where it has any."""

    def over(self, criteria: Sequence[str]) -> dict[str, float]:
        """Brought to 100 over these criteria; one that counts for nothing is not among them."""
        kept = {criterion: self.shares[criterion] for criterion in criteria if self.shares[criterion] > 0}
        whole = sum(kept.values())
        return {criterion: 100 * share / whole for criterion, share in kept.items()}


@dataclass(frozen=True, slots=True)
class Own:
    """What an organization decided."""

    version: int
    shares: Mapping[str, float] = field(default_factory=dict)


def weights(
    model: str = "brokerage", wishes: Sequence[str] = (), own: Own | None = None, outcome_weight: float | None = None
) -> Weights:
    """The organization's shares, the model's emphasis, then the person's ranking over what the four wishes count together.

    `outcome_weight` is the deployment's: 0 ranks without looking at outcomes. Raises ValueError for an unknown wish.
    """
    shares = {**DEFAULT, **(own.shares if own else {})}
    if outcome_weight is not None:
        shares["outcomes"] = min(shares["outcomes"], outcome_weight) if own else outcome_weight
    for criterion, times in PRESETS.get(model, {}).items():
        shares[criterion] *= times
    shares |= ranked(shares, wishes)
    whole = sum(shares.values())
    brought = {criterion: 100 * shares[criterion] / whole for criterion in CRITERIA}
    return Weights(brought, model, tuple(wishes), own.version if own else None)


def ranked(shares: Mapping[str, float], wishes: Sequence[str]) -> dict[str, float]:
    """The block of the four wishes, dealt out anew by their ranks. Whoever ranked only some leaves the rest in equal parts."""
    if unknown := [wish for wish in wishes if wish not in WISHES]:
        raise ValueError(f"{unknown[0]} is none of {', '.join(WISHES)}")
    first = list(dict.fromkeys(wishes))
    if not first:
        return {}
    block = sum(shares[criterion] for criterion in WISHES.values())
    others = [wish for wish in WISHES if wish not in first]
    rest = sum(CENTROID[len(first) :]) / len(others) if others else 0.0
    dealt = {wish: CENTROID[at] for at, wish in enumerate(first)} | dict.fromkeys(others, rest)
    return {WISHES[wish]: block * share for wish, share in dealt.items()}


BROKERAGE: Final = weights()
