"""What each criterion makes of an offer: a utility, and the code and facts of its sentence.

Every utility of something known and acceptable lies between a half and one, and what is not known counts a half: a gap
in a listing never beats a fact, and never sinks an offer below a known failure, which is not ranked at all. Two may fall
below a half, because they are knowledge against it: a place made for others first, and outcomes worse than is usual.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from math import exp
from typing import Final

from referrals.matching.constraints import Fact, Finding, Verdict
from referrals.matching.facts import NeedAsked, Offer, Person
from referrals.matching.order.match import Part
from referrals.matching.order.yardstick import Context, Yardstick, sites
from referrals.matching.weights import CRITERIA
from referrals.tracking.evidence import Evidence, Record, Usual

UNKNOWN: Final = 0.5
URGENT_DAYS, ROUTINE_DAYS = 14, 60
"""Within which a beginning counts as timely where no date was wished for."""
USUAL_MINUTES: Final = 45.0
"""What a way is measured by where no limit is known."""
LEAST_SPREAD: Final = 0.25
"""Between a good and a bad service, as outcomes are compared: where all are nearly alike, little makes no difference."""

ONE_WISH: Final = 0.75
"""What any wish that is met is worth; the rest goes by how many of those stated are."""
JOINED: Final[Mapping[str, float]] = {
    "known_service": 1.0, "same_service": 1.0, "known_organization": 0.9, "same_organization": 0.8, "same_site": 0.8,
    "nothing_shared": UNKNOWN,
}  # fmt: skip
"""What it is worth to be known there, or to settle two needs in one place; the closest first."""


def parts(
    person: Person, need: NeedAsked, offer: Offer, found: Mapping[str, Finding], today: date, by: Yardstick
) -> tuple[Part, ...]:
    """What every criterion says that applies to this person and need, with its share of 100."""
    drafts = (
        _fit(need, offer, found["H1"], by.context), _outcomes(offer, by.evidence), _timeliness(need, found["H11"], today, by.evidence, offer),
        _travel(person, found["H5"]), _preferences(person, offer), _cost(found["H8"]), _language(person, found["H6"]),
        _continuity(offer, by.context),
    )  # fmt: skip
    return _dealt([draft for draft in drafts if draft is not None], by)


def parts_beside(
    before: tuple[Part, ...], need: NeedAsked, offer: Offer, offered: Finding, by: Yardstick
) -> tuple[Part, ...]:
    """The same parts with another context in sight, which only these two read."""
    there = {part.criterion: part for part in before}
    there |= {"fit": _fit(need, offer, offered, by.context)}
    if joined := _continuity(offer, by.context):
        there["continuity"] = joined
    return _dealt([there[criterion] for criterion in CRITERIA if criterion in there], by)


def _dealt(drafts: list[Part], by: Yardstick) -> tuple[Part, ...]:
    """Each with its share of the hundred among those that apply."""
    shares = by.weights.over(tuple(draft.criterion for draft in drafts))
    return tuple(_weighing(draft, shares[draft.criterion]) for draft in drafts if draft.criterion in shares)


def _weighing(draft: Part, share: float) -> Part:
    if draft.weight == share:
        return draft
    return Part(draft.criterion, share, draft.utility, draft.known, draft.code, draft.facts)


def deadline(need: NeedAsked, today: date) -> date:
    """The day by which help should begin."""
    return need.need_by or today + timedelta(days=URGENT_DAYS if need.urgency == "urgent" else ROUTINE_DAYS)


def _draft(criterion: str, utility: float, code: str, **facts: Fact) -> Part:
    return Part(criterion, 0, max(UNKNOWN, min(1.0, utility)), True, code, facts)


def _unsaid(criterion: str, code: str) -> Part:
    return Part(criterion, 0, UNKNOWN, False, code)


def _fit(need: NeedAsked, offer: Offer, offered: Finding, context: Context) -> Part:
    """The very help, with the specialism asked for; then without; then only its broader kind."""
    if offered.code == "offers_broader":
        return Part("fit", 0, UNKNOWN, False, "broader", offered.facts)
    if not need.specialisms:
        if offer.specialisms and not offer.specialisms & context.other_specialisms:
            return _draft("fit", 0.8, "other_focus", specialisms=tuple(sorted(offer.specialisms)))
        if offered.code == "offers_narrower":
            return _draft("fit", 0.9, "narrower", **offered.facts)
        return _draft("fit", 0.95, "exact")
    shared = tuple(sorted(need.specialisms & offer.specialisms))
    if shared:
        return _draft("fit", 0.85 + 0.15 * len(shared) / len(need.specialisms), "specialised", specialisms=shared)
    return _draft(
        "fit", 0.6 if offer.specialisms else 0.7, "not_specialised", specialisms=tuple(sorted(need.specialisms))
    )


def _outcomes(offer: Offer, evidence: Evidence) -> Part | None:
    """How far needs like this one were met there, against what is usual. Left out where nobody knows of any outcome."""
    usual = evidence.usual.quality
    if usual is None:
        return None
    seen = evidence.of(offer.service_id).quality
    if seen is None:
        return _unsaid("outcomes", "no_outcomes")
    utility = UNKNOWN + (seen.mean - usual.mean) / max(evidence.usual.spread, LEAST_SPREAD)
    code = "outcomes" if seen.may_be_shown else "few_outcomes"
    facts: Mapping[str, Fact] = {"mean": round(seen.mean, 4), "usual": round(usual.mean, 4), "count": seen.count}
    return Part("outcomes", 0, max(0.0, min(1.0, utility)), True, code, facts)


def _timeliness(need: NeedAsked, room: Finding, today: date, evidence: Evidence, offer: Offer) -> Part:
    """The wait that the listing says, else the one that others had; longer where they answer slowly or often say no.

    What only begins on a later day has at least the wait until then.
    """
    record = evidence.of(offer.service_id)
    extra = delay(record, evidence.usual)
    by = need.need_by.isoformat() if need.need_by else None
    opens = max((offer.available_from - today).days, 0) if offer.available_from else 0
    days = room.facts.get("days")
    if room.verdict is Verdict.UNKNOWN:
        waited = record.wait_days
        if waited is None or not waited.may_be_shown:
            return _unsaid("timeliness", room.code)
        waits = max(waited.mean, opens)
        return _draft("timeliness", _in_time(waits, need, today), "usual_wait", days=round(waits), by=by)
    if not isinstance(days, int) and not opens:
        soonest = min(0.9, _in_time(extra, need, today))
        return _draft("timeliness", soonest, "places_free", days=None, by=by)
    days = max(days if isinstance(days, int) else 0, opens)
    ratio = days / _time_left(need, today)
    return _draft("timeliness", _in_time(days + extra, need, today), "soon" if ratio <= 1 else "late", days=days, by=by)


def delay(record: Record, usual: Usual) -> float:
    """Days until help begins beyond what is usual: until they answer, and beginning again elsewhere if they say no.

    Negative for those that answer sooner and more often with yes; none for whom nothing is known.
    """
    if usual.acceptance is None or usual.answer_days is None:
        return 0.0
    accepts = record.acceptance.mean if record.acceptance else usual.acceptance.mean
    answers = record.answer_days.mean if record.answer_days else usual.answer_days.mean
    again = usual.answer_days.mean + (usual.wait_days.mean if usual.wait_days else 0.0)
    return (answers - usual.answer_days.mean) + (usual.acceptance.mean - accepts) * again


def _in_time(days: float, need: NeedAsked, today: date) -> float:
    """1 up to half of the time there is, then falling to 0 at twice that."""
    return 1 - max(0.0, days / _time_left(need, today) - 0.5) / 1.5


def _time_left(need: NeedAsked, today: date) -> int:
    return max((deadline(need, today) - today).days, 1)


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
    left = exp(-minutes / limit)
    if person.wishes:  # what somebody ranks is from the best to the worst that may be had: the limit is the worst
        left = (left - exp(-1)) / (1 - exp(-1))
    return _draft("travel", 0.5 + 0.5 * left, "way", minutes=minutes, limit=limit)


def _preferences(person: Person, offer: Offer) -> Part | None:
    """Wishes and ties that were stated: what they love to do, who the place is made for, who receives them, in which form.

    One that is met counts most, all of them are best.
    """
    liked = tuple(sorted(person.affinities & offer.affinities))
    made_for = tuple(sorted((person.audience & offer.welcomes) - {"everyone"}))
    forms = tuple(sorted(person.formats & offer.formats))
    wish = person.practitioner
    as_wished = wish is not None and offer.practitioner in (wish.practitioner, "choice")
    met = {"liked": liked, "made_for": made_for, "practitioner": as_wished, "format_as_wished": forms}
    if codes := [code for code, there in met.items() if there]:
        stated = bool(person.affinities) + bool(made_for) + (wish is not None) + bool(person.formats)
        told: dict[str, dict[str, Fact]] = {
            "liked": {"affinities": liked}, "made_for": {"terms": made_for}, "format_as_wished": {"formats": forms},
        }  # fmt: skip
        facts = told.get(codes[0], {})
        return _draft("preferences", ONE_WISH + (1 - ONE_WISH) * len(codes) / stated, codes[0], **facts)
    if not (person.affinities or person.audience or wish or person.formats):
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


def _continuity(offer: Offer, context: Context) -> Part | None:
    """Where they are known already, or may settle two things at one door. Left out where there is nothing to join."""
    if not context:
        return None
    shared = {
        "known_service": offer.service_id in context.known_services,
        "same_service": offer.service_id in context.likely_services,
        "known_organization": offer.organization_id in context.known_organizations,
        "same_organization": offer.organization_id in context.likely_organizations,
        "same_site": not context.likely_sites.isdisjoint(sites(offer)),
    }
    code = next((code for code, joined in shared.items() if joined), "nothing_shared")
    return _draft("continuity", JOINED[code], code)
