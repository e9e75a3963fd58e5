"""What is said of a match: three things for it, two against it, one to check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from referrals.matching.constraints import Finding
from referrals.matching.order.criteria import UNKNOWN
from referrals.matching.order.match import Match, Part

FOR, AGAINST = 3, 2
WORTH_SAYING: Final = 0.7
"""Utility above which a known part speaks for an offer, and at or below which it speaks against it."""
SILENT: Final = frozenset({"no_tie", "nothing_shared", "few_outcomes", "no_outcomes"})
"""What is neither for nor against, and figures with too little behind them to be shown."""


@dataclass(frozen=True, slots=True)
class Reasons:
    strengths: tuple[Part, ...]
    weaknesses: tuple[Part, ...]
    check: Finding | None
    """The first thing to ask of the service."""


def reasons(match: Match) -> Reasons:
    return Reasons(
        tuple(strongest(match.parts)), tuple(weakest(match.parts)), match.checks[0] if match.checks else None
    )


def strongest(parts: Sequence[Part], most: int = FOR) -> list[Part]:
    """What speaks most for it."""
    known = [part for part in parts if _speaks(part) and part.utility > WORTH_SAYING]
    return sorted(known, key=lambda part: -part.weight * (part.utility - UNKNOWN))[:most]


def weakest(parts: Sequence[Part], most: int = AGAINST) -> list[Part]:
    """What speaks most against it, though it may be proposed."""
    known = [part for part in parts if _speaks(part) and part.utility <= WORTH_SAYING]
    return sorted(known, key=lambda part: -part.weight * (1 - part.utility))[:most]


def _speaks(part: Part) -> bool:
    return part.known and part.code not in SILENT
