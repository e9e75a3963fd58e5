"""A synthetic directory as the tables of this product: any number of services, where people live, in French and English.

Towns come with the weight of their inhabitants from our own gazetteer; names and texts are made of invented words that
are used as unevenly as real ones. The same seed makes the same services. Everything that follows from a record (tags,
hours as numbers, cells) is made by the product's own rules.
"""

import csv
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from referrals.directory.hours import Hours, PublicHolidays, Slot, of_week
from referrals.directory.listing_facts import At
from referrals.directory.listing_rules import schedule, slots
from referrals.directory.listing_search import searched
from referrals.directory.search.cells import keys_of
from referrals.directory.search.comes import Spread, comes_of
from referrals.kit.geo import LatLon
from referrals.kit.settings import seed_home
from referrals.places.entry import SETTLEMENTS

VERSION = 2
SEED = 2031
TODAY = date(2026, 11, 23)
_COUNTRIES = ("FR", "GB")
_KINDS = {
    "FR": ("maison", "centre", "association", "espace", "relais", "accueil", "atelier", "foyer", "entraide", "pôle",
           "antenne", "permanence", "collectif", "point", "fabrique", "comptoir"),
    "GB": ("house", "centre", "trust", "project", "link", "haven", "partnership", "network", "hub", "fellowship",
           "drop in", "workshop", "alliance", "kitchen", "garden", "corner"),
}  # fmt: skip
_SENTENCES = {
    "FR": (
        "On y vient pour {need}, avec ou sans rendez-vous.",
        "L’équipe de {name} reçoit chacun et prend le temps d’écouter.",
        "Un premier entretien permet de comprendre ce qui aiderait, puis un parcours de {need} commence.",
        "Les séances ont lieu en petit groupe, au rythme de chaque personne, à {town} et dans les communes voisines.",
        "Des bénévoles accompagnent les familles dans leurs démarches et vers d’autres adresses.",
        "Une participation est demandée selon les moyens ; personne n’est laissé à la porte.",
    ),
    "GB": (
        "People come for {need}, with or without an appointment.",
        "The team of {name} sees everybody and takes the time to listen.",
        "A first conversation finds out what would help, then {need} begins.",
        "Sessions take place in small groups, at each person’s own pace, in {town} and the villages around.",
        "Volunteers go with families to offices and tell them of other places.",
        "A contribution is asked for according to means; nobody is turned away.",
    ),
}
_SYLLABLES = ("ba", "bel", "bri", "ca", "chan", "cor", "da", "del", "fa", "fon", "ga", "gri", "ha", "jo", "ka", "la", "lou",
              "ma", "mer", "mi", "na", "nor", "o", "pa", "pi", "ra", "ri", "ro", "sa", "sol", "ta", "tre", "va", "vel", "vi", "zan")  # fmt: skip
_LANGUAGES = ("ar", "es", "pt", "pl", "ro", "uk", "ti", "so", "fa", "tr")
_AUDIENCES = (
    "women",
    "men",
    "children",
    "young-people",
    "families",
    "older-people",
    "homeless",
    "refugee",
    "veteran",
    "carers",
)


@dataclass(frozen=True, slots=True)
class Town:
    name: str
    postcode: str
    department: str
    country: str
    at: LatLon


@dataclass(frozen=True, slots=True)
class Offer:
    """One service with what belongs to it."""

    id: UUID
    organization_id: UUID
    organization: str
    first_of_its_organization: bool
    name: str
    description: str
    language: str
    listing: dict[str, Any]
    places: tuple[tuple[Town, LatLon], ...]


