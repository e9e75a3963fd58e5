"""In which order offers that may be proposed stand: fit, time, way, wishes, price, language. Pure.

Every utility of something known and acceptable lies between a half and one, and what is not known counts a half: a gap
in a listing never beats a fact, and never sinks an offer below a known failure, which is not ranked at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from math import exp
from typing import Final
from uuid import UUID

from referrals.directory.upkeep.rhythm import is_overdue
from referrals.matching.constraints import Fact, Finding, Verdict
from referrals.matching.facts import NeedAsked, Offer, Person

RULES_VERSION: Final = "2026-11.1"
"""Changes with every rule, weight or threshold that can change an order."""
WEIGHTS: Final[Mapping[str, float]] = {
    "fit": 22, "timeliness": 18, "travel": 12, "preferences": 12, "cost": 8, "language": 5,
}  # fmt: skip
"""Shares before they are brought to 100 (docs/matching.md); preferences count only where some are stated."""
UNKNOWN: Final = 0.5
TO_CHECK: Final = 8.0
"""Points that each thing still to be checked in the listing costs."""
TIE: Final = 3.0
"""Points within which two offers count as equal: then the surest stands first, the best fit, the nearest."""
URGENT_DAYS, ROUTINE_DAYS = 14, 60
"""Within which a beginning counts as timely where no date was wished for."""
USUAL_MINUTES: Final = 45.0
"""What a way is measured by where no limit is known."""

_WHO_AND_WHAT = frozenset({"H1", "H3", "H7"})


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
class Match:
    """One offer for one need: what the rules found, what it scored, and why."""

    offer: Offer
    findings: tuple[Finding, ...]
    parts: tuple[Part, ...] = ()
    score: float = 0.0
    km: float | None = None
    minutes: float | None = None
    unchecked_since: date | None = None
    """When it was last checked, where that is too long ago. It is said, and changes no order."""

    @property
    def failures(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.excludes)

    @property
    def eligible(self) -> bool:
        return not self.failures

    @property
    def checks(self) -> tuple[Finding, ...]:
        """What has to be asked of the service."""
        return tuple(finding for finding in self.findings if finding.to_check and not finding.about_person)

    @property
    def fixes(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.to_fix)

    @property
    def band(self) -> Band:
        """Whatever it scored: with two things to check it is no more than possible, and with a long wait, or a doubt
        about whether it does this for them at all, no more than good.
        """
        if self.score < 50 or len(self.checks) > 1:
            return Band.POSSIBLE
        late = any(part.code == "late" for part in self.parts)
        doubt = any(finding.id in _WHO_AND_WHAT for finding in self.checks)
        return Band.STRONG if self.score >= 75 and not late and not doubt else Band.GOOD

    def finding(self, id: str) -> Finding:
        return next(finding for finding in self.findings if finding.id == id)


def score(person: Person, need: NeedAsked, offer: Offer, today: date, findings: tuple[Finding, ...]) -> Match:
    """The match with its parts, whether or not it may be proposed."""
    found = {finding.id: finding for finding in findings}
    drafts = [
        _fit(need, offer, found["H1"]), _timeliness(need, found["H11"], today), _travel(person, found["H5"]),
        _preferences(person, offer), _cost(found["H8"]), _language(person, found["H6"]),
    ]  # fmt: skip
    kept = [draft for draft in drafts if draft is not None]
    whole = sum(WEIGHTS[draft.criterion] for draft in kept)
    parts = tuple(
        Part(d.criterion, 100 * WEIGHTS[d.criterion] / whole, d.utility, d.known, d.code, d.facts) for d in kept
    )
    unsaid = sum(1 for finding in findings if finding.to_check and not finding.about_person)
    total = max(0.0, sum(part.points for part in parts) - TO_CHECK * unsaid)
    km = offer.distance(person.at)
    minutes = person.travel.minutes(km) if person.travel and km is not None else None
    since = offer.assured if offer.check_by is not None and is_overdue(offer.check_by, today) else None
    return Match(offer, findings, parts, round(total, 2), km, minutes, since)


def rank(matches: Iterable[Match]) -> list[Match]:
    """Best first. Within TIE points of the best of a group the surest stands first, then the best fit, then the nearest.

    The id comes last, so that the same question always has the same answer.
    """
    eligible = (match for match in matches if match.eligible)
    waiting = sorted(eligible, key=lambda match: (-match.score, match.offer.service_id))
    ranked: list[Match] = []
    while waiting:
        best = waiting[0].score
        equal = [match for match in waiting if match.score > best - TIE]
        ranked += sorted(equal, key=_among_equals)
        waiting = waiting[len(equal) :]
    return ranked


def _among_equals(match: Match) -> tuple[int, float, float, UUID]:
    way = float("inf") if match.km is None else match.km
    return len(match.checks), -match.parts[0].utility, way, match.offer.service_id


def _draft(criterion: str, utility: float, code: str, **facts: Fact) -> Part:
    return Part(criterion, 0, max(UNKNOWN, min(1.0, utility)), True, code, facts)


def _unsaid(criterion: str, code: str) -> Part:
    return Part(criterion, 0, UNKNOWN, False, code)


def _fit(need: NeedAsked, offer: Offer, offered: Finding) -> Part:
    """The very help, with the specialism asked for; then without; then only its broader kind."""
    if offered.code == "offers_broader":
        return Part("fit", 0, UNKNOWN, False, "broader", offered.facts)
    if not need.specialisms:
        if offer.specialisms:
            return _draft("fit", 0.8, "other_focus", specialisms=tuple(sorted(offer.specialisms)))
        return _draft("fit", 0.95 if offered.code == "offers" else 0.9, "exact")
    shared = tuple(sorted(need.specialisms & offer.specialisms))
    if shared:
        return _draft("fit", 0.85 + 0.15 * len(shared) / len(need.specialisms), "specialised", specialisms=shared)
    return _draft(
        "fit", 0.6 if offer.specialisms else 0.7, "not_specialised", specialisms=tuple(sorted(need.specialisms))
    )


def _timeliness(need: NeedAsked, room: Finding, today: date) -> Part:
    if room.verdict is Verdict.UNKNOWN:
        return _unsaid("timeliness", room.code)
    days = room.facts.get("days")
    deadline = (
        (need.need_by - today).days if need.need_by else URGENT_DAYS if need.urgency == "urgent" else ROUTINE_DAYS
    )
    facts = {"days": days if isinstance(days, int) else None, "by": need.need_by.isoformat() if need.need_by else None}
    if not isinstance(days, int):
        return _draft("timeliness", 0.9, "places_free", **facts)
    ratio = days / max(deadline, 1)
    utility = 1 - max(0.0, ratio - 0.5) / 1.5
    return _draft("timeliness", utility, "soon" if ratio <= 1 else "late", **facts)


def _travel(person: Person, way: Finding) -> Part:
    if way.code in ("remote", "comes_to_them", "no_way_to_go"):
        return _draft("travel", 1.0, way.code)
    minutes = way.facts.get("minutes")
    if not isinstance(minutes, int | float):
        km = way.facts.get("km")
        if not isinstance(km, int | float):
            return _unsaid("travel", way.code)
        minutes = 8 + 3.5 * km
    limit = (person.travel.max_minutes if person.travel else None) or USUAL_MINUTES
    return _draft("travel", 0.5 + 0.5 * exp(-minutes / limit), "way", minutes=minutes, limit=limit)


def _preferences(person: Person, offer: Offer) -> Part | None:
    """Wishes and ties that were stated: what they love to do, who receives them, who the place is made for."""
    liked = tuple(sorted(person.affinities & offer.affinities))
    made_for = tuple(sorted((person.audience & offer.welcomes) - {"everyone"}))
    wish = person.practitioner
    as_wished = wish is not None and offer.practitioner in (wish.practitioner, "choice")
    if liked or made_for or as_wished:
        code = "liked" if liked else "made_for" if made_for else "practitioner"
        return _draft("preferences", 1.0, code, terms=liked or made_for)
    if not (person.affinities or person.audience or wish):
        return None
    if others := tuple(sorted(offer.welcomes - {"everyone"})):
        return Part("preferences", 0, 0.2, True, "made_for_others", {"terms": others})
    return _draft("preferences", UNKNOWN, "no_tie")


def _cost(price: Finding) -> Part:
    if price.verdict is Verdict.UNKNOWN:
        return _unsaid("cost", price.code)
    amount, ceiling = price.facts.get("amount"), price.facts.get("ceiling")
    if price.code in ("free", "covered") or not isinstance(amount, int | float):
        return _draft("cost", 1.0, price.code, **price.facts)
    share = amount / ceiling if isinstance(ceiling, int | float) and ceiling else 0.5
    return _draft("cost", 1 - 0.5 * share, price.code, **price.facts)


def _language(person: Person, spoken: Finding) -> Part | None:
    if not person.languages:
        return None
    if spoken.verdict is Verdict.UNKNOWN:
        return _unsaid("language", spoken.code)
    return _draft("language", 1.0 if spoken.code == "speaks" else 0.6, spoken.code, **spoken.facts)


def deadline(need: NeedAsked, today: date) -> date:
    """The day by which help should begin."""
    return need.need_by or today + timedelta(days=URGENT_DAYS if need.urgency == "urgent" else ROUTINE_DAYS)


def strongest(parts: Sequence[Part], most: int = 3) -> list[Part]:
    """What speaks most for it."""
    known = [part for part in parts if part.known and part.utility > 0.7]
    return sorted(known, key=lambda part: -part.weight * (part.utility - UNKNOWN))[:most]


def weakest(parts: Sequence[Part], most: int = 2) -> list[Part]:
    """What speaks most against it, though it may be proposed."""
    known = [part for part in parts if part.known and part.utility <= 0.7]
    return sorted(known, key=lambda part: -part.weight * (1 - part.utility))[:most]
