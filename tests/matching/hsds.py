"""Reads a directory and cases in the form of docs/directory-profile.md straight into what the rules look at."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from referrals.kit.geo import LatLon
from referrals.matching.facts import (
    Capacity,
    Exclusion,
    NeedAsked,
    Offer,
    Person,
    Preference,
    Slot,
    Spot,
    Travel,
)

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
NAMESPACE = UUID(int=0)
Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One need of one person, with what is expected."""

    id: str
    person: Person
    need: NeedAsked
    today: date
    grades: Mapping[UUID, int]
    excluded: Mapping[UUID, frozenset[str]]
    unknown: Mapping[UUID, frozenset[str]]
    to_fix: Mapping[UUID, frozenset[str]]
    no_match: bool


class Tree:
    def __init__(self, taxonomy: Raw) -> None:
        needs = taxonomy["taxonomies"]["need"]["terms"]
        self.parents: dict[str, str | None] = {term["code"]: term.get("parent") for term in needs}
        self.levels = {term["code"]: term["level"] for term in taxonomy["taxonomies"]["care-intensity"]["terms"]}

    def broader(self, code: str) -> tuple[str, ...]:
        found: list[str] = []
        while (parent := self.parents.get(code)) is not None:
            found.append(parent)
            code = parent
        return tuple(found)

    def narrower(self, code: str) -> frozenset[str]:
        return frozenset(term for term in self.parents if code in self.broader(term))


def offers(folder: Path) -> dict[UUID, Offer]:
    tree = Tree(json.loads((folder / "taxonomy.json").read_text()))
    return {UUID(raw["id"]): offer(raw, tree) for raw in json.loads((folder / "directory.json").read_text())}


def cases(folder: Path) -> list[Case]:
    tree = Tree(json.loads((folder / "taxonomy.json").read_text()))
    return [case for raw in json.loads((folder / "vignettes.json").read_text()) for case in _cases(raw, tree)]


def offer(raw: Raw, tree: Tree) -> Offer:
    codes = _Codes(raw)
    prices = {line["option"]: line for line in raw.get("cost_options", [])}
    price = prices.get("per-session") or prices.get("client-contribution")
    areas = raw.get("service_areas", [])
    return Offer(
        service_id=UUID(raw["id"]),
        organization_id=UUID(raw["organization"]["id"]),
        needs=codes.all("need"),
        status=raw["status"],
        specialisms=codes.all("specialism"),
        affinities=codes.all("affinity"),
        formats=codes.all("format"),
        intensity=max((tree.levels[code] for code in codes.all("care-intensity")), default=None),
        welcomes=codes.all("target-audience"),
        rule=codes.json("eligibility", "eligibility-rule"),
        not_with=frozenset(codes.values("eligibility", "not-cumulable-with")),
        min_age=raw.get("minimum_age"),
        max_age=raw.get("maximum_age"),
        languages=tuple(line["code"] for line in raw.get("languages", [])),
        interpreter=codes.one("interpretation"),
        modes=codes.all("delivery-mode"),
        funding=codes.all("funding"),
        free=True if "free" in codes.all("funding") else None,
        price=_amount(prices.get("per-session")),
        contribution=_amount(prices.get("client-contribution")),
        currency=price.get("currency") if price else None,
        routes=codes.all("referral-route"),
        practitioner=codes.one("practitioner-gender"),
        accessibility=dict(codes.pairs("accessibility")),
        capacity=_capacity(raw, codes),
        area_postcodes=tuple(_extents(areas, "postcode-prefix")),
        area_countries=frozenset(_extents(areas, "country")),
        available_from=_date(codes.value("window", "available-from")),
        available_until=_date(codes.value("window", "available-until")),
        licence_until=_date(codes.value("licence", "licence-valid-until")),
        slots=tuple(_slots(raw)),
        documents=tuple(line["document"] for line in raw.get("required_documents", [])),
        spots=tuple(_spot(line["location"]) for line in raw.get("service_at_locations", [])),
        assured=_date(raw.get("assured_date")),
        has_email=bool(raw.get("email")),
        has_phone=bool(raw.get("phones")),
    )


class _Codes:
    """The attributes of one service."""

    def __init__(self, raw: Raw) -> None:
        self.found = [
            (line["link_type"], line["taxonomy_term"]["code"], line.get("value")) for line in raw["attributes"]
        ]

    def all(self, kind: str) -> frozenset[str]:
        return frozenset(code for found, code, _ in self.found if found == kind)

    def pairs(self, kind: str) -> list[tuple[str, str]]:
        return [(code, value) for found, code, value in self.found if found == kind and value]

    def one(self, kind: str) -> str | None:
        return next(iter(sorted(self.all(kind))), None)

    def values(self, kind: str, code: str) -> list[str]:
        return [value for found, value in self.pairs(kind) if found == code]

    def value(self, kind: str, code: str) -> str | None:
        return next(iter(self.values(kind, code)), None)

    def json(self, kind: str, code: str) -> Raw | None:
        text = self.value(kind, code)
        return json.loads(text) if text else None