@dataclass
class Author:
    """Makes services in one order from one seed."""

    seed: int = SEED
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - to be repeated, not to be secret
        self.names = [self._invented() for _ in range(6000)]
        self.weights = list(accumulate(1 / (rank + 8) for rank in range(len(self.names))))

    def offers(self, count: int) -> Iterator[Offer]:
        made = 0
        while made < count:
            some = min(count - made, self.chance.choice((1, 1, 2, 3, 4, 6, 10)))
            yield from self._organization(some)
            made += some

    def _organization(self, count: int) -> Iterator[Offer]:
        id, town = self._id(), self._town()
        name = f"{self._kind(town)} {self._name()} {self._name()}".capitalize()
        for number in range(count):
            yield self._service(id, name, town, first=number == 0)

    def _service(self, organization: UUID, owner: str, home: Town, *, first: bool) -> Offer:
        chance = self.chance
        needs = chance.sample(_needs(), chance.choice((1, 1, 2)))
        label = needs[0][1] if home.country == "FR" else needs[0][2]
        name = f"{self._kind(home)} {self._name()}".capitalize() if chance.random() < 0.6 else f"{label} {self._name()}"
        towns = [home] if chance.random() < 0.85 else [home, self._town()]
        text = " ".join(
            sentence.format(need=label.lower(), name=owner, town=home.name)
            for sentence in chance.sample(_SENTENCES[home.country], 3)
        )
        return Offer(
            self._id(), organization, owner, first, name, text, "fr" if home.country == "FR" else "en",
            self._listing(home, needs), tuple((town, _around(chance, town.at)) for town in towns),
        )  # fmt: skip

    def _listing(self, home: Town, needs: list[tuple[str, str, str, tuple[str, ...]]]) -> dict[str, Any]:
        chance = self.chance
        low = chance.choice((None, None, None, 16.0, 18.0, 18.0, 60.0, 0.0))
        updated = TODAY - timedelta(days=chance.randrange(40)) if chance.random() < 0.4 else None
        week = of_week(self._week())
        columns: dict[str, Any] = {
            "needs": [need[0] for need in needs],
            "need_paths": sorted({code for need in needs for code in need[3]}),
            "modes": chance.choice((["on-site"],) * 7 + (["remote"], ["on-site", "remote"], ["home-visit"])),
            "languages": ["fr" if home.country == "FR" else "en", *chance.sample(_LANGUAGES, chance.choice((0, 0, 0, 1, 2)))],
            "welcomes": chance.sample(_AUDIENCES, chance.choice((0, 0, 1, 2))),
            "free": chance.choice((None, True, False)),
            "min_age": low,
            "max_age": {16.0: 25.0, 0.0: 17.0}.get(low) if low is not None else None,
            "capacity_status": chance.choice(("has-capacity", "waitlist", "no-capacity")) if updated else None,
            "capacity_available": chance.randrange(1, 20) if updated else None,
            "capacity_updated": datetime(updated.year, updated.month, updated.day, 8, tzinfo=UTC) if updated else None,
            "wait_days": chance.choice((None, 3, 10, 30, 60)) if updated else None,
            "accessibility": {"step-free": "yes"} if chance.random() < 0.4 else {},
            "assured_date": date(2026, 1, 1) + timedelta(days=chance.randrange(320)),
            "routes": ["self"] if chance.random() < 0.5 else [],
            "interpreter": None, "rule": None, "formats": [], "funding": [], "practitioner": None,
            "area_postcodes": [], "area_countries": [home.country] if chance.random() < 0.2 else [],
        }  # fmt: skip
        dated = chance.random() < 0.1
        known = Hours(week.rules, holidays=PublicHolidays()) if dated else week
        at = At(UUID(int=0), UUID(int=0), "physical", None, None, None, home.name, None, home.postcode, home.country)
        found = searched(columns, (), known, (at,), "active", TODAY)
        spread = Spread(
            columns["modes"], [], columns["area_countries"], [(home.country, home.postcode, home.department)], True
        )
        comes = comes_of(spread, columns["need_paths"])
        return columns | found | {"comes": comes, "slots": slots(known, TODAY), "schedule": schedule(known)}

    def _week(self) -> tuple[Slot, ...]:
        from_, to = self.chance.choice((("09:00", "12:00"), ("09:00", "17:00"), ("14:00", "18:30"), ("10:00", "20:00")))
        days = self.chance.sample(range(7), self.chance.choice((0, 2, 3, 5, 5)))
        clock = datetime.strptime
        return tuple(Slot(day, clock(from_, "%H:%M").time(), clock(to, "%H:%M").time()) for day in sorted(days))

    def _town(self) -> Town:
        towns, weights = _towns()
        return self.chance.choices(towns, cum_weights=weights)[0]

    def _kind(self, town: Town) -> str:
        return self.chance.choice(_KINDS[town.country])

    def _name(self) -> str:
        return self.chance.choices(self.names, cum_weights=self.weights)[0]

    def _invented(self) -> str:
        return "".join(self.chance.choices(_SYLLABLES, k=self.chance.choice((2, 3, 3, 4)))).capitalize()

    def _id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)


@cache
def _needs() -> list[tuple[str, str, str, tuple[str, ...]]]:
    """(code, French label, English label, the code with all that it belongs to)."""
    terms = json.loads((seed_home() / "taxonomy" / "taxonomy.json").read_text("utf-8"))["taxonomies"]["need"]["terms"]
    above = {term["code"]: term.get("parent") for term in terms}

    def path(code: str | None) -> tuple[str, ...]:
        return (*path(above[code]), code) if code else ()

    return [
        (term["code"], term["label_fr"], term["label_en"], path(term["code"]))
        for term in terms
        if term.get("taggable", True)
    ]


