"""What an ablation found, for a terminal and for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from referrals.evaluation.picture import CALLED
from referrals.evaluation.report import Figures
from referrals.evaluation.robustness import LeftOut, Steadiness, Without


@dataclass(frozen=True, slots=True)
class Shaken:
    without: Sequence[Without]
    steady: Steadiness
    left_out: LeftOut

    def lines(self, figures: Figures) -> Iterator[str]:
        yield ""
        yield f"{'without':24}{'nDCG@5':>10}{'lost':>10}{'first right':>14}"
        for one in sorted(self.without, key=lambda one: one.measured.ndcg_at_5 or 0.0):
            ndcg, first = one.measured.ndcg_at_5 or 0.0, one.measured.p_at_1 or 0.0
            yield f"{CALLED[one.criterion]:24}{ndcg:>10.3f}{(figures['ndcg_at_5'] or 0.0) - ndcg:>10.3f}{first:>14.3f}"
        steady = self.steady
        yield ""
        yield (
            f"{steady.draws} draws of all weights within 20 %: the same first in {steady.same_first:.1%}, one as good in "
            f"{steady.as_good_first:.1%}; nDCG@5 from {steady.lowest_ndcg:.3f} to {steady.highest_ndcg:.3f}"
        )
        best = max(self.left_out.chosen.items(), key=lambda pair: pair[1], default=((0.0, 0.0), 0))
        yield (
            f"each person judged by what is best for all others (cost of a check, width of a tie; mostly {best[0][0]:g} and "
            f"{best[0][1]:g}): nDCG@5 {self.left_out.measured.ndcg_at_5 or 0.0:.3f}, first right {self.left_out.measured.p_at_1 or 0.0:.3f}"
        )

    def as_json(self) -> Figures:
        steady, left_out = self.steady, self.left_out.measured
        return {
            "ablation": {
                one.criterion: {"ndcg_at_5": _four(one.measured.ndcg_at_5), "p_at_1": _four(one.measured.p_at_1)}
                for one in self.without
            },
            "stability": {
                "draws": steady.draws, "same_first": _four(steady.same_first), "as_good_first": _four(steady.as_good_first),
                "ndcg_at_5": [_four(steady.lowest_ndcg), _four(steady.highest_ndcg)],
            },
            "leave_one_out": {"ndcg_at_5": _four(left_out.ndcg_at_5), "p_at_1": _four(left_out.p_at_1)},
        }  # fmt: skip


def _four(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
