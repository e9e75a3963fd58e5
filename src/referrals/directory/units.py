"""What a number of places counts: HSDS units by their names, whatever the source calls them. Speaks the language being spoken."""

from collections.abc import Callable, Mapping
from typing import Final

from referrals.kit.html import number
from referrals.kit.i18n import N_, ngettext
from referrals.kit.i18n import gettext as _

PLACE: Final = "place"
UNITS: Final[dict[str, str]] = {
    PLACE: N_("places"), "bed": N_("beds"), "room": N_("rooms"), "appointment": N_("appointments"),
    "hour": N_("hours"), "meal": N_("meals"), "household": N_("households"),
}  # fmt: skip
"""Those that a provider may choose, as it reads them beside a number."""
_ALSO: Final = {
    "lit": "bed", "chambre": "room", "rendez-vous": "appointment", "slot": "appointment", "heure": "hour",
    "repas": "meal", "menage": "household", "ménage": "household", "family": "household", "space": PLACE,
}  # fmt: skip


def code_of(name: str | None) -> str:
    """`Beds` and `lit` are `bed`; a unit that is none of ours keeps its own name; none at all counts places."""
    if not name:
        return PLACE
    folded = name.strip().lower()
    for word in (folded, folded.removesuffix("s")):
        if word in UNITS or word in _ALSO:
            return _ALSO.get(word, word)
    return name.strip()


def label(code: str) -> str:
    """`beds`; a unit of somebody else's by its own name."""
    return _(UNITS[code]) if code in UNITS else code


def free(count: int, unit: str | None) -> str:
    """`3 beds free`."""
    said = _FREE.get(code_of(unit))
    return (said(count) if said else _("%(num)d free (%(unit)s)")) % {"num": count, "unit": unit}


def of(count: int, unit: str | None) -> str:
    """`10 beds` as a bare number with its unit, for lists."""
    return f"{number(count)} {label(code_of(unit))}"


_FREE: Final[Mapping[str, Callable[[int], str]]] = {
    PLACE: lambda count: ngettext("%(num)d place free", "%(num)d places free", count),
    "bed": lambda count: ngettext("%(num)d bed free", "%(num)d beds free", count),
    "room": lambda count: ngettext("%(num)d room free", "%(num)d rooms free", count),
    "appointment": lambda count: ngettext("%(num)d appointment free", "%(num)d appointments free", count),
    "hour": lambda count: ngettext("%(num)d hour free", "%(num)d hours free", count),
    "meal": lambda count: ngettext("%(num)d meal left", "%(num)d meals left", count),
    "household": lambda count: ngettext("Room for %(num)d household", "Room for %(num)d households", count),
}
