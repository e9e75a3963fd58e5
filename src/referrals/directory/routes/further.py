"""Where little or nothing was found: how many more a wider circle has, and which wish stands in the way."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from referrals.directory import labels
from referrals.directory.routes.chips import Chip
from referrals.directory.routes.question import Question, next_radius
from referrals.directory.search.find import Results
from referrals.kit.geo import Km
from referrals.kit.html import Addresses, number
from referrals.kit.i18n import gettext as _
from referrals.kit.i18n import ngettext

Look = Callable[[Question], Awaitable[Results]]
FEW: Final = 8
"""Answers below which a wider circle is tried."""
_LAST: Final = 100
"""Kilometres; whoever looks further takes the distance away."""
_TRIED: Final = 4
"""Wishes that are taken away in turn; each is a search."""


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str


async def further_out(look: Look, asked: Question, found: Results, url: Addresses) -> Link | None:
    """`3 more services within 20 km`: only where little was found, and only if going further really brings more."""
    if found.here is None or found.radius_km is None or found.fitting > FEW or "mode:remote" in asked.tags:
        return None
    wider: Km | None = next_radius(found.radius_km)
    while wider is not None:
        there = await look(replace(asked, km=wider, page=1))
        if more := there.fitting - found.fitting:
            said = ngettext("%(num)d more service within %(km)s km", "%(num)d more services within %(km)s km", more)
            return Link(said % {"num": more, "km": number(wider)}, asked.address(url, km=wider))
        wider = next_radius(wider) if wider < _LAST else None
    return None


async def without_one(look: Look, chips: Sequence[Chip], url: Addresses) -> list[Link]:
    """`Without “Arabic”: 7 services`, for an empty page: what each wish costs, where giving it up brings anything."""
    links = []
    for chip in chips[:_TRIED] if len(chips) > 1 else ():
        there = await look(chip.rest)
        if there.total:
            told = {"wish": chip.text, "count": labels.count(there.total, there.more)}
            links.append(Link(_("Without “%(wish)s”: %(count)s") % told, chip.rest.where(url)))
    return links
