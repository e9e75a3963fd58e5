"""How likely two records are the same, and why. Pure; the definition is that of docs/decisions/0018-duplicates.md.

The facts are weighed one by one and added up; their sum, made a likelihood, is the score. So every score can be
explained by the list of what speaks for and against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp
from typing import Final

from referrals.directory.duplicates.bodies import of_bodies
from referrals.directory.duplicates.facts import Fact
from referrals.directory.duplicates.offers import of_offers
from referrals.directory.duplicates.records import Compared, Entity

POSSIBLE: Final = 0.5
"""From here on a pair is shown to a curator as a possible double."""
LIKELY: Final = 0.85
START: Final = "start"
OF_SERVICES: Final = (
    (-5.0, START),
    (0.5, "same_body bodies_alike one_offer_of_two"),
    (-3.0, "other_body"),
    (3.0, "same_name also_called"),
    (1.5, "name_within names_alike named_in_text"),
    (0.5, "whole_and_part"),
    (1.0, "nothing_else own_line"),
    (5.0, "same_text"),
    (3.5, "text_within offer_within"),
    (1.5, "texts_alike"),
    (-0.5, "other_text"),
    (1.0, "same_place same_phone phone_in_text"),
    (-2.0, "other_phone only_in_name"),
    (-1.5, "number_added texts_contrast other_ages other_languages"),
    (-6.0, "other_place other_town other_part narrower names_contrast other_number other_site only_some_ages"),
)
"""Facts that say one kind of thing weigh the same: some thirty doubles cannot tell their weights apart."""
WEIGHTS: Final[Mapping[Entity, Mapping[str, float]]] = {
    Entity.SERVICE: {code: weight for weight, codes in OF_SERVICES for code in codes.split()},
    Entity.ORGANIZATION: {
        START: -1.6,
        "part_of_the_other": -3.0, "same_identifier": 4.0, "other_identifier": -2.5,
        "same_name": 3.0, "names_alike": 2.0, "abbreviated": 1.6, "also_called": 1.2, "name_within": -0.8, "other_name": -2.2,
        "names_contrast": -4.0, "other_number": -5.0, "number_added": -5.0,
        "same_text": 2.0, "text_within": 1.7, "texts_alike": 1.0, "other_text": -1.2,
        "same_place": 0.9, "other_place": -0.5, "other_town": -1.2, "same_phone": 0.9, "other_phone": -0.6,
        "same_email": 0.6, "same_page": 0.7, "same_site": 0.6, "other_page": -0.5, "other_site": -1.2,
    },
}  # fmt: skip
"""`start`: before anything is known, most pairs that are worth comparing are not the same. From -4 on a fact forbids
rather than weighs: hardly anything makes up for it. A fact that has no weight is not told."""


@dataclass(frozen=True, slots=True)
class Scored:
    """0..1; the facts that weigh most first."""

    score: float
    facts: tuple[Fact, ...]

    @property
    def same(self) -> bool:
        return self.score >= POSSIBLE


def score(a: Compared, b: Compared, weights: Mapping[Entity, Mapping[str, float]] = WEIGHTS) -> Scored:
    """The same whichever comes first."""
    table = weights[a.entity]
    weighed = [replace(one, weight=table[one.code]) for one in found(a, b) if table.get(one.code)]
    total = table[START] + sum(one.weight for one in weighed)
    return Scored(1 / (1 + exp(-total)), tuple(sorted(weighed, key=lambda one: (-abs(one.weight), one.code))))


def found(a: Compared, b: Compared) -> list[Fact]:
    """What there is to say about the two, not yet weighed."""
    if (str(a.id), a.entity) > (str(b.id), b.entity):
        a, b = b, a
    return list(of_offers(a, b) if a.entity is Entity.SERVICE else of_bodies(a, b))
