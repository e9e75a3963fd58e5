"""A finding as a sentence that says what contradicts what, and where it is mended. Speaks the language being spoken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Final
from uuid import UUID

from referrals.directory.labels import ANSWERS, CLOSED
from referrals.kit.db import Json
from referrals.kit.html import clock, day, listed, locale, number
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

_WEEK: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Kind:
    """`title`: its name in a filter. `sentence` is filled with the finding's facts. `part`: the page of the editor that mends it."""

    title: str
    sentence: str
    part: str


KINDS: dict[str, Kind] = {
    "hidden_told": Kind(
        N_("A confidential address in a text"),
        N_("The address is confidential, and the listing’s text tells the street."), "texts",
    ),
    "hidden_twin": Kind(
        N_("A confidential address on another place"),
        N_("Everybody reads the street of this place, and another place at the same street is confidential."), "address",
    ),
    "point_swapped": Kind(
        N_("Coordinates swapped"),
        N_("The coordinates %(point)s do not lie near %(address)s; swapped, they would."), "address",
    ),
    "point_minus": Kind(
        N_("A minus sign lost"),
        N_("The coordinates %(point)s do not lie near %(address)s; with a minus sign they would."), "address",
    ),
    "point_far": Kind(
        N_("Coordinates far from the address"),
        N_("The address is in %(address)s, but the coordinates %(point)s lie %(km)s km away from there."), "address",
    ),
    "point_off": Kind(
        N_("Coordinates nowhere on earth"), N_("There is no place on earth with the coordinates %(point)s."), "address",
    ),
    "point_zero": Kind(
        N_("Coordinates at zero"),
        N_("The coordinates %(point)s lie in the sea off Africa: somebody left the field at zero."), "address",
    ),
    "closed_with_room": Kind(
        N_("Closed, and yet there is room"), N_("It is closed (%(status)s), and says about its places: %(capacity)s."),
        "closure",
    ),
    "ended": Kind(
        N_("Offered after its last day"), N_("It was offered until %(until)s, and still counts as open."), "closure",
    ),
    "hours_over": Kind(
        N_("Hours that have ended"), N_("Its hours ended on %(until)s, and no others begin."), "hours",
    ),
    "licence_over": Kind(
        N_("Licence run out"), N_("Its licence was good until %(until)s, and it still counts as open."), "closure",
    ),
    "ages_crossed": Kind(
        N_("Ages crossed"), N_("It is for people from %(low)s years, and only up to %(high)s years."), "who",
    ),
    "phone": Kind(
        N_("No telephone number"), N_("Nobody can dial this: %(number)s."), "contact",
    ),
    "mail": Kind(N_("No e-mail address"), N_("Nothing can be sent to this address: %(mail)s."), "contact"),
    "link": Kind(N_("No web address"), N_("No browser can open this address: %(link)s."), "contact"),
    "hours_backward": Kind(
        N_("Closes before it opens"), N_("It opens at %(opens)s and closes at %(closes)s: earlier on the same day."), "hours",
    ),
    "hours_overlap": Kind(
        N_("Hours that overlap"),
        N_("On %(days)s it is open from %(opens)s to %(closes)s and from %(opens2)s to %(closes2)s: the two overlap."), "hours",
    ),
    "room_over": Kind(
        N_("More free places than places"), N_("%(available)s places are free, and there are only %(maximum)s in all."),
        "",
    ),
    "area": Kind(
        N_("Outside its own area"), N_("It serves %(area)s, and its own address, %(postcode)s, lies outside."), "area",
    ),
    "no_need": Kind(
        N_("No need given"), N_("It names none of our needs: whoever looks for a need does not find it."), "needs",
    ),
    "no_description": Kind(N_("No description"), N_("Its description is empty."), "texts"),
}  # fmt: skip
"""In the order of how far they lead somebody astray."""


def title(kind: str) -> str:
    return _(KINDS[kind].title)


def said(kind: str, facts: Json) -> str:
    """The whole sentence."""
    return _(KINDS[kind].sentence) % {name: write(facts) for name, write in _WRITTEN.items() if _needs(kind, name)}


@dataclass(frozen=True, slots=True)
class Mend:
    """The page on which it is put right. `part` may be empty: then the record's overview."""

    record: str
    id: UUID
    part: str


def mend(kind: str, facts: Json, service_id: UUID, key: str) -> Mend:
    """On the record that says it: a place's coordinates on the place, an organization's number on the organization."""
    part = KINDS[kind].part
    if kind.startswith("point_") or kind == "hidden_twin":
        return Mend("location", UUID(key), part)
    if "of" in facts:
        return Mend(facts["of"], UUID(facts["id"]), part)
    return Mend("service", service_id, part)


def _needs(kind: str, name: str) -> bool:
    return f"%({name})s" in KINDS[kind].sentence


_WRITTEN: Mapping[str, Callable[[Json], str]] = {
    "point": lambda facts: f"{facts['latitude']:.4f}, {facts['longitude']:.4f}",
    "address": lambda facts: " ".join(part for part in (facts["postcode"], facts["city"]) if part),
    "km": lambda facts: number(facts["km"]),
    "status": lambda facts: _inside(_(CLOSED.get(facts["status"]) or str(facts["status"]))),
    "capacity": lambda facts: _inside(_(ANSWERS.get(facts["capacity"]) or str(facts["capacity"]))),
    "until": lambda facts: day(date.fromisoformat(facts["until"])),
    "low": lambda facts: number(facts["low"]),
    "high": lambda facts: number(facts["high"]),
    "number": lambda facts: str(facts["number"]),
    "mail": lambda facts: str(facts["mail"]),
    "link": lambda facts: str(facts["link"]),
    "opens": lambda facts: clock(time.fromisoformat(facts["opens"])),
    "closes": lambda facts: clock(time.fromisoformat(facts["closes"])),
    "opens2": lambda facts: clock(time.fromisoformat(facts["then"]["opens"])),
    "closes2": lambda facts: clock(time.fromisoformat(facts["then"]["closes"])),
    "days": lambda facts: listed([_day(code) for code in facts["days"]]),
    "available": lambda facts: number(facts["available"]),
    "maximum": lambda facts: number(facts["maximum"]),
    "area": lambda facts: listed(list(facts["area"])),
    "postcode": lambda facts: str(facts["postcode"]),
}


def _day(code: str) -> str:
    name: str = locale().days["format"]["wide"][_WEEK.index(code)]
    return name


def _inside(label: str) -> str:
    return label[:1].lower() + label[1:]
