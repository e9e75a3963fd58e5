"""Who may come: age (H3), language (H6), published rules (H7), access (H9), safety and wishes (H14), help already there (H17)."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from referrals.matching.constraints.finding import Finding, Verdict, blocked, hindered, meets, unknown
from referrals.matching.constraints.way import within
from referrals.matching.facts import NOT_BOUND_TO_A_PLACE, NeedAsked, Offer, Person

Tree = Mapping[str, Any]
_GENDERS = {"women": "female", "men": "male"}
_OPPOSITE = {Verdict.MEETS: Verdict.FAILS, Verdict.FAILS: Verdict.MEETS}


def within_age(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    low, high = offer.min_age, offer.max_age
    if low is None and high is None:
        return meets("H3", "any_age")
    limits: dict[str, float | None] = {"low": low, "high": high}
    if person.ages is None:
        return unknown("H3", "age_not_known", "listing.age", **limits)
    youngest, oldest = person.ages
    if (low is not None and oldest < low) or (high is not None and youngest >= high + 1):
        return blocked("H3", "outside_age", "listing.age", **limits)
    if (low is not None and youngest < low) or (high is not None and oldest >= high + 1):
        return unknown("H3", "age_at_the_limit", "listing.age", **limits)
    return meets("H3", "within_age", "listing.age", **limits)


def speaks(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    if not person.languages:
        return unknown("H6", "languages_not_known", "person.languages")
    wanted = person.languages[0]
    shared = [code for code in person.languages if code in offer.languages]
    if shared:
        return meets("H6", "speaks", "listing.languages", language=shared[0])
    if not offer.languages:
        return unknown("H6", "languages_not_said", "listing.languages", language=wanted)
    return _through_interpreter(person, offer, wanted)


def _through_interpreter(person: Person, offer: Offer, wanted: str) -> Finding:
    if offer.interpreter == "no-interpreter":
        return hindered("H6", "no_interpreter", "listing.interpreter", language=wanted)
    if person.interpreter_ok is False:
        return hindered("H6", "interpreter_refused", "person.interpreter_ok", language=wanted)
    if offer.interpreter == "interpreter-available":
        return meets("H6", "with_interpreter", "listing.interpreter", language=wanted)
    return unknown("H6", "interpreter_not_said", "listing.interpreter", language=wanted)


def meets_the_rule(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    """The tree that the service publishes over `audience` codes, in three-valued logic."""
    if offer.rule is None:
        return meets("H7", "no_rule")
    verdict, part = _judge(person, offer.rule)
    decided = json.dumps(part, separators=(",", ":"))
    if verdict is Verdict.FAILS:
        return blocked("H7", "rule_not_met", "listing.rule", rule=decided)
    if verdict is Verdict.UNKNOWN:
        return unknown("H7", "rule_unclear", "listing.rule", rule=decided)
    return meets("H7", "rule_met", "listing.rule", rule=decided)


def _judge(person: Person, rule: Tree) -> tuple[Verdict, Tree]:
    """The verdict, and the part of the rule that decided it: as true a rule as the whole, said shorter."""
    if "term" in rule:
        return _has(person, rule["term"]), rule
    if "not" in rule:
        verdict, _ = _judge(person, rule["not"])
        return _OPPOSITE.get(verdict, verdict), rule
    if "all" in rule:
        return _first_of(person, rule, "all", (Verdict.FAILS, Verdict.UNKNOWN, Verdict.MEETS), Verdict.MEETS)
    if "any" in rule:
        return _first_of(person, rule, "any", (Verdict.MEETS, Verdict.UNKNOWN, Verdict.FAILS), Verdict.FAILS)
    return Verdict.UNKNOWN, rule


def _first_of(
    person: Person, rule: Tree, join: str, order: tuple[Verdict, ...], otherwise: Verdict
) -> tuple[Verdict, Tree]:
    judged = [_judge(person, part) for part in rule[join]]
    if not judged and join == "any":
        return Verdict.UNKNOWN, rule  # nothing is written down to be one of
    verdict = next((wanted for wanted in order if any(found is wanted for found, _ in judged)), otherwise)
    if verdict is otherwise and join == "any":
        return verdict, rule  # whoever fits none of them is told all of them, each whole
    decided = [part for found, part in judged if found is verdict]
    return verdict, decided[0] if len(decided) == 1 else {join: decided}


def _has(person: Person, term: str) -> Verdict:
    if term == "everyone":
        return Verdict.MEETS
    if term in _GENDERS and term not in person.audience:
        if person.gender not in _GENDERS.values():
            return Verdict.UNKNOWN
        return Verdict.MEETS if person.gender == _GENDERS[term] else Verdict.FAILS
    if term in person.audience:
        return Verdict.MEETS
    return Verdict.UNKNOWN if term in person.audience_unknown else Verdict.FAILS


def is_accessible(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    bound = not (offer.remote_for(need) or offer.comes_to_them)
    if "accessibility" in person.unasked:
        return _access_not_asked(offer, NOT_BOUND_TO_A_PLACE if not bound else frozenset(offer.accessibility))
    needed = person.accessibility if bound else person.accessibility & NOT_BOUND_TO_A_PLACE
    if missing := sorted(code for code in needed if offer.accessibility.get(code) == "no"):
        return blocked("H9", "not_accessible", "listing.accessibility", features=tuple(missing))
    if unsaid := sorted(code for code in needed if code not in offer.accessibility):
        return unknown("H9", "access_not_said", "listing.accessibility", features=tuple(unsaid))
    return meets(
        "H9", "accessible" if needed else "no_access_need", "listing.accessibility", features=tuple(sorted(needed))
    )


def _access_not_asked(offer: Offer, looked_at: frozenset[str]) -> Finding:
    """Nobody has asked the person. It matters only where a listing says that something is missing."""
    if missing := sorted(code for code in looked_at if offer.accessibility.get(code) == "no"):
        return unknown("H9", "access_need_not_known", "person.accessibility", features=tuple(missing))
    return meets("H9", "no_access_need", "listing.accessibility")


def is_wanted(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    """Says no more than "preference or safety": the reason itself is for nobody but the case manager."""
    if any(_excluded(offer, need, one.organization_id, one.service_id, one.area) for one in person.exclusions):
        return blocked("H14", "not_wanted", "person.exclusions")
    found = [_received_by(person, offer), _in_their_format(person, offer)]
    for verdict in (Verdict.FAILS, Verdict.UNKNOWN):
        if one := next((finding for finding in found if finding.verdict is verdict), None):
            return one
    return next((finding for finding in found if finding.code != "no_wish"), found[0])


def _received_by(person: Person, offer: Offer) -> Finding:
    wish = person.practitioner
    if wish is None or not wish.must:
        return meets("H14", "no_wish")
    if offer.practitioner is None:
        return unknown("H14", "practitioner_not_said", "listing.practitioner", wish=wish.practitioner)
    if offer.practitioner not in (wish.practitioner, "choice"):
        return blocked("H14", "not_wanted", "listing.practitioner")
    return meets("H14", "practitioner_as_wished", "listing.practitioner", wish=wish.practitioner)


def _in_their_format(person: Person, offer: Offer) -> Finding:
    """One to one, or in a group, where they come only that way."""
    if not person.formats or not person.formats_must:
        return meets("H14", "no_wish")
    wished = tuple(sorted(person.formats))
    if not offer.formats:
        return unknown("H14", "format_not_said", "listing.formats", formats=wished)
    if person.formats.isdisjoint(offer.formats):
        return blocked("H14", "format_not_wanted", "listing.formats", formats=tuple(sorted(offer.formats)))
    return meets("H14", "format_as_wished", "listing.formats", formats=wished)


def _excluded(offer: Offer, need: NeedAsked, organization: object, service: object, area: str | None) -> bool:
    """An area bars where all its places lie in it, unless nobody has to go there."""
    if offer.organization_id == organization or offer.service_id == service:
        return True
    if area is None or offer.remote_for(need) or offer.comes_to_them:
        return False
    codes = [spot.postcode for spot in offer.spots if spot.postcode]
    return bool(codes) and all(within(code, area) for code in codes)


def may_be_combined(person: Person, need: NeedAsked, offer: Offer, today: date) -> Finding:
    if already := sorted(offer.not_with & person.receives):
        return hindered("H17", "not_with", "listing.not_with", other=already[0])
    return meets("H17", "combines")
