"""French communes, the arrondissements of three cities, EPCI (groups of communes), departments and regions.

A commune's point is the town of that name in GeoNames when it lies within the commune: that is where people live
(a commune made of several may still have its town under the name of the old one whose code it kept).
Otherwise it is the middle of the commune's outline, and where there is no outline either, the middle of its
neighbours: those of the same postcode, then of the same EPCI, then of the same department.
"""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from row import Row, Town, degrees, key, middle

from referrals.kit.geo import LatLon, distance

Json = dict[str, Any]
OVERSEAS = {
    "GP": "01", "MQ": "02", "GF": "03", "RE": "04", "YT": "06",
    "PM": "975", "BL": "977", "MF": "978", "WF": "986", "PF": "987", "NC": "988",
}  # fmt: skip
MARGIN_KM = 1.0
"""The outlines are simplified and of 2018: a town this far outside its commune's reach is still its town."""


@dataclass(frozen=True, slots=True)
class Outline:
    middle: LatLon
    reach_km: float

    def holds(self, at: LatLon) -> bool:
        return distance(self.middle, at) <= self.reach_km + MARGIN_KM


@dataclass(frozen=True, slots=True)
class Point:
    at: LatLon
    precision: str


def rows(decoupage: Path, codes_postaux: Path, points: Path, towns: list[Town]) -> Iterator[Row]:
    areas = _Areas(decoupage)
    communes = [c for c in areas.communes if c["type"] == "commune-actuelle"]
    districts = [c for c in areas.communes if c["type"] == "arrondissement-municipal"]
    postcodes = _postcodes([*communes, *districts], codes_postaux)
    outlines = _outlines(points, areas.communes)
    own = _own_points(communes, _names(areas.communes), outlines, towns) | _district_points(districts, towns)
    located = _with_neighbours(communes, postcodes, areas, own, _main_towns(towns))
    for commune in [*communes, *districts]:
        if commune["code"] in located:
            yield _row(commune, areas, postcodes[commune["code"]], located[commune["code"]])
        else:
            print(f"left out, no point is known: {commune['nom']} ({commune.get('population', 0)} inhabitants)")
    yield from _wholes(areas, communes, located)


def former_names(decoupage: Path) -> Iterator[tuple[str, str]]:
    """(name of a commune that joined another, code of the one it is part of now)."""
    areas = _Areas(decoupage)
    current = {(c["departement"], key(c["nom"])) for c in areas.communes if c["type"] == "commune-actuelle"}
    for former in areas.communes:
        if "chefLieu" in former and (former["departement"], key(former["nom"])) not in current:
            yield former["nom"], f"FR-{former['chefLieu']}"


class _Areas:
    """The official geographic code, by code."""

    def __init__(self, decoupage: Path) -> None:
        def read(name: str) -> list[Json]:
            parsed: list[Json] = json.loads((decoupage / f"{name}.json").read_text(encoding="utf-8"))
            return parsed

        self.communes = read("communes")
        self.departments = {d["code"]: d for d in read("departements")}
        self.regions = {r["code"]: r for r in read("regions")}
        self.epcis = {e["code"]: e for e in read("epci")}
        self.epci_of: dict[str, str] = {m["code"]: code for code, e in self.epcis.items() for m in e["membres"]}

    def region(self, code: str) -> str:
        return f"{code} {self.regions[code]['nom']}"

    def department(self, code: str) -> str:
        return f"{code} {self.departments[code]['nom']}"

    def epci(self, commune: Json) -> str:
        code: str = commune.get("commune", commune["code"])
        return self.epci_of.get(code, "")


def _postcodes(places: list[Json], codes_postaux: Path) -> dict[str, list[str]]:
    known: dict[str, set[str]] = defaultdict(set)
    for place in places:
        known[place["code"]].update(place.get("codesPostaux", ()))
    for pair in json.loads(codes_postaux.read_text(encoding="utf-8")):
        if pair["codeCommune"] in known:
            known[pair["codeCommune"]].add(pair["codePostal"])
    return {code: sorted(found) for code, found in known.items()}


def _outlines(points: Path, communes: list[Json]) -> dict[str, list[Outline]]:
    """What a commune is made of: its own outline of 2018, and those of the communes that joined it since."""
    with points.open(encoding="utf-8") as file:
        drawn = {
            line["insee"]: Outline(LatLon(float(line["latitude"]), float(line["longitude"])), float(line["reach_km"]))
            for line in csv.DictReader(file)
        }
    parts: dict[str, list[Outline]] = {code: [outline] for code, outline in drawn.items()}
    for former in communes:
        if (whole := former.get("chefLieu")) and whole != former["code"] and former["code"] in drawn:
            parts.setdefault(whole, []).append(drawn[former["code"]])
    return parts


def _names(communes: list[Json]) -> dict[str, list[str]]:
    """What a commune is called, and what the old commune with its code was called."""
    names: dict[str, list[str]] = defaultdict(list)
    for commune in communes:
        names[commune["code"]].append(commune["nom"])
    return names


