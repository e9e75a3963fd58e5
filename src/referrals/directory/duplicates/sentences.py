"""What speaks for and against a pair, as a curator reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from referrals.kit.db import Json
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

_SAID: Final[dict[str, str]] = {
    "same_body": N_("The same organization: %(a)s"),
    "bodies_alike": N_("Organizations with like names: “%(a)s” and “%(b)s”"),
    "one_offer_of_two": N_("Two organizations speak of one offer: “%(a)s”"),
    "other_body": N_("Other organizations: “%(a)s” and “%(b)s”"),
    "same_name": N_("The same name: “%(a)s”"),
    "names_alike": N_("Like names: “%(a)s” and “%(b)s”"),
    "name_within": N_("One name says more than the other: “%(a)s” and “%(b)s”"),
    "abbreviated": N_("One name is short for the other: “%(a)s” and “%(b)s”"),
    "also_called": N_("Both are also called “%(a)s”"),
    "other_name": N_("Other names: “%(a)s” and “%(b)s”"),
    "other_part": N_("Each name tells of something else: “%(a)s” and “%(b)s”"),
    "only_in_name": N_("Other names for which neither description nor terms give a reason: “%(a)s” and “%(b)s”"),
    "named_in_text": N_("The description of one speaks of the other: “%(a)s” and “%(b)s”"),
    "narrower": N_("One name limits the offer, the other does not: “%(a)s” and “%(b)s”"),
    "whole_and_part": N_("One bears the name of the whole organization, the other of something it offers: “%(a)s” and “%(b)s”"),
    "nothing_else": N_("The organization lists nothing else at this address: %(a)s"),
    "own_line": N_("The line answers at the organization’s own number, and the descriptions are alike: %(a)s"),
    "only_some_ages": N_("Only one description names the ages it is for: %(a)s"),
    "names_contrast": N_("The names set them apart: “%(a)s” and “%(b)s”"),
    "texts_contrast": N_("The descriptions set them apart: “%(a)s” and “%(b)s”"),
    "number_added": N_("Only one name has a number: %(a)s and %(b)s"),
    "other_number": N_("Other numbers in the names: %(a)s and %(b)s"),
    "same_text": N_("The same description"),
    "text_within": N_("One description holds the other"),
    "offer_within": N_("One description tells all that the other says is offered: %(a)s"),
    "texts_alike": N_("Like descriptions"),
    "words_swapped": N_("Like descriptions with other words in them: “%(a)s” and “%(b)s”"),
    "other_text": N_("Descriptions of something else"),
    "same_place": N_("The same address: %(a)s"),
    "other_place": N_("Other addresses: %(a)s and %(b)s"),
    "other_town": N_("Other towns: %(a)s and %(b)s"),
    "same_phone": N_("The same phone number: %(a)s"),
    "phone_in_text": N_("The description of one tells the phone number of the other: %(a)s"),
    "other_phone": N_("Other phone numbers: %(a)s and %(b)s"),
    "same_email": N_("The same e-mail address: %(a)s"),
    "same_page": N_("The same web page: %(a)s"),
    "same_site": N_("The same website: %(a)s"),
    "other_page": N_("Other pages of one website: %(a)s and %(b)s"),
    "other_site": N_("Other websites: %(a)s and %(b)s"),
    "same_identifier": N_("The same official number: %(a)s"),
    "other_identifier": N_("Other official numbers: %(a)s and %(b)s"),
    "same_terms": N_("The same terms: %(all)s"),
    "other_terms": N_("Other terms: “%(a)s” and “%(b)s”"),
    "other_ages": N_("For other ages: %(a)s and %(b)s"),
    "other_languages": N_("In other languages: %(a)s and %(b)s"),
    "part_of_the_other": N_("One is part of the other"),
}  # fmt: skip
"""Code of a fact -> sentence; `a` and `b` are what the two records say."""
STRONG: Final = 1.0
"""Weight from which a fact is among the first that are shown."""


@dataclass(frozen=True, slots=True)
class Reason:
    """`sign`: + speaks for it, - against it, ? is only told."""

    sign: str
    text: str
    strong: bool


def codes() -> frozenset[str]:
    """Every fact that has its sentence."""
    return frozenset(_SAID)


def reasons(kept: Iterable[Json]) -> list[Reason]:
    """The heaviest first, as the score found them."""
    return [
        Reason(_sign(one["weight"]), sentence(one["code"], one["said"]), abs(one["weight"]) >= STRONG) for one in kept
    ]


def sentence(code: str, said: list[str]) -> str:
    """A code of an older rule stands for itself."""
    a, b = [*said, "", ""][:2]
    return _(_SAID[code]) % {"a": a, "b": b, "all": ", ".join(said)} if code in _SAID else code


def _sign(weight: float) -> str:
    return "+" if weight > 0 else "-" if weight < 0 else "?"
