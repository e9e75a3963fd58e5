"""Where a search looks: the place that the field names, all that it may be, or the point that a device gave."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from referrals.directory.routes import chips
from referrals.directory.routes.question import Question
from referrals.directory.search.find import Results
from referrals.directory.search.typed_place import typed_place
from referrals.kit.geo import LatLon, distance
from referrals.kit.html import Addresses
from referrals.kit.i18n import current_language
from referrals.kit.i18n import gettext as _
from referrals.places.entry import Entry
from referrals.places.lookup import PlaceIndex
from referrals.places.words import display

_OTHERS = 5
_SAME = 5
"""Kilometres between two places of one name that make no difference to anybody."""


@dataclass(frozen=True, slots=True)
class Around:
    """`point`: somebody's own, then `place` is the town nearest to it. `unknown`: what nobody could read as a place."""

    place: Entry | None = None
    candidates: tuple[Entry, ...] = ()
    point: LatLon | None = None
    unknown: str = ""

    @property
    def near(self) -> LatLon | Entry | None:
        return self.point or self.place

    @property
    def name(self) -> str:
        """`Truro (Cornwall)`, `you`; empty for everywhere."""
        if self.point is not None:
            return _("you")
        return display(self.place, current_language()) if self.place else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several places of a name. `taken`: the answers are for this one until somebody says otherwise."""

    text: str
    href: str
    taken: bool


async def named(session: AsyncSession, asked: Question, places: PlaceIndex) -> Around:
    """What the field says. Of several places with one name, the one that services lie around."""
    if at := asked.point:
        return Around(places.nearest(at.lat, at.lon), point=at)
    found = await typed_place(session, places, asked.near)
    if found is None:
        return Around(unknown=asked.near)
    return Around(found.taken, found.several if len(found.several) > 1 else ())


def around(asked: Question, told: Around, found: Results) -> Around:
    """The same once the words have been read too: a place given apart wins over one in the text."""
    if told.near is not None:
        return told
    understood = found.understood
    several = understood.places if understood.which_place else ()
    return Around(understood.place, several, None, told.unknown or understood.unknown_place or "")


def choices(asked: Question, found: Results, there: Around, url: Addresses) -> list[Choice]:
    """Where it is not clear that the place taken is the one that was meant: all that it may be, to choose from."""
    place = there.place
    if place is None or there.point is not None:
        return []
    others = [one for one in there.candidates if one.code != place.code]
    lone = asked if asked.near else chips.without(asked, found, "place")
    told_apart = [one for one in others if distance(one.at, place.at) > _SAME][:_OTHERS]
    return [_choice(one, lone, url, taken=one is place) for one in (place, *told_apart)] if told_apart else []


def _choice(place: Entry, asked: Question, url: Addresses, *, taken: bool) -> Choice:
    name = display(place, current_language())
    return Choice(name, asked.address(url, near=_writable(place, name)), taken)


def _writable(place: Entry, name: str) -> str:
    """What leads to this very place when it is typed: its name, with a postcode where that says more."""
    return f"{place.postcodes[0]} {place.name}" if place.country == "FR" and place.postcodes else name
