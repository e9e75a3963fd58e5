"""The order: the best first, and equals take turns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Final
from uuid import UUID

from referrals.directory.upkeep.rhythm import is_overdue
from referrals.matching.constraints import Finding
from referrals.matching.facts import NeedAsked, Offer, Person
from referrals.matching.order.criteria import parts, parts_beside
from referrals.matching.order.match import Match, Part, Tie, changed, room
from referrals.matching.order.yardstick import PLAIN, TIE, Yardstick

FIRST: Final = 3
"""Places that no organization has alone while another is as good."""
NO_LOADS: Final[Mapping[UUID, int]] = {}


def score(
    person: Person, need: NeedAsked, offer: Offer, today: date, findings: tuple[Finding, ...], by: Yardstick = PLAIN
) -> Match:
    """The match with its parts, whether or not it may be proposed."""
    found = {finding.id: finding for finding in findings}
    brought = parts(person, need, offer, found, today, by)
    unsaid = sum(1 for finding in findings if finding.to_check and not finding.about_person)
    km = offer.distance(person.at)
    minutes = offer.routed
    if minutes is None and person.travel and km is not None:
        minutes = person.travel.minutes(km)
    since = offer.assured if offer.check_by is not None and is_overdue(offer.check_by, today) else None
    return Match(offer, findings, brought, points(brought, unsaid, by.to_check), km, minutes, since)


def score_beside(match: Match, need: NeedAsked, by: Yardstick) -> Match:
    """A scored match, measured anew with another context in sight."""
    brought = parts_beside(match.parts, need, match.offer, match.finding("H1"), by)
    return changed(match, brought, points(brought, len(match.checks), by.to_check), None)


def points(brought: Sequence[Part], unsaid: int, to_check: float) -> float:
    """From 0 to 100; `unsaid` counts what the listing leaves to be asked."""
    left = room(brought)
    least = 50 * (1 - left)  # nought on the scale on which no outcome is known of anybody
    return round(max(least, sum(part.points for part in brought) - to_check * left * unsaid), 2)


def rank(
    matches: Iterable[Match], loads: Mapping[UUID, int] = NO_LOADS, seed: str = "", tie: float = TIE
) -> list[Match]:
    """Best first. Of those within `tie` points of the best of their group the surest stand first, then the best fit; those
    are as good as each other: the less loaded stands first, then the day's rotation decides.
    """
    eligible = (match for match in matches if match.eligible)
    waiting = sorted(eligible, key=lambda match: (-match.score, match.offer.service_id))
    wide = tie * room(waiting[0].parts) if waiting else tie
    ranked: list[Match] = []
    while waiting:
        least = waiting[0].score - wide
        equal = [match for match in waiting if match.score > least]
        ranked += _taking_turns(equal, loads, seed)
        waiting = waiting[len(equal) :]
    return _spread(ranked)


def turn(seed: str, service_id: UUID) -> bytes:
    """Where a service stands in the rotation of this seed: as good as chance, and always the same."""
    return blake2b(service_id.bytes, key=blake2b(seed.encode()).digest()[:32], digest_size=8).digest()


def _taking_turns(equal: list[Match], loads: Mapping[UUID, int], seed: str) -> list[Match]:
    if len(equal) == 1:
        return [_standing(equal[0], Tie((equal[0].offer.service_id,), seed))]
    by_merit: dict[tuple[int, float], list[Match]] = {}
    for match in equal:
        by_merit.setdefault(_merit(match), []).append(match)
    ordered: list[Match] = []
    for merit in sorted(by_merit):
        group = sorted(by_merit[merit], key=lambda match: _turn(match.offer.service_id, loads, seed))
        tie = Tie(tuple(match.offer.service_id for match in group), seed)
        ordered += [_standing(match, tie) for match in group]
    return ordered


def _standing(match: Match, tie: Tie) -> Match:
    return changed(match, match.parts, match.score, tie)


def _turn(service_id: UUID, loads: Mapping[UUID, int], seed: str) -> tuple[int, bytes, UUID]:
    return loads.get(service_id, 0), turn(seed, service_id), service_id


def _merit(match: Match) -> tuple[int, float]:
    fit = match.part("fit")
    return len(match.checks), -fit.utility if fit else 0.0


def _spread(ranked: list[Match]) -> list[Match]:
    """Where one organization stands alone on the first three places, the next of another that is as good as the third
    takes its place.
    """
    first = ranked[:FIRST]
    if len(first) < FIRST or len({match.offer.organization_id for match in first}) > 1:
        return ranked
    third = first[-1]
    assert third.tie is not None
    for at, match in enumerate(ranked[FIRST:], start=FIRST):
        if match.offer.service_id in third.tie.members and match.offer.organization_id != third.offer.organization_id:
            return [*first[:-1], match, third, *ranked[FIRST:at], *ranked[at + 1 :]]
    return ranked
