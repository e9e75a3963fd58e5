"""Synthetic directories of any size: the same seed makes the same rows, so that measurements can be repeated.

`package(10_000)` is a folder of HSDS tables with 10,000 services and what belongs to them, in towns of France and Great
Britain, made once and kept below `.local/bench`. Nothing in it is about anybody.
"""

import csv
import json
import random
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from uuid import UUID

from referrals.kit.settings import CHECKOUT, seed_home

Row = dict[str, str]
VERSION = 3
"""Of what is made; a new one is made anew."""
SEED = 2027
_TOWNS = (
    ("Lyon", "69003", "Rhône", "FR", 45.757, 4.852), ("Rennes", "35000", "Ille-et-Vilaine", "FR", 48.111, -1.680),
    ("Marseille", "13001", "Bouches-du-Rhône", "FR", 43.300, 5.380), ("Lille", "59000", "Nord", "FR", 50.632, 3.058),
    ("Nantes", "44000", "Loire-Atlantique", "FR", 47.218, -1.554), ("Toulouse", "31000", "Haute-Garonne", "FR", 43.604, 1.444),
    ("Strasbourg", "67000", "Bas-Rhin", "FR", 48.580, 7.750), ("Brest", "29200", "Finistère", "FR", 48.390, -4.486),
    ("Grenoble", "38000", "Isère", "FR", 45.188, 5.724), ("Quimper", "29000", "Finistère", "FR", 47.996, -4.097),
    ("Truro", "TR1 2AA", "Cornwall", "GB", 50.263, -5.051), ("Plymouth", "PL1 1AA", "Devon", "GB", 50.371, -4.142),
    ("Leeds", "LS1 1AA", "West Yorkshire", "GB", 53.797, -1.548), ("Bristol", "BS1 1AA", "Bristol", "GB", 51.454, -2.588),
    ("Cardiff", "CF10 1AA", "Cardiff", "GB", 51.481, -3.179), ("Glasgow", "G1 1AA", "Glasgow", "GB", 55.860, -4.251),
)  # fmt: skip
_FIRST = {
    "FR": ("Maison", "Centre", "Association", "Espace", "Relais", "Accueil", "Atelier", "Foyer", "Entraide", "Pôle"),
    "GB": ("House", "Centre", "Trust", "Project", "Link", "Haven", "Partnership", "Network", "Hub", "Fellowship"),
}
_SECOND = (
    "Alder", "Birch", "Cedar", "Dune", "Elm", "Fern", "Gorse", "Hazel", "Iris", "Juniper", "Kestrel", "Linden", "Maple",
    "Nettle", "Oak", "Poplar", "Quince", "Rowan", "Sorrel", "Thistle", "Umber", "Violet", "Willow", "Yarrow",
)  # fmt: skip
_TEXTS = {
    "FR": (
        "Un accueil sur rendez-vous, avec une première rencontre pour comprendre ce qui aiderait.",
        "Une équipe de professionnels et de bénévoles reçoit chacun sans condition de ressources.",
        "Les séances ont lieu en petit groupe, au rythme de chaque personne.",
        "Le service intervient à domicile dans les communes voisines.",
    ),
    "GB": (
        "Support by appointment, with a first meeting to find out what would help.",
        "A team of professionals and volunteers sees everybody, whatever their income.",
        "Sessions take place in small groups and at each person's own pace.",
        "The service also visits people at home in the villages around.",
    ),
}
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA")
_LANGUAGES = ("fr", "en", "ar", "es", "pt", "pl", "ro", "uk", "ti", "so")
TABLES = (
    "taxonomies", "taxonomy_terms", "organizations", "services", "locations", "service_at_locations", "contacts", "phones",
    "languages", "addresses", "accessibility", "schedules", "service_areas", "cost_options", "required_documents", "units",
    "service_capacities", "attributes",
)  # fmt: skip


