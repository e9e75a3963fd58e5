"""Whether an offer may be proposed at all. Pure and three-valued: it meets, it fails, or the listing does not say.

Only a failure excludes. What is not known is kept and marked, so that nobody loses a chance to a gap in a record.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from referrals.matching.constraints.cost import guardian, is_affordable, papers, referral_route
from referrals.matching.constraints.finding import Class, Fact, Finding, Verdict
from referrals.matching.constraints.offered import has_room, is_licensed, is_open, offers_the_need, strong_enough
from referrals.matching.constraints.way import covers_the_place, hours_meet, in_a_form_they_want, is_reachable
from referrals.matching.constraints.welcome import (
    is_accessible,
    is_wanted,
    may_be_combined,
    meets_the_rule,
    speaks,
    within_age,
)
from referrals.matching.facts import NeedAsked, Offer, Person

Constraint = Callable[[Person, NeedAsked, Offer, date], Finding]

CONSTRAINTS: Sequence[Constraint] = (
    offers_the_need, is_open, within_age, covers_the_place, is_reachable, speaks, meets_the_rule, is_affordable,
    is_accessible, papers, has_room, referral_route, hours_meet, is_wanted, strong_enough, guardian, may_be_combined,
    is_licensed, in_a_form_they_want,
)  # fmt: skip
"""H1 to H19, in that order."""

BY_ID: Mapping[str, Constraint] = {f"H{number}": rule for number, rule in enumerate(CONSTRAINTS, start=1)}


def examine(person: Person, need: NeedAsked, offer: Offer, today: date) -> tuple[Finding, ...]:
    """Every rule's finding about this offer for this need."""
    return tuple(rule(person, need, offer, today) for rule in CONSTRAINTS)


def fits(person: Person, need: NeedAsked, offer: Offer, today: date) -> bool:
    """Whether no rule excludes it; stops at the first that does."""
    return not any(rule(person, need, offer, today).excludes for rule in CONSTRAINTS)


__all__ = ["BY_ID", "CONSTRAINTS", "Class", "Constraint", "Fact", "Finding", "Verdict", "examine", "fits"]
