"""The town that somebody typed: one place, or what to say about it and what may be meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.places.answers import Ambiguous, Found
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.places.queries import index
from referrals.places.words import display

FEW: Final = 6
_LARGE: Final = 20_000
"""Inhabitants of a place that is taken for a name with a slip in it; for a smaller one it is asked."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A sentence for the field, and the places to choose among."""

    sentence: str
    places: Sequence[Entry] = ()

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(place.code, display(place, current_language())) for place in self.places]


async def find(session: AsyncSession, typed: str, code: str, postcode: str, chosen: str = "") -> Entry | Unsure:
    """`code`: the place of before, which counts while the name still fits. `chosen`: one of those that were offered."""
    places = await index(session)
    kept = places.by_code(code)
    if kept is not None and typed in (kept.name, display(kept, "fr"), display(kept, "en")):
        return kept
    found = _found(places, typed, postcode)
    if isinstance(found, Unsure):
        return next((place for place in found.places if place.code == chosen), found)
    return found


def _found(places: PlaceIndex, typed: str, postcode: str) -> Entry | Unsure:
    match places.find(f"{typed} {postcode}".strip()) or places.find(typed):
        case Found(place, how) if how != "spelling" or place.population >= _LARGE:
            return place
        case Found(place):
            return _asked([place, *places.alike(typed)])
        case Ambiguous(several):
            among = _distinct([*several[: FEW - 1], *places.alike(typed)])
            return Unsure(_("There are several places of that name, or like it. Which one is it?"), among)
        case _unknown:
            return _asked(places.alike(typed))


def _asked(likely: Sequence[Entry]) -> Unsure:
    if not likely:
        return Unsure(_("We do not know this town. A larger one nearby will do, or leave it empty."))
    return Unsure(_("We do not know this town. Is it one of these? Or type a larger one nearby."), _distinct(likely))


def _distinct(places: Sequence[Entry]) -> list[Entry]:
    """Each name once: a town and the area around it are called the same."""
    named: dict[str, Entry] = {}
    for place in places:
        named.setdefault(display(place, "en"), place)
    return list(named.values())[:FEW]
