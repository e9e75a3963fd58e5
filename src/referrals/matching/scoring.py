"""The order as other rooms and pages import it; it is made in `order`. Pure."""

from typing import Final

from referrals.matching.order.criteria import ROUTINE_DAYS, URGENT_DAYS, USUAL_MINUTES, deadline
from referrals.matching.order.match import NO_DAILY_WAY, Band, Match, Part, Tie
from referrals.matching.order.ranking import rank, score, score_beside
from referrals.matching.order.reasons import Reasons, reasons, strongest, weakest
from referrals.matching.order.yardstick import ALONE, PLAIN, TIE, TO_CHECK, Context, Yardstick, seed
from referrals.matching.weights import DEFAULT as WEIGHTS
from referrals.matching.weights import Weights

RULES_VERSION: Final = "2026-11.5"
"""Changes with every rule, weight or threshold that can change an order."""

__all__ = [
    "ALONE", "NO_DAILY_WAY", "PLAIN", "ROUTINE_DAYS", "RULES_VERSION", "TIE", "TO_CHECK", "URGENT_DAYS", "USUAL_MINUTES", "WEIGHTS", "Band",
    "Context", "Match", "Part", "Reasons", "Tie", "Weights", "Yardstick", "deadline", "rank", "reasons", "score", "score_beside",
    "seed", "strongest", "weakest",
]  # fmt: skip
