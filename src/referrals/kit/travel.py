"""How long a way takes: roughly, from the straight line (docs/directory-profile.md), or as a routing engine says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from referrals.kit import routing
from referrals.kit.geo import LatLon, Minutes
from referrals.kit.settings import Settings

WAYS: Final[Mapping[str, tuple[float, float]]] = {
    "walk": (0, 17.3),
    "bike": (2, 5.6),
    "transit": (8, 3.5),
    "car": (5, 1.4),
}
"""Minutes before the way begins, and minutes for each kilometre as the crow flies."""


def minutes(way: str, km: float) -> Minutes:
    """Raises KeyError for a way that is none of `WAYS`."""
    start, each = WAYS[way]
    return Minutes(start + each * km)


@dataclass(frozen=True, slots=True)
class Ways:
    """Minutes to each place, None where they are to be estimated, and what said so."""

    minutes: Sequence[Minutes | None] = ()
    by: Literal["estimated", "osrm", "valhalla"] = "estimated"
    silent: bool = False
    """An engine was asked and did not answer."""


ESTIMATED: Final = Ways()


async def ways(settings: Settings | None, way: str, home: LatLon, places: Sequence[LatLon]) -> Ways:
    """One question for all places, where this deployment has an engine that knows the way; never raises."""
    engine = _engine(settings)
    if engine is None or way not in engine.ways or not places:
        return ESTIMATED
    try:
        return Ways(await routing.minutes(engine, way, home, places), engine.kind)
    except routing.Silent:
        return Ways(silent=True)


def _engine(settings: Settings | None) -> routing.Engine | None:
    if settings is None or settings.routing_url is None:
        return None
    kind = settings.routing_kind
    return routing.Engine(kind, settings.routing_url, settings.routing_ways or routing.USUALLY[kind])
