"""What it takes: who pays (H8), papers to bring (H10), who must refer (H12), a guardian's consent (H16)."""

from datetime import date

from referrals.matching.constraints.finding import Finding, blocked, fix, hindered, meets, unknown
from referrals.matching.facts import CAPPED, FREE, NeedAsked, Offer, Person
from referrals.matching.papers import PRESCRIPTION, to_bring

_ADULT = 18


def is_affordable(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    if FREE in offer.funding or (offer.free and not offer.funding):  # stated payers decide
        return meets("H8", "free", "listing.funding")
    if not offer.funding:
        return unknown("H8", "payers_not_said", "listing.funding")
    if person.funding is None:
        return unknown("H8", "funding_not_known", "person.funding", payers=tuple(sorted(offer.funding)))
    shared = sorted(offer.funding & person.funding)
    if not shared:
        return hindered("H8", "payer_not_accepted", "listing.funding", payers=tuple(sorted(person.funding)))
    public = [payer for payer in shared if payer not in CAPPED]
    return _public(person, offer, public[0]) if public else _capped(person, offer, shared)


def _public(person: Person, offer: Offer, payer: str) -> Finding:
    left = offer.contribution
    if not left:
        return meets("H8", "covered", "listing.funding", payer=payer)
    facts = {"amount": left, "currency": offer.currency, "ceiling": person.ceiling, "payer": payer}
    if person.ceiling is None and not person.without_ceiling:
        return unknown("H8", "contribution", "listing.price", **facts)
    if person.ceiling is not None and left > person.ceiling:
        return hindered("H8", "contribution_too_high", "listing.price", **facts)
    return meets("H8", "contribution_within", "listing.price", **facts)


def _capped(person: Person, offer: Offer, payers: list[str]) -> Finding:
    facts = {"amount": offer.price, "currency": offer.currency, "ceiling": person.ceiling, "payer": payers[0]}
    if offer.contribution is not None and person.ceiling is not None and offer.contribution > person.ceiling:
        return hindered("H8", "contribution_too_high", "listing.price", **{**facts, "amount": offer.contribution})
    if offer.price is None:
        return unknown("H8", "price_not_said", "listing.price", **facts)
    if person.ceiling is not None and offer.price > person.ceiling:
        return hindered("H8", "too_dear", "listing.price", **facts)
    return meets("H8", "within_ceiling", "listing.price", **facts)


def papers(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    """What they hold already need not be brought about first."""
    if not offer.documents:
        return meets("H10", "no_papers")
    held = person.documents | {PRESCRIPTION} if need.prescription_held else person.documents
    if missing := to_bring(offer.documents, held):
        return fix("H10", "bring", "listing.documents", documents=missing)
    return meets("H10", "papers_held", "person.documents", documents=offer.documents)


def referral_route(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    if "self" in offer.routes:
        return meets("H12", "open_route", "listing.routes")
    if "professional" in offer.routes:
        return meets("H12", "professional_route", "listing.routes")
    if "prescription" in offer.routes:
        return _prescribed(need)
    if "official-decision" in offer.routes:
        return fix("H12", "official_decision", "listing.routes")
    return meets("H12", "no_route_said")


def _prescribed(need: NeedAsked) -> Finding:
    if need.prescription_held:
        return meets("H12", "prescription_held", "person.prescription")
    if need.prescription_held is False:
        return fix("H12", "prescription_to_get", "listing.routes")
    return fix("H12", "prescription", "listing.routes")


def guardian(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    if "guardian-consent" not in offer.routes or person.guardian_consent:
        return meets("H16", "no_guardian_needed")
    if person.ages is None:
        return unknown("H16", "age_decides_guardian", "person.age")
    if person.ages[0] >= _ADULT:
        return meets("H16", "no_guardian_needed")
    if person.guardian_consent is False:
        return blocked("H16", "guardian_refused", "person.guardian_consent")
    return fix("H16", "guardian_consent", "listing.routes")