@cache
def _towns() -> tuple[list[Town], list[int]]:
    """All settlements of two countries, and their inhabitants added up."""
    with (seed_home() / "gazetteer" / "places.csv").open(encoding="utf-8", newline="") as file:
        lines = [
            line for line in csv.DictReader(file)
            if line["country"] in _COUNTRIES and line["kind"] in SETTLEMENTS and line["postcodes"] and int(line["population"] or 0)
        ]  # fmt: skip
    towns = [
        Town(
            line["name"], line["postcodes"].split(";")[0], line["department"].partition(" ")[2] or line["department"],
            line["country"], LatLon(float(line["latitude"]), float(line["longitude"])),
        )
        for line in lines
    ]  # fmt: skip
    return towns, list(accumulate(int(line["population"]) for line in lines))


def _around(chance: random.Random, at: LatLon) -> LatLon:
    return LatLon(round(at.lat + chance.gauss(0, 0.015), 5), round(at.lon + chance.gauss(0, 0.02), 5))


_TABLES: dict[str, tuple[str, ...]] = {
    "organization": ("id", "name", "description", "language", "translations", "source"),
    "service": ("id", "organization_id", "name", "description", "status", "language", "translations", "source"),
    "location": ("id", "organization_id", "location_type", "name", "language", "translations", "source"),
    "listing": (
        "service_id", "organization_id", "source", "published", "status", "needs", "need_paths", "specialisms",
        "affinities", "formats", "welcomes", "not_with", "min_age", "max_age", "languages", "modes", "funding", "free",
        "routes", "accessibility", "capacity_status", "capacity_available", "capacity_updated", "wait_days",
        "area_postcodes", "area_countries", "slots", "schedule", "assured_date", "check_by", "foreign_terms", "tags",
        "open_week", "open_dated", "open_until", "soon", "freshness", "comes", "digest", "updated_at",
    ),
    "listing_place": (
        "id", "service_id", "location_id", "kind", "confidential", "city", "department", "postcode", "country", "latitude",
        "longitude", "precision", "point", "keys",
    ),
}  # fmt: skip
_SOURCE = "bench"


def load(url: str, services: int, seed: int = SEED) -> None:
    """Into an empty, migrated database, in pieces; indexes are made at the end."""
    with psycopg.connect(url) as connection:
        indexes = _without_indexes(connection)
        batch: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _TABLES}
        for number, offer in enumerate(Author(seed).offers(services), 1):
            for table, row in _rows(offer):
                batch[table].append(tuple(row[column] for column in _TABLES[table]))
            if number % 10_000 == 0:
                _copy(connection, batch)
        _copy(connection, batch)
        for statement in indexes:
            connection.execute(statement)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _without_indexes(connection: psycopg.Connection[Any]) -> list[str]:
    found = connection.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' AND i.tablename = ANY (%s) AND NOT "
        "EXISTS (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)", [list(_TABLES)]
    ).fetchall()  # fmt: skip
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"'.encode())
    return [definition for _, definition in found]


def _copy(connection: psycopg.Connection[Any], batch: dict[str, list[tuple[Any, ...]]]) -> None:
    for table, rows in batch.items():
        columns = ", ".join(_TABLES[table])
        with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(row)
        rows.clear()


def _rows(offer: Offer) -> Iterator[tuple[str, dict[str, Any]]]:
    texts = {"language": offer.language, "translations": "{}", "source": _SOURCE}
    if offer.first_of_its_organization:
        yield "organization", {"id": offer.organization_id, "name": offer.organization, "description": "", **texts}
    yield "service", {
        "id": offer.id, "organization_id": offer.organization_id, "name": offer.name, "description": offer.description,
        "status": "active", **texts,
    }  # fmt: skip
    none: dict[str, Any] = {name: [] for name in ("specialisms", "affinities", "not_with", "foreign_terms")}
    told = {name: Jsonb(offer.listing[name]) for name in ("accessibility", "slots", "schedule")}
    yield "listing", offer.listing | none | told | {
        "service_id": offer.id, "organization_id": offer.organization_id, "source": _SOURCE, "published": True,
        "status": "active", "check_by": None, "digest": "", "updated_at": datetime(2026, 11, 1, tzinfo=UTC),
    }  # fmt: skip
    for number, (town, at) in enumerate(offer.places):
        place = UUID(int=offer.id.int ^ (number + 1))
        yield "location", {
            "id": place, "organization_id": offer.organization_id, "location_type": "physical",
            "name": f"{offer.organization}, {town.name}", **texts,
        }  # fmt: skip
        yield "listing_place", {
            "id": place, "service_id": offer.id, "location_id": place, "kind": "physical", "confidential": False,
            "city": town.name, "department": town.department, "postcode": town.postcode, "country": town.country,
            "latitude": at.lat, "longitude": at.lon, "precision": "exact", "point": f"SRID=4326;{at.wkt()}",
            "keys": keys_of(at, offer.listing["need_paths"], offer.listing["tags"]),
        }  # fmt: skip
