"""One offer for one need: what the rules found, what it scored, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from referrals.matching.constraints import Fact, Finding, Verdict
from referrals.matching.facts import Offer

_WHO_AND_WHAT = frozenset({"H1", "H3", "H7"})
_NOT_THE_BEST = frozenset({"late", "made_for_others", "other_focus"})
"""What a list says against a service that it cannot then call a very good fit."""


NO_DAILY_WAY: Final = 150
"""Kilometres beyond which nobody counts minutes."""
LEARNED: Final = "outcomes"
"""The criterion that is there as soon as something is known of anybody. Of whom nothing is known, it counts a half."""


class Band(StrEnum):
    STRONG = "strong"
    GOOD = "good"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion brings. `utility` between 0 and 1; `known` is False where the listing does not say."""

    criterion: str
    weight: float
    utility: float
    known: bool
    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def points(self) -> float:
        return self.weight * self.utility


@dataclass(frozen=True, slots=True)
class Tie:
    """Those that are as good as this one, itself among them, and how they took turns."""

    members: tuple[UUID, ...]
    seed: str

    @property
    def propensity(self) -> float:
        """How likely it was to stand at its place among them, before the day decided."""
        return 1 / len(self.members)


@dataclass(frozen=True, slots=True)
class Match:
    offer: Offer
    findings: tuple[Finding, ...]
    parts: tuple[Part, ...] = ()
    score: float = 0.0
    km: float | None = None
    minutes: float | None = None
    unchecked_since: date | None = None
    """When it was last checked, where that is too long ago. It is said, and changes no order."""
    tie: Tie | None = None
    """Only in a ranked list."""
    failures: tuple[Finding, ...] = field(init=False, repr=False, compare=False)
    checks: tuple[Finding, ...] = field(init=False, repr=False, compare=False)
    """What has to be asked of the service."""

    def __post_init__(self) -> None:
        """Both are asked for again and again while a list is put in order."""
        open_ones = [finding for finding in self.findings if finding.verdict is not Verdict.MEETS]
        object.__setattr__(self, "failures", tuple(finding for finding in open_ones if finding.excludes))
        asked = tuple(finding for finding in open_ones if finding.to_check and not finding.about_person)
        object.__setattr__(self, "checks", asked)

    @property
    def eligible(self) -> bool:
        return not self.failures

    @property
    def fixes(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.to_fix)

    @property
    def band(self) -> Band:
        """Whatever it scored: with two things to check it is no more than possible; with a long wait, a doubt about
        whether it does this for them at all, or made for others or for something else first, no more than good.
        """
        score = self.by_itself
        if score < 50 or len(self.checks) > 1 or self._far_unasked:
            return Band.POSSIBLE
        lacking = any(part.code in _NOT_THE_BEST for part in self.parts)
        doubt = any(finding.id in _WHO_AND_WHAT for finding in self.checks)
        return Band.STRONG if score >= 75 and not lacking and not doubt else Band.GOOD

    @property
    def by_itself(self) -> float:
        """The score on the scale of a list in which no outcome is known of anybody: there it is the score itself."""
        return (self.score - 50 * (1 - room(self.parts))) / room(self.parts)

    @property
    def _far_unasked(self) -> bool:
        """Further than anybody goes every week, for somebody of whom nobody knows how far they can."""
        return (
            self.km is not None
            and self.km > NO_DAILY_WAY
            and self.finding("H5").code in ("limit_not_known", "travel_not_known")
        )

    def finding(self, id: str) -> Finding:
        return next(finding for finding in self.findings if finding.id == id)

    def part(self, criterion: str) -> Part | None:
        return next((part for part in self.parts if part.criterion == criterion), None)


def changed(match: Match, parts: tuple[Part, ...], score: float, tie: Tie | None) -> Match:
    """As `replace`, without looking through its findings once more: that is done for every service of every list."""
    other: Match = object.__new__(Match)
    for name in Match.__slots__:
        object.__setattr__(other, name, getattr(match, name))
    object.__setattr__(other, "parts", parts)
    object.__setattr__(other, "score", score)
    object.__setattr__(other, "tie", tie)
    return other


def room(parts: Iterable[Part]) -> float:
    """Which share of the hundred is left beside what was learned from outcomes.

    Costs and ties shrink with it: so services without outcomes stand as they would if none were known of anybody.
    """
    return 1 - sum(part.weight for part in parts if part.criterion == LEARNED) / 100