def _capacity(raw: Raw, codes: _Codes) -> Capacity | None:
    lines, status = raw.get("capacities", []), codes.one("capacity-status")
    if not lines or status is None:
        return None
    wait = codes.value("wait", "estimated-wait-days")
    updated = datetime.fromisoformat(lines[0]["updated"].replace("Z", "+00:00"))
    return Capacity(status, int(wait) if wait else None, lines[0].get("available"), updated)


def _spot(location: Raw) -> Spot:
    address: Raw = next(iter(location.get("addresses", [])), {})
    at = LatLon(location["latitude"], location["longitude"]) if location.get("latitude") is not None else None
    return Spot(address.get("postal_code"), address.get("country"), address.get("city"), at, "exact" if at else None)


def _slots(raw: Raw) -> Iterator[Slot]:
    for line in raw.get("schedules", []):
        if line.get("byday") and line.get("opens_at") and line.get("closes_at"):
            opens, closes = time.fromisoformat(line["opens_at"][:5]), time.fromisoformat(line["closes_at"][:5])
            yield Slot(frozenset(line["byday"].split(",")), opens, closes)


def _extents(areas: list[Raw], kind: str) -> list[str]:
    return [part.strip() for area in areas if area["extent_type"] == kind for part in area["extent"].split(",")]


def _amount(line: Raw | None) -> float | None:
    return float(line["amount"]) if line and line.get("amount") is not None else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _cases(raw: Raw, tree: Tree) -> Iterator[Case]:
    for asked in raw["needs"]:
        expected = raw["expect"][asked["id"]]
        yield Case(
            id=f"{raw['id']}.{asked['id']}",
            person=_person(raw["client"]),
            need=NeedAsked(
                uuid5(NAMESPACE, raw["id"] + asked["id"]), asked["term"], tree.narrower(asked["term"]),
                tree.broader(asked["term"]), frozenset(asked["specialisms"]), asked["urgency"], _date(asked["need_by"]),
                asked["remote_ok"], min_intensity=_level(asked.get("min_intensity"), tree),
            ),
            today=date.fromisoformat(raw["asked_on"]),
            grades={UUID(id): grade for id, grade in expected["grades"].items()},
            excluded=_by_id(expected["excluded"]),
            unknown=_by_id(expected["unknown"]),
            to_fix=_by_id(expected["to_fix"]),
            no_match=expected["no_match"],
        )  # fmt: skip


def _person(raw: Raw) -> Person:
    place, mobility, wish = raw["place"], raw["mobility"], raw["practitioner_gender_preference"]
    return Person(
        ages=(raw["age"], raw["age"]),
        gender=raw["gender"],
        languages=tuple(raw["languages"]),
        interpreter_ok=raw["interpreter_ok"],
        audience=frozenset(raw["audience"]),
        audience_unknown=frozenset(raw["audience_unknown"]),
        funding=frozenset(raw["funding"]),
        ceiling=raw["ceiling_per_session"],
        travel=Travel(mobility["mode"], mobility.get("max_minutes"), mobility.get("max_km")),
        at=LatLon(place["lat"], place["lon"]),
        place=place["name"],
        postcode=place["postcode"],
        country=place["country"],
        accessibility=frozenset(raw["accessibility_required"]),
        practitioner=Preference(wish["value"], wish["hard"]) if wish else None,
        affinities=frozenset(raw["affinities"]),
        availability=tuple(_free_hours(text) for text in raw["availability"]),
        exclusions=tuple(
            Exclusion(_uuid(line.get("organization_id")), _uuid(line.get("service_id")), line.get("area"))
            for line in raw["exclusions"]
        ),
        guardian_consent=raw["guardian_consent"],
        receives=frozenset(raw.get("current_services") or ()),
    )


def _level(value: object, tree: Tree) -> int | None:
    return tree.levels[value] if isinstance(value, str) else value if isinstance(value, int) else None


def _free_hours(text: str) -> Slot:
    days, hours = text.split(" ")
    first, _, last = days.partition("-")
    opens, _, closes = hours.partition("-")
    named = DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]
    return Slot(frozenset(named), time.fromisoformat(opens), time.fromisoformat(closes))


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _by_id(raw: Mapping[str, list[str]]) -> dict[UUID, frozenset[str]]:
    return {UUID(id): frozenset(codes) for id, codes in raw.items()}