def _own_points(
    communes: list[Json], names: Mapping[str, list[str]], outlines: Mapping[str, list[Outline]], towns: list[Town]
) -> dict[str, Point]:
    named = _by_region_and_name(towns)
    found: dict[str, Point] = {}
    for commune in communes:
        parts = outlines.get(commune["code"], [])
        candidates = [t for name in names[commune["code"]] for t in named.get((commune["region"], key(name)), [])]
        if parts:
            candidates = [t for t in candidates if any(p.holds(t.at) for p in parts)]
        elif commune["zone"] == "metro":
            candidates = []  # without an outline a name proves nothing, but on an island
        if candidates:
            found[commune["code"]] = Point(max(candidates, key=lambda t: (t.population, -t.id)).at, "exact")
        elif parts:
            found[commune["code"]] = Point(parts[0].middle, "exact")
    return found


def _by_region_and_name(towns: list[Town]) -> dict[tuple[str, str], list[Town]]:
    named: dict[tuple[str, str], list[Town]] = defaultdict(list)
    for town in towns:
        region = town.admin1 if town.country == "FR" else OVERSEAS.get(town.country)
        if region:
            for name in {key(town.name), *map(key, town.other_names)} - {""}:
                named[region, name].append(town)
    return named


def _district_points(districts: list[Json], towns: list[Town]) -> dict[str, Point]:
    numbered: dict[tuple[str, int], LatLon] = {}
    for town in towns:
        # "Paris 12 Reuilly", not "Paris 12e Arrondissement": the middle of the latter lies in a wood.
        if town.country == "FR" and (match := re.match(r"(Paris|Lyon|Marseille) (\d\d)\b", town.name)):
            numbered[match[1], int(match[2])] = town.at
    found: dict[str, Point] = {}
    for district in districts:
        match = re.match(r"(\w+) (\d+)", district["nom"])
        assert match, district
        if at := numbered.get((match[1], int(match[2]))):
            found[district["code"]] = Point(at, "exact")
    return found


def _with_neighbours(
    communes: list[Json], postcodes: Mapping[str, list[str]], areas: _Areas, own: Mapping[str, Point],
    main_towns: Mapping[str, LatLon],
) -> dict[str, Point]:  # fmt: skip
    near: dict[tuple[str, str], list[LatLon]] = defaultdict(list)
    for region, at in main_towns.items():
        if region not in {c["region"] for c in communes if c["code"] in own}:
            near["department", region].append(at)  # Saint-Barthélemy: one commune, and its town has another name
    for commune in communes:
        if point := own.get(commune["code"]):
            for group in _neighbourhoods(commune, postcodes, areas):
                near[group].append(point.at)
    located = dict(own)
    for commune in communes:
        if commune["code"] in own:
            continue
        around = next((g for g in _neighbourhoods(commune, postcodes, areas) if near[g]), None)
        if around:
            located[commune["code"]] = Point(middle(near[around]), around[0])
    return located


def _main_towns(towns: list[Town]) -> dict[str, LatLon]:
    """The largest town of each overseas territory."""
    overseas = sorted((t for t in towns if t.country in OVERSEAS), key=lambda t: t.population)
    return {OVERSEAS[t.country]: t.at for t in overseas}


def _neighbourhoods(commune: Json, postcodes: Mapping[str, list[str]], areas: _Areas) -> Iterable[tuple[str, str]]:
    yield from (("postcode", code) for code in postcodes[commune["code"]])
    if epci := areas.epci(commune):
        yield "epci", epci
    yield "department", commune["departement"]


def _row(commune: Json, areas: _Areas, postcodes: list[str], point: Point) -> Row:
    return Row(
        code=f"FR-{commune['code']}",
        name=commune["nom"],
        kind="arrondissement" if "commune" in commune else "commune",
        country="FR",
        region=areas.region(commune["region"]),
        department=areas.department(commune["departement"]),
        epci=areas.epci(commune),
        postcodes=";".join(postcodes),
        population=commune.get("population", 0),
        latitude=degrees(point.at.lat),
        longitude=degrees(point.at.lon),
        precision=point.precision,
    )


def _wholes(areas: _Areas, communes: list[Json], located: Mapping[str, Point]) -> Iterator[Row]:
    """EPCI, departments and regions as places of their own, at the middle of their communes."""
    members: dict[tuple[str, str], list[Json]] = defaultdict(list)
    for commune in communes:
        if commune["code"] in located:
            members["region", commune["region"]].append(commune)
            members["department", commune["departement"]].append(commune)
            if epci := areas.epci(commune):
                members["epci", epci].append(commune)
    known = {"region": ("R", areas.regions), "department": ("D", areas.departments), "epci": ("E", areas.epcis)}
    for (kind, code), inside in members.items():
        letter, wholes = known[kind]
        main = max(inside, key=lambda c: (c.get("population", 0), c["code"]))
        at = middle(located[c["code"]].at for c in inside)
        yield Row(
            code=f"FR-{letter}{code}",
            name=wholes[code]["nom"],
            kind=kind,
            country="FR",
            region=areas.region(main["region"]),
            department=areas.department(main["departement"]) if kind != "region" else "",
            epci=code if kind == "epci" else "",
            postcodes="",
            population=sum(c.get("population", 0) for c in inside),
            latitude=degrees(at.lat),
            longitude=degrees(at.lon),
            precision=kind,
        )
