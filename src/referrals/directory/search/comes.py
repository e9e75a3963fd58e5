"""What need not be near: given remotely to people from here, or it comes to them, or nobody says where but it is for here.

Each way in which a service reaches people away from its points becomes a number of its listing, and a question looks up
the numbers of the place where somebody is. The wide ones, a whole country, are kept together with each need as well, so
that a need is looked up in a country and not among all that is given remotely. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from referrals.directory.search.port import Distant, Here

REMOTE: Final = "remote"
VISITING: Final = ("home-visit", "outreach")
AT_A_PLACE: Final = ("on-site", *VISITING)
ANYWHERE: Final = "*"


@dataclass(frozen=True, slots=True)
class Spread:
    """Where a service is, and for whom. `areas`: beginnings of postcodes; `places`: country, postcode, department of each."""

    modes: Sequence[str]
    areas: Sequence[str]
    countries: Sequence[str]
    places: Sequence[tuple[str | None, str | None, str | None]]
    has_point: bool

    @property
    def needs_travel(self) -> bool:
        """Given at some place, or the listing does not say how: only what is remote alone needs none."""
        return not self.modes or bool(set(AT_A_PLACE).intersection(self.modes))


def comes_of(spread: Spread, needs: Iterable[str]) -> list[int]:
    """The numbers of a listing. `needs`: with all their broader terms."""
    wide = list(_wide(spread)) if REMOTE in spread.modes else []
    codes = [*wide, *_narrow(spread), *(f"{code}|{need}" for code in wide for need in needs)]
    return sorted({_number(code) for code in codes})


def comes_to(here: Here | None, distant: Distant, needs: Sequence[str] = ()) -> list[int]:
    """The numbers of all that reaches somebody here. Without a country: of all that is given remotely."""
    wide = [f"remote:{country}" for country in (here.country if here and here.country else "any", ANYWHERE)]
    wanted = [] if distant == "never" else [f"{code}|{need}" for code in wide for need in needs] if needs else wide
    kinds = {"also": ("remote", "visit", "around"), "only": ("remote",), "never": ("visit", "around")}[distant]
    return sorted({_number(code) for code in [*wanted, *_held(here, *kinds)]})


def meant_for(here: Here) -> list[int]:
    """Of those whose stated area, or the area of whose address, is the one around this place."""
    return sorted({_number(code) for code in _held(here, "for")})


def held(here: Here | None) -> list[str]:
    """Every area, as listings state them, that one of the place's postcodes lies in."""
    return sorted({area for postcode in here.postcodes for area in _beginnings(postcode)}) if here else []


def _wide(spread: Spread) -> Iterator[str]:
    """No stated area leaves anybody out. Where no area is stated, a service stays within its own countries."""
    yield "remote:any"
    yield from (f"remote:{country}" for country in spread.countries)
    if not spread.areas and not spread.countries:
        own = {country for country, _, _ in spread.places if country}
        yield from (f"remote:{country}" for country in own or {ANYWHERE})


def _narrow(spread: Spread) -> Iterator[str]:
    """`69` holds 69003, `TR` holds TR1 (all of a British area), `PL15` holds PL15 alone."""
    around = [
        *(f"area:{area}" for area in spread.areas),
        *(f"{country}:{postcode}" for country, postcode, _ in spread.places if country and postcode),
        *(f"{country}:in:{department.lower()}" for country, _, department in spread.places if country and department),
    ]
    yield from (f"for:{code}" for code in around)
    if not spread.has_point and spread.needs_travel:
        yield from (f"around:{code}" for code in around)
    for kind, holds in (("remote", REMOTE in spread.modes), ("visit", not set(VISITING).isdisjoint(spread.modes))):
        yield from (f"{kind}:area:{area}" for area in spread.areas if holds)


def _held(here: Here | None, *kinds: str) -> Iterator[str]:
    if here is None:
        return
    areas = held(here)
    for kind in kinds:
        yield from (f"{kind}:area:{area}" for area in areas)
        if here.country and kind in ("around", "for"):
            yield from (f"{kind}:{here.country}:{area}" for area in areas)
            if here.department:
                yield f"{kind}:{here.country}:in:{here.department.lower()}"


def _beginnings(postcode: str) -> list[str]:
    outward = postcode.upper().split(" ")[0]
    if outward[:1].isdigit():
        return [outward[:length] for length in range(1, len(outward) + 1)]
    letters = next((at for at, sign in enumerate(outward) if sign.isdigit()), len(outward))
    return [outward, outward[:letters]]


def _number(code: str) -> int:
    return int.from_bytes(blake2b(code.encode(), digest_size=8).digest(), signed=True)
