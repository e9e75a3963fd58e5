"""The answer for a need, made of what was read: every offer examined, measured and put in order. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from referrals.kit.travel import ESTIMATED, Ways
from referrals.matching.constraints import Class, examine
from referrals.matching.facts import NeedAsked, Offer, Person
from referrals.matching.scoring import PLAIN, Context, Match, Yardstick, rank, score, score_beside, seed
from referrals.matching.unlocking import Unlock, unlocks
from referrals.matching.unseen import NONE, Unseen

CLOSEST: Final = 12
"""Misses that are measured where nothing fits."""
LIKELY: Final = 3
"""Of the first of another need, how many count as where the person will probably go for it."""


@dataclass(frozen=True, slots=True)
class Proposals:
    """The answer for one need. `left_out` begins with what comes closest to fitting; other countries only where that is all."""

    person: Person
    need: NeedAsked
    today: date
    ranked: tuple[Match, ...]
    left_out: tuple[Match, ...]
    unlocks: tuple[Unlock, ...] = ()
    by: Yardstick = PLAIN
    """What the order was measured by."""
    unseen: Unseen = NONE
    """What was not looked at, where there are more than anybody can look at."""
    ways: Ways = ESTIMATED
    """What said how long the ways take."""
    abroad: tuple[Match, ...] = ()
    """What was left out in other countries, where it is not among `left_out`."""

    @property
    def weights(self) -> Mapping[str, float]:
        """What each criterion counted here, of 100."""
        parts = self.ranked[0].parts if self.ranked else ()
        return {part.criterion: part.weight for part in parts}


def judge(person: Person, need: NeedAsked, found: Sequence[Offer], today: date, by: Yardstick = PLAIN) -> Proposals:
    """The pure part of `propose`. What may not be proposed has no score, but where nothing fits and it comes closest."""
    seen = [Match(offer, examine(person, need, offer, today), km=offer.distance(person.at)) for offer in found]
    fits = [score(person, need, one.offer, today, one.findings, by) for one in seen if one.eligible]
    barred = sorted((one for one in seen if not one.eligible), key=hopelessness)
    left_out = [one for one in barred if one.finding("H4").code != "other_country"] or barred
    abroad = [one for one in barred if one.finding("H4").code == "other_country"] if left_out is not barred else []
    if not fits:
        close = [score(person, need, one.offer, today, one.findings, by) for one in left_out[:CLOSEST]]
        left_out = close + left_out[CLOSEST:]
    return Proposals(
        person, need, today, tuple(rank(fits, by.loads, seed(person, need, today), by.tie)), tuple(left_out),
        tuple(unlocks(person, need, left_out, today)), by, abroad=tuple(abroad),
    )  # fmt: skip


def beside_each_other(first: Sequence[Proposals]) -> list[Proposals]:
    """Each ranked anew with the likely ones of the others in sight, so that one door may serve two needs."""
    if len(first) < 2:
        return list(first)
    likely = [[match.offer for match in found.ranked[:LIKELY]] for found in first]
    return [rejudged(found, _beside(first, likely, at)) for at, found in enumerate(first)]


def _beside(first: Sequence[Proposals], likely: Sequence[Sequence[Offer]], at: int) -> Context:
    others = [i for i in range(len(first)) if i != at]
    return first[at].by.context.beside((offer for i in others for offer in likely[i]), (first[i].need for i in others))


def rejudged(found: Proposals, context: Context) -> Proposals:
    """The same findings, ranked with another context."""
    by = replace(found.by, context=context)
    again = [score_beside(one, found.need, by) for one in found.ranked]
    order = rank(again, by.loads, seed(found.person, found.need, found.today), by.tie)
    return replace(found, ranked=tuple(order), by=by)


def match_of(person: Person, need: NeedAsked, offer: Offer, today: date, by: Yardstick = PLAIN) -> Match:
    return score(person, need, offer, today, examine(person, need, offer, today), by)


def hopelessness(match: Match) -> tuple[int, int, float, UUID]:
    """How much would have to change: absolute bars first, then how many of the others, then the way."""
    absolute = sum(1 for finding in match.failures if finding.cls is Class.ABSOLUTE)
    way = float("inf") if match.km is None else match.km
    return absolute, len(match.failures), way, match.offer.service_id
