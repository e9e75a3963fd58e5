"""What was shown and chosen; what nobody could be found for; what comes after a refusal."""

from referrals.matching.models.following import InTurn, Lacking, NextBest
from referrals.matching.models.shown import REASONS, Choice, MatchList, OwnWeights, PlanOrder, UnmetNeed

__all__ = [
    "REASONS",
    "Choice",
    "InTurn",
    "Lacking",
    "MatchList",
    "NextBest",
    "OwnWeights",
    "PlanOrder",
    "UnmetNeed",
]