@dataclass
class Author:
    """Makes rows in one order from one seed; ids are UUIDs that the seed decides."""

    seed: int = SEED
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 - to be repeated, not to be secret

    def id(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def rows(self, services: int) -> Iterator[tuple[str, Row]]:
        """(table, row) pairs: the words first, then each organization with all that is its own."""
        terms = yield from self._words()
        unit = self.id()
        yield "units", {"id": unit, "name": "place"}
        made = 0
        while made < services:
            count = min(services - made, self.chance.choice((1, 2, 3, 4, 6, 10)))
            yield from self._organization(count, terms, unit)
            made += count

    def _words(self) -> Generator[tuple[str, Row], None, list[tuple[str, str]]]:
        """Our own needs by their codes, and a taxonomy of this source's own beside them."""
        foreign = self.id()
        yield "taxonomies", {"id": foreign, "name": "Words of the bench", "description": "Synthetic"}
        found: list[tuple[str, str]] = []
        for taxonomy, code, name in _ours():
            id = self.id()
            found.append((id, taxonomy))
            yield "taxonomy_terms", {"id": id, "code": code, "name": name, "taxonomy": taxonomy}
        for number in range(60):
            id = self.id()
            found.append((id, "Words of the bench"))
            name = f"{_SECOND[number % 24]} help {number}"
            yield "taxonomy_terms", {"id": id, "code": f"B{number}", "name": name, "taxonomy_id": foreign}
        return found

    def _organization(self, count: int, terms: list[tuple[str, str]], unit: str) -> Iterator[tuple[str, Row]]:
        chance, id = self.chance, self.id()
        town, postcode, department, country, lat, lon = chance.choice(_TOWNS)
        name = f"{chance.choice(_FIRST[country])} {chance.choice(_SECOND)} {town} {chance.randrange(10_000)}"
        mail = f"desk{chance.randrange(10**6)}@example.org"
        yield "organizations", {
            "id": id, "name": name, "description": " ".join(chance.sample(_TEXTS[country], 2)), "email": mail,
            "website": f"https://example.org/{chance.randrange(10**8)}", "legal_status": "association",
        }  # fmt: skip
        yield "phones", self._phone(country, organization_id=id)
        places = []
        for _ in range(1 + chance.randrange(max(1, count // 2) + 1)):
            place = self.id()
            places.append(place)
            yield "locations", {
                "id": place, "organization_id": id, "location_type": "physical", "name": f"{name}, {town}",
                "latitude": f"{lat + chance.gauss(0, 0.04):.5f}", "longitude": f"{lon + chance.gauss(0, 0.04):.5f}",
            }  # fmt: skip
            yield "addresses", {
                "id": self.id(), "location_id": place, "address_1": f"{chance.randrange(1, 200)} {chance.choice(_SECOND)}",
                "city": town, "state_province": department, "postal_code": postcode, "country": country,
                "address_type": "physical",
            }  # fmt: skip
            if chance.random() < 0.4:
                yield "accessibility", {"id": self.id(), "location_id": place, "description": "Wheelchair access"}
        for number in range(count):
            yield from self._service(id, places, country, terms, unit, f"{chance.choice(_SECOND)} {number + 1}")

    def _service(
        self, organization: str, places: list[str], country: str, terms: list[tuple[str, str]], unit: str, name: str
    ) -> Iterator[tuple[str, Row]]:
        chance, id = self.chance, self.id()
        low = chance.choice(("", "", "16", "18", "60"))
        yield "services", {
            "id": id, "organization_id": organization, "name": f"{chance.choice(_FIRST[country])} {name}",
            "description": " ".join(chance.sample(_TEXTS[country], 3)), "status": "active",
            "email": f"service{chance.randrange(10**7)}@example.org", "minimum_age": low,
            "maximum_age": "25" if low == "16" else "", "eligibility_description": chance.choice(_TEXTS[country]),
            "application_process": chance.choice(_TEXTS[country]), "last_modified": "2026-10-01T09:00:00Z",
            "assured_date": f"2026-{chance.randrange(1, 11):02}-{chance.randrange(1, 28):02}",
        }  # fmt: skip
        at = self.id()
        yield "service_at_locations", {"id": at, "service_id": id, "location_id": chance.choice(places)}
        yield "phones", self._phone(country, service_id=id)
        if chance.random() < 0.4:
            contact = self.id()
            yield (
                "contacts",
                {"id": contact, "service_id": id, "name": f"Desk {chance.randrange(999)}", "title": "Coordination"},
            )
        for language in chance.sample(_LANGUAGES, chance.choice((1, 1, 2, 3))):
            yield "languages", {"id": self.id(), "service_id": id, "code": language}
        for opens, closes in (("09:00", "12:00"), ("14:00", "17:00"))[: chance.choice((1, 2, 2))]:
            days = ",".join(sorted(chance.sample(_DAYS, chance.choice((2, 4, 5))), key=_DAYS.index))
            yield "schedules", {
                "id": self.id(), "service_id": id, "freq": "WEEKLY", "interval": "1", "byday": days, "opens_at": opens,
                "closes_at": closes,
            }  # fmt: skip
        if chance.random() < 0.3:
            yield "service_areas", {"id": self.id(), "service_id": id, "extent": country, "extent_type": "country"}
        if chance.random() < 0.5:
            yield "cost_options", {
                "id": self.id(), "service_id": id, "option": "session", "currency": "EUR" if country == "FR" else "GBP",
                "amount": str(chance.choice((0, 5, 12, 40))),
            }  # fmt: skip
        if chance.random() < 0.4:
            yield "required_documents", {"id": self.id(), "service_id": id, "document": "Proof of address"}
        if chance.random() < 0.6:
            most = chance.randrange(4, 30)
            yield "service_capacities", {
                "id": self.id(), "service_id": id, "unit_id": unit, "available": str(chance.randrange(most)),
                "maximum": str(most), "updated": "2026-11-15T08:00:00Z",
            }  # fmt: skip
        for term, taxonomy in chance.sample(terms, 3):
            yield "attributes", {
                "id": self.id(), "link_id": id, "link_entity": "service", "link_type": taxonomy, "taxonomy_term_id": term,
            }  # fmt: skip

    def _phone(self, country: str, **of: str) -> Row:
        number = f"{self.chance.randrange(10**8):08}"
        said = (
            f"+33 1 {number[:2]} {number[2:4]} {number[4:6]} {number[6:]}"
            if country == "FR"
            else f"+44 1632 {number[:6]}"
        )
        return {"id": self.id(), "number": said, "type": "voice", **of}


def package(services: int, seed: int = SEED, home: Path | None = None) -> Path:
    """The folder of tables, made where it is not there yet."""
    folder = (home or CHECKOUT / ".local" / "bench") / f"services-{services}-{seed}-v{VERSION}"
    if folder.is_dir():
        return folder
    making = folder.with_name(folder.name + ".new")
    making.mkdir(parents=True, exist_ok=True)
    _write(making, Author(seed), services)
    making.rename(folder)
    return folder


def _write(folder: Path, author: Author, services: int) -> None:
    files = {name: (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") for name in TABLES}
    writers: dict[str, csv.DictWriter[str]] = {}
    for table, row in author.rows(services):
        if table not in writers:
            writers[table] = csv.DictWriter(files[table], _COLUMNS.get(table, list(row)))
            writers[table].writeheader()
        writers[table].writerow(row)
    for name, file in files.items():
        file.close()
        if name not in writers:
            (folder / f"{name}.csv").unlink()


_COLUMNS = {
    "phones": ["id", "organization_id", "service_id", "number", "type"],
    "taxonomy_terms": ["id", "code", "name", "taxonomy", "taxonomy_id"],
}


@cache
def _ours() -> tuple[tuple[str, str, str], ...]:
    taxonomies = json.loads((seed_home() / "taxonomy" / "taxonomy.json").read_text("utf-8"))["taxonomies"]
    return tuple(
        (name, term["code"], term["label_en"])
        for name in ("need", "delivery-mode", "audience")
        for term in taxonomies[name]["terms"]
        if term.get("taggable", True)
    )
