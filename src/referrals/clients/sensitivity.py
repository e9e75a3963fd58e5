"""What a need gives away about a person: by its name, by what their case manager added, by their age."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Protocol

from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _
from referrals.taxonomy.sensitivity import CODES, of_offer, of_term

GROWN_UP: Final = 18
LABELS: Final[Mapping[str, str]] = {
    "sud": N_("Alcohol, drugs, gambling"),
    "mental_health": N_("Mental health"),
    "hiv": N_("HIV, sexual health"),
    "dv": N_("Violence"),
    "justice": N_("Police, courts, prison"),
    "minor": N_("Somebody under age"),
}
AGREED: Final[Mapping[str, str]] = {
    "sud": N_("that it is about alcohol, drugs or gambling"),
    "mental_health": N_("that it is about my mental health"),
    "hiv": N_("that it is about my sexual health"),
    "dv": N_("that there was violence"),
    "justice": N_("that it has to do with the police, a court or a prison"),
    "minor": N_("that I am under age"),
}
"""The same as a person says it when they agree."""


class Told(Protocol):
    """A need, as far as it gives something away."""

    @property
    def term(self) -> str: ...

    @property
    def sensitivity(self) -> Sequence[str]: ...


def of_need(need: Told, age: int | None = None) -> frozenset[str]:
    """`age`: in years, where it is known."""
    young = {"minor"} if age is not None and age < GROWN_UP else set()
    return of_term(need.term) | frozenset(need.sensitivity) | young


def of_going_there(offered: Collection[str], age: int | None = None) -> frozenset[str]:
    """`offered`: the needs that a service answers. Whoever is grown up tells nobody that they are under age."""
    grown_up = {"minor"} if age is not None and age >= GROWN_UP else set()
    return of_offer(offered) - grown_up


def added(term: str, codes: Collection[str]) -> list[str]:
    """What is kept with a need: only what its name does not tell already."""
    return sorted(set(codes) - of_term(term))


def options(codes: Collection[str] = CODES) -> list[tuple[str, str]]:
    return [(code, _(LABELS[code])) for code in CODES if code in codes]
