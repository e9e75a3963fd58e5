"""What a year was like, in a few figures; and of several towns the mean with the least and the most."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Final
from uuid import UUID

from referrals.evaluation.simulation.knowing import KNOWING, knowing
from referrals.evaluation.simulation.orders import CALLED, ORDERS
from referrals.evaluation.simulation.town import BEGIN, WEEK, Service, Size, town
from referrals.evaluation.simulation.year import End, Year, lived, minutes, still_helps, year
from referrals.tracking.evidence import quantile

Told = dict[str, object]
NOT_SHOWN: Final = (
    "This is a toy: a town that we made up, with people and services who do what we wrote. It does not show how many people "
    "would be helped anywhere; it shows whether an order does what it is meant to, and whether it does harm nobody meant."
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one year under one order."""

    need_met: float
    """Of all who came in it."""
    promise: float
    """The same before chance decided: how likely it was, on average, that a need would be met."""
    began: float
    """Of all who came: how many began anywhere."""
    wait_median: float
    """Days from coming to beginning, of those who began."""
    wait_p90: float
    quality: float
    """How good services were that helped, of one: hidden from everybody in the town."""
    way: float
    """Minutes to where they were helped, on average."""
    refusals: float
    """Asked in vain, for each person."""
    gini: float
    """How unequally people are spread over places: 0 equally."""
    newcomers: float
    """Of all who found a service since newcomers opened: how many found a newcomer."""
    newcomers_places: float
    """Of all places: how many newcomers have."""


NAMES: Final[Mapping[str, str]] = {
    "need_met": "need met, %", "promise": "need met but for chance, %", "began": "help began, %", "wait_median": "wait in the middle, days",
    "wait_p90": "wait, longest tenth, days", "quality": "hidden quality, %", "way": "way, minutes", "refusals": "asked in vain, each",
    "gini": "load, 0 equal to 1", "newcomers": "to newcomers, %", "newcomers_places": "places of newcomers, %",
}  # fmt: skip
_SHARES: Final = frozenset({"need_met", "promise", "began", "quality", "newcomers", "newcomers_places"})


@dataclass(frozen=True, slots=True)
class Spread:
    """Over the towns."""

    mean: float
    least: float
    most: float


Compared = Mapping[str, Sequence[Figures]]
"""By order, a figure for each town."""


def compared(seeds: int, size: Size) -> Compared:
    """The same towns under each order. Takes a while."""
    all_seeds = range(1, seeds + 1)
    found = {name: [figures(year(seed, size, order)) for seed in all_seeds] for name, order in ORDERS.items()}
    return found | {KNOWING: [figures(_known(seed, size)) for seed in all_seeds]}


def figures(of: Year) -> Figures:
    waits = [waited for one in of.journeys if (waited := one.waited) is not None]
    ends = [one.end for one in of.journeys]
    there = {one.said.service_id: one for one in of.services}
    helped = [(one, there[one.asked[-1].service_id]) for one in of.journeys if one.waited is not None]
    asked = [asked for one in of.journeys for asked in one.asked]
    return Figures(
        need_met=ends.count(End.MET) / len(ends),
        promise=sum(at.hidden.quality * still_helps(one, at.said) for one, at in helped) / len(ends),
        began=len(waits) / len(ends),
        wait_median=quantile(waits, 0.5) if waits else 0.0,
        wait_p90=quantile(waits, 0.9) if waits else 0.0,
        quality=_mean([at.hidden.quality for _, at in helped]),
        way=_mean([minutes(one.asker.person, at.said) for one, at in helped]),
        refusals=sum(not one.accepted for one in asked) / len(ends),
        gini=gini(_loads(of)),
        newcomers=_to_newcomers(of),
        newcomers_places=sum(one.places for one in _new(of)) / sum(one.places for one in of.services),
    )


def gini(values: Sequence[float]) -> float:
    """0 where all are alike, towards 1 where one has everything."""
    ordered, whole = sorted(values), sum(values)
    if not whole:
        return 0.0
    return sum((2 * at - len(ordered) - 1) * value for at, value in enumerate(ordered, start=1)) / len(ordered) / whole


def spread(compared: Compared, order: str, key: str) -> Spread:
    values = [getattr(one, key) for one in compared[order]]
    return Spread(sum(values) / len(values), min(values), max(values))


def table(found: Compared, size: Size) -> list[str]:
    """For a terminal: the mean, in brackets the least and the most of the towns."""
    towns = len(next(iter(found.values())))
    lines = [
        f"{towns} towns of {size.services} services, {size.people} people a week for {size.weeks} weeks, for every ten who "
        f"could be helped {10 * size.tight:g} come", "",
        f"{'':28}" + "".join(f"{CALLED[name]:>30}" for name in found),
    ]  # fmt: skip
    for key, name in NAMES.items():
        lines.append(f"{name:28}" + "".join(f"{shown(key, spread(found, order, key)):>30}" for order in found))
    return [*lines, "", NOT_SHOWN]


def shown(key: str, one: Spread) -> str:
    if key in _SHARES:
        return f"{100 * one.mean:.1f} [{100 * one.least:.1f}, {100 * one.most:.1f}]"
    digits = 2 if key in ("gini", "refusals") else 0
    return f"{one.mean:.{digits}f} [{one.least:.{digits}f}, {one.most:.{digits}f}]"


def as_json(found: Compared, size: Size) -> Told:
    return {
        "size": asdict(size),
        "orders": {
            order: {
                field.name: {name: round(value, 4) for name, value in asdict(spread(found, order, field.name)).items()}
                for field in fields(Figures)
            }
            for order in found
        },
        "not_shown": NOT_SHOWN,
    }


def _known(seed: int, size: Size) -> Year:
    services = town(seed, size)
    return lived(seed, size, knowing(services), services)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _loads(of: Year) -> list[float]:
    """People who found each service, for each place and week that it was open."""
    counted: dict[UUID, int] = {}
    for one in of.journeys:
        if one.asked and one.asked[-1].accepted:
            counted[one.asked[-1].service_id] = counted.get(one.asked[-1].service_id, 0) + 1
    return [
        counted.get(one.said.service_id, 0) / one.places / (of.size.weeks - one.opens)
        for one in of.services
        if one.opens < of.size.weeks
    ]


def _to_newcomers(of: Year) -> float:
    new = {one.said.service_id for one in _new(of)}
    since, until = BEGIN + of.size.joining * WEEK, BEGIN + of.size.weeks * WEEK
    found = [one.asked[-1] for one in of.journeys if one.asked and one.asked[-1].accepted]
    lately = [one.service_id in new for one in found if since <= one.sent < until]
    return sum(lately) / len(lately) if lately else 0.0


def _new(of: Year) -> list[Service]:
    return [one for one in of.services if one.opens > 0]
