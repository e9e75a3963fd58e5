"""Wishes that contradict each other. Two facts that cannot both be so are a problem; wishes that leave little are a remark. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from referrals.matching.facts import NeedAsked, Person
from referrals.matching.json_fields import Fields

_ADULT: Final = 18
_URGENT_WITHIN: Final = 60
"""Days; whoever needs help later than that does not need it urgently."""


def note(top: Fields, client: Fields, person: Person, needs: Sequence[NeedAsked], asked_on: date) -> None:
    for code in sorted(person.audience & person.audience_unknown if client.has("audience") else ()):
        client.wrong("audience_unknown", "known_and_unknown", value=code)
    _about_the_way(client, person, needs)
    _about_money(client, person)
    if person.ages and person.ages[0] >= _ADULT and person.guardian_consent is not None:
        client.remark("guardian_consent", "no_guardian_at_that_age", age=person.ages[0])
    for number, need in enumerate(needs):
        if need.urgency == "urgent" and need.need_by and (need.need_by - asked_on).days > _URGENT_WITHIN:
            top.remark(f"needs[{number}].urgency", "urgent_but_late", by=need.need_by.isoformat())
        if need.term in person.receives:
            top.remark(f"needs[{number}].term", "has_it_already", value=need.term)


def _about_the_way(client: Fields, person: Person, needs: Sequence[NeedAsked]) -> None:
    travel = person.travel
    if travel is None:
        return
    if travel.mode == "none" and travel.max_minutes:
        client.remark("mobility.max_minutes", "cannot_travel_so_far", minutes=travel.max_minutes)
    if travel.mode != "none" and 0 in (travel.max_minutes, travel.max_km):
        client.remark("mobility", "travels_nowhere")
    at_home = any(one.area and (person.postcode or "").upper().startswith(one.area) for one in person.exclusions)
    if at_home and not any(need.remote_ok for need in needs):
        client.remark("exclusions", "not_where_they_live")


def _about_money(client: Fields, person: Person) -> None:
    if person.ceiling == 0 and person.funding == frozenset({"self-pay"}):
        client.remark("ceiling_per_session", "pays_but_nothing")
