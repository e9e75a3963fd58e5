"""The figures of one evaluation, with their intervals, beside baselines that know less."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, field
from typing import Any

from referrals.evaluation.judging import Answered, by_distance, nearest_eligible, ours, random_eligible
from referrals.matching.facts import Offer
from referrals.matching.metrics import KEYS, Answer, Interval, Measured, Sums, intervals, sums, total
from referrals.matching.scoring import RULES_VERSION

Figures = dict[str, Any]
NAMES: Mapping[str, str] = {
    "hard_constraint_violations": "shown though a condition bars it", "wrong_exclusions": "left out though it fits",
    "ndcg_at_5": "nDCG@5", "p_at_1": "first place right", "no_match_precision": "“nothing fits” is right",
    "no_match_recall": "“nothing fits” is said",
}  # fmt: skip


_NOTHING_TO_BE_WRONG_ABOUT = {"no_match_precision": 1.0, "no_match_recall": 1.0}
"""Where no list is empty, or none should be."""


@dataclass(frozen=True, slots=True)
class Line:
    """One way of ordering: its figures and their 95 % intervals."""

    measured: Measured
    intervals: Mapping[str, Interval | None] = field(default_factory=dict)

    def as_json(self) -> Figures:
        told = {
            **_NOTHING_TO_BE_WRONG_ABOUT,
            **{key: value for key, value in asdict(self.measured).items() if value is not None},
        }
        said = {key: _rounded(told.get(key)) for key in KEYS}
        return said | {f"{key}_ci": _pair(self.intervals.get(key)) for key in KEYS}


def line(answers: Sequence[Sequence[Answer]]) -> Line:
    """`answers`: for each person those of their needs."""
    each = [sums(one) for one in answers]
    return Line(total(each).measured(), intervals(each))


def report(everyone: Sequence[Answered], there: Sequence[Offer]) -> Figures:
    """The keys of docs/directory-profile.md."""
    shuffled = [random_eligible(one) for one in everyone]
    baselines: Mapping[str, Callable[[], Line]] = {
        "distance_only": lambda: line([by_distance(one, there) for one in everyone]),
        "random_eligible": lambda: _average(shuffled),
        "nearest_eligible": lambda: line([nearest_eligible(one) for one in everyone]),
    }
    return {
        **line([ours(one) for one in everyone]).as_json(),
        "baselines": {name: made().as_json() for name, made in baselines.items()},
        "vignettes": len(everyone),
        "needs": sum(len(one.case.needs) for one in everyone),
        "services": len(there),
        "rules": RULES_VERSION,
    }


def measured(everyone: Sequence[Answered]) -> Measured:
    return total(sums(ours(one)) for one in everyone).measured()


def table(figures: Figures) -> list[str]:
    """The same for a terminal."""
    lines = [f"{figures['vignettes']} people with {figures['needs']} needs, {figures['services']} services", ""]
    columns: list[tuple[str, Figures]] = [("this order", figures), *figures["baselines"].items()]
    lines.append(f"{'':36}" + "".join(f"{name.replace('_', ' '):>20}" for name, _ in columns))
    for key, name in NAMES.items():
        lines.append(f"{name:36}" + "".join(f"{_cell(shown, key):>20}" for _, shown in columns))
    return lines


def _cell(figures: Figures, key: str) -> str:
    value, between = figures[key], figures[f"{key}_ci"]
    if value is None:
        return "-"
    return (
        f"{value:g}"
        if isinstance(value, int) or between is None
        else f"{value:.3f} [{between[0]:.2f}, {between[1]:.2f}]"
    )


def _average(shuffled: Sequence[Sequence[Sequence[Answer]]]) -> Line:
    """Over all shuffles of all people: what chance brings."""
    each = [_mean([sums(draw) for draw in draws]) for draws in shuffled]
    return Line(total(each).measured(), intervals(each))


def _mean(draws: Sequence[Sums]) -> Sums:
    return Sums(*(sum(column) / len(draws) for column in zip(*map(astuple, draws), strict=True)))


def _rounded(value: float | None) -> float | None:
    return value if value is None or isinstance(value, int) else round(value, 4)


def _pair(between: Interval | None) -> list[float] | None:
    return None if between is None else [round(end, 4) for end in between]
