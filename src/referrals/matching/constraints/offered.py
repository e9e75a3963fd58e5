"""What is offered: the right help (H1), open (H2), with room (H11), strong enough (H15), licensed (H18)."""

from datetime import date, timedelta

from referrals.matching.constraints.finding import Finding, blocked, hindered, meets, unknown
from referrals.matching.facts import Capacity, NeedAsked, Offer, Person

FRESH = timedelta(days=14)
"""After that, what was said about places counts as unknown."""


def offers_the_need(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    if need.term in offer.needs:
        return meets("H1", "offers", "listing.needs", term=need.term)
    if narrower := sorted(offer.needs & need.narrower):
        return meets("H1", "offers_narrower", "listing.needs", term=narrower[0])
    if broader := [code for code in need.broader if code in offer.needs]:
        return unknown("H1", "offers_broader", "listing.needs", term=need.term, broader=broader[0])
    return blocked("H1", "does_not_offer", "listing.needs", term=need.term)


def is_open(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    until, begins = offer.available_until, offer.available_from
    if offer.status == "temporarily closed" and (opens := _opens_again(offer, today)) is not None:
        return blocked("H2", "closed_until", "listing.status", until=opens.isoformat())
    if offer.status != "active":
        return blocked("H2", "not_active", "listing.status", status=offer.status)
    if until is not None and until < today:
        return blocked("H2", "ended", "listing.available_until", until=until.isoformat())
    if begins is not None and need.need_by is not None and begins > need.need_by:
        return blocked("H2", "begins_too_late", "listing.available_from", begins=begins.isoformat())
    if begins is not None and begins > today:
        return meets("H2", "begins", "listing.available_from", begins=begins.isoformat())
    return meets("H2", "open", "listing.status")


def _opens_again(offer: Offer, today: date) -> date | None:
    """The day after the last one closed."""
    return next((last + timedelta(days=1) for first, last in offer.closures if first <= today <= last), None)


def has_room(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    """A date wished for decides; without one a wait never excludes."""
    capacity = offer.capacity
    if capacity is None or capacity.updated is None:
        return unknown("H11", "places_not_said", "listing.capacity")
    said = capacity.updated.date()
    if today - said > FRESH:
        return unknown("H11", "places_said_long_ago", "listing.capacity", said, said=said.isoformat())
    if capacity.status == "no-capacity":
        return hindered("H11", "full", "listing.capacity", said, said=said.isoformat())
    return _with_room(need, capacity, said, today)


def _with_room(need: NeedAsked, capacity: Capacity, said: date, today: date) -> Finding:
    days, by = capacity.wait_days, need.need_by
    wished = by.isoformat() if by else None
    if days is not None and by is not None and today + timedelta(days=days) > by:
        return hindered("H11", "too_late", "listing.wait", said, days=days, by=wished)
    if capacity.status == "assessment-required":
        return unknown("H11", "assessment_first", "listing.capacity", said, days=days)
    if days is not None:
        return meets("H11", "place_within", "listing.wait", said, days=days, by=wished)
    if capacity.status == "waitlist":
        return unknown("H11", "waitlist", "listing.capacity", said)
    return meets("H11", "has_places", "listing.capacity", said, available=capacity.available)


def strong_enough(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    if need.min_intensity is None:
        return meets("H15", "any_intensity")
    if offer.intensity is None:
        return unknown("H15", "intensity_not_said", "listing.intensity")
    if offer.intensity < need.min_intensity:
        return blocked("H15", "too_light", "listing.intensity", level=offer.intensity)
    return meets("H15", "intense_enough", "listing.intensity")


def is_licensed(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    until = offer.licence_until
    if until is not None and until < today:
        return blocked("H18", "licence_ended", "listing.licence_until", until=until.isoformat())
    return meets("H18", "licensed")
