"""How good an order is, as docs/directory-profile.md defines it. Pure: grades in, figures out."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from functools import cached_property
from math import log2
from typing import Final

SHOWN: Final = 5
"""Places that are looked at."""
GOOD: Final = 2
"""Grade from which a first place is right."""
RESAMPLES: Final = 2000
_SEED: Final = 20261123


@dataclass(frozen=True)
class Answer:
    """One need: the grades of what was shown, in order; None for what may not be shown at all."""

    shown: tuple[int | None, ...]
    all_grades: tuple[int, ...]
    wrongly_left_out: int
    no_match: bool

    @cached_property
    def violations(self) -> int:
        return sum(grade is None for grade in self.shown[:SHOWN])

    @cached_property
    def ndcg(self) -> float:
        """Between 0 and 1; 0 for an empty list."""
        best = _dcg(sorted(self.all_grades, reverse=True))
        return _dcg(self.shown) / best if best else 0.0

    @cached_property
    def first_is_good(self) -> bool:
        return bool(self.shown) and (self.shown[0] or 0) >= GOOD


@dataclass(frozen=True, slots=True)
class Measured:
    """None where nothing can be said: no need of that kind."""

    hard_constraint_violations: int
    wrong_exclusions: int
    ndcg_at_5: float | None
    p_at_1: float | None
    no_match_precision: float | None
    no_match_recall: float | None


KEYS: Final = tuple(Measured.__slots__)
Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sums:
    """What figures are made of; those of several people are added."""

    violations: int = 0
    left_out: int = 0
    ndcg: float = 0.0
    first_good: int = 0
    asked: int = 0
    empty: int = 0
    rightly_empty: int = 0
    none: int = 0

    def measured(self) -> Measured:
        return Measured(
            hard_constraint_violations=self.violations,
            wrong_exclusions=self.left_out,
            ndcg_at_5=self.ndcg / self.asked if self.asked else None,
            p_at_1=self.first_good / self.asked if self.asked else None,
            no_match_precision=self.rightly_empty / self.empty if self.empty else None,
            no_match_recall=self.rightly_empty / self.none if self.none else None,
        )


def sums(answers: Sequence[Answer]) -> Sums:
    asked = [answer for answer in answers if not answer.no_match]
    empty = [answer for answer in answers if not answer.shown]
    return Sums(
        sum(answer.violations for answer in answers), sum(answer.wrongly_left_out for answer in answers),
        sum(answer.ndcg for answer in asked), sum(answer.first_is_good for answer in asked), len(asked), len(empty),
        sum(answer.no_match for answer in empty), len(answers) - len(asked),
    )  # fmt: skip


def measure(answers: Sequence[Answer]) -> Measured:
    return sums(answers).measured()


def intervals(each: Sequence[Sums], resamples: int = RESAMPLES) -> dict[str, Interval | None]:
    """95 % percentile bootstrap over people, whose needs are drawn together. The same draws every time."""
    chance = random.Random(_SEED)  # noqa: S311 - draws, no secrets
    drawn: dict[str, list[float]] = {key: [] for key in KEYS}
    for _ in range(resamples):
        measured = total(chance.choices(each, k=len(each))).measured()
        for key in KEYS:
            if (value := getattr(measured, key)) is not None:
                drawn[key].append(value)
    return {key: percentiles(values) for key, values in drawn.items()}


def total(each: Iterable[Sums]) -> Sums:
    return Sums(*(sum(column) for column in zip(*map(astuple, each), strict=True)))


def percentiles(values: Sequence[float], low: float = 0.025, high: float = 0.975) -> Interval | None:
    if not values:
        return None
    ordered = sorted(values)
    last = len(ordered) - 1
    return ordered[round(low * last)], ordered[round(high * last)]


def _dcg(grades: Sequence[int | None]) -> float:
    return sum(float(2 ** (grade or 0) - 1) / log2(at + 2) for at, grade in enumerate(grades[:SHOWN]))
