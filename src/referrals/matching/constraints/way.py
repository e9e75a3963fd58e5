"""How it reaches the person: area served (H4), the way there (H5), when (H13), in which form (H19)."""

import re
from datetime import date

from referrals.matching.constraints.finding import Fact, Finding, hindered, meets, unknown
from referrals.matching.facts import ON_SITE, REMOTE, NeedAsked, Offer, Person, Spot, Travel

FAR_FROM_BASE = 50.0
"""Kilometres from which a visit at home without a stated area is judged like a way to go."""
LONG_ENOUGH = 45
"""Minutes that opening hours and free hours must share."""
_LETTERS = re.compile(r"^[A-Z]+")


def covers_the_place(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    if offer.has_area:
        return _inside_area(person, offer)
    if person.country is None:
        return unknown("H4", "place_not_known", "person.place")
    if offer.countries and person.country not in offer.countries:
        return hindered("H4", "other_country", "listing.country", country=sorted(offer.countries)[0])
    if offer.comes_to_them and ON_SITE not in offer.modes and not offer.remote_for(need):
        km = offer.distance(person.at)
        if km is None or km <= FAR_FROM_BASE:
            return unknown("H4", "area_not_said", "listing.area", place=person.place)
    return meets("H4", "no_area_limit")


def _inside_area(person: Person, offer: Offer) -> Finding:
    if person.country is not None and person.country in offer.area_countries:
        return meets("H4", "covers", "listing.area", place=person.place)
    if person.postcode is None and (offer.area_postcodes or person.country is None):
        return unknown("H4", "place_not_known" if person.at is None else "postcode_not_known", "person.place")
    if person.postcode and any(within(person.postcode, prefix) for prefix in offer.area_postcodes):
        return meets("H4", "covers", "listing.area", place=person.place)
    return hindered("H4", "outside_area", "listing.area", place=person.place)


def within(postcode: str, prefix: str) -> bool:
    """`69003` in `69`; in Britain `TR` is the whole area and `TR1` exactly that district, not `TR10`."""
    code, begin = postcode.upper().replace(" ", ""), prefix.upper().replace(" ", "")
    letters = _LETTERS.match(begin)
    if letters is None:
        return code.startswith(begin)
    own = _LETTERS.match(code)
    if letters.group() == begin:
        return own is not None and own.group() == begin
    outward = postcode.upper().split(" ")[0] if " " in postcode.strip() else code
    return begin in (outward, code[:-3] if len(code) > 4 else outward)


def is_reachable(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    """Nobody has a way to go where the help comes to them, over a line or to their door."""
    if offer.remote_for(need):
        return meets("H5", "remote", "listing.modes")
    near = offer.nearest(person.at)
    if offer.comes_to_them and (offer.has_area or near is None or near[1] <= FAR_FROM_BASE):
        return meets("H5", "comes_to_them", "listing.modes")
    if offer.modes == {REMOTE}:
        return meets("H5", "no_way_to_go", "listing.modes")
    return _way(person, near, offer.routed)


def _way(person: Person, near: tuple[Spot, float] | None, routed: float | None) -> Finding:
    travel = person.travel
    if person.at is None:
        return unknown("H5", "home_not_known", "person.at")
    if travel is None:
        return unknown("H5", "travel_not_known", "person.travel", km=near[1] if near else None, **_rough(near))
    if travel.mode == "none" and not travel.max_km:
        return hindered("H5", "cannot_travel", "person.travel")
    if near is None:
        return unknown("H5", "address_not_said", "listing.places")
    return _measured(travel, *near, routed)


def _rough(near: tuple[Spot, float] | None) -> dict[str, Fact]:
    """Of a place whose point is only that of its postcode, its town or the like."""
    return {"precision": near[0].precision} if near and near[0].approximate else {}


def _measured(travel: Travel, spot: Spot, km: float, routed: float | None) -> Finding:
    minutes = travel.minutes(km) if routed is None else routed
    facts: dict[str, Fact] = {
        "minutes": minutes,
        "km": round(km, 2),
        "mode": travel.mode,
        "limit": travel.max_minutes,
        "limit_km": travel.max_km,
    }
    facts |= _rough((spot, km))
    if not travel.reaches(km, minutes):
        return hindered("H5", "too_far", "person.travel", **facts)
    if travel.max_minutes is None and travel.max_km is None:
        return unknown("H5", "limit_not_known", "person.travel", **facts)
    return meets("H5", "reachable", "person.travel", **facts)


def hours_meet(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    if not person.availability:
        return meets("H13", "any_hours")
    if not offer.slots:
        return unknown("H13", "hours_not_said", "listing.slots")
    if any(free.shared_minutes(slot) >= LONG_ENOUGH for free in person.availability for slot in offer.slots):
        return meets("H13", "hours_meet", "listing.slots")
    return hindered("H13", "hours_apart", "listing.slots")


def in_a_form_they_want(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    if not offer.modes:
        return unknown("H19", "mode_not_said", "listing.modes")
    if offer.modes == {REMOTE} and not need.remote_ok:
        return hindered("H19", "remote_only", "listing.modes")
    if need.remote_only and REMOTE not in offer.modes:
        return hindered("H19", "not_remote", "listing.modes")
    return meets("H19", "form_fits", "listing.modes")
